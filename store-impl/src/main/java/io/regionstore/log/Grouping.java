package io.regionstore.log;

import java.util.function.LongSupplier;

/**
 * Decides when the next sync begins. Writers that a sync has let go are likely to be back with another commit in less
 * time than a sync takes: were it to begin with the first of them, all others would wait for it and for the next one. So
 * it begins when as many writers wait as were let go and had come in the meantime, and at the latest when one more sync
 * would have been over.
 *
 * <p>It adapts. A single writer expects nobody, and never waits. When writers did not come back twice in a row, the next
 * sync begins at once; after one more such disappointment the next 3, then 7, up to 63. Where a sync is short, or none is
 * needed, nobody waits for anybody: to sleep and wake up takes as long. Not thread-safe: a part of {@link Waiters}.
 */
final class Grouping {
    /** A shorter sync waits for nobody. */
    static final long SHORT_NANOS = 40_000;
    private static final int MOST_DISAPPOINTMENTS = 7;

    private final boolean synced;
    private final LongSupplier clock;
    private long usualNanos;
    private long began;
    private long deadline;
    private int expected;
    private int disappointments;
    private int skips;

    /**
     * @param synced whether batches are synced
     * @param clock  nanoseconds
     */
    Grouping(boolean synced, LongSupplier clock) {
        this.synced = synced;
        this.clock = clock;
    }

    /** A sync begins, for that many writers. */
    void begin(int writers) {
        if (synced) {
            if (expected > 1) {
                disappointments = writers < expected ? Math.min(MOST_DISAPPOINTMENTS, disappointments + 1) : 0;
                skips = (1 << disappointments >> 1) - 1;
            }
            began = clock.getAsLong();
        }
    }

    /**
     * The sync is over.
     *
     * @param released writers that it let go
     * @param waiting  writers that have come in the meantime
     */
    void end(int released, int waiting) {
        if (synced) {
            long now = clock.getAsLong();
            adjust(now - began);
            boolean skip = skips > 0 || usualNanos < SHORT_NANOS;
            skips = Math.max(0, skips - 1);
            expected = skip ? 0 : released + waiting;
            deadline = now + usualNanos;
        }
    }

    private void adjust(long nanos) {
        // a disk's odd slow sync counts as twice the usual one
        usualNanos = usualNanos == 0 ? nanos : usualNanos + (Math.min(nanos, 2 * usualNanos) - usualNanos) / 8;
    }

    /**
     * @param writers that wait for the next sync, which may begin now
     * @return nanoseconds that they should wait for more; 0 or less: begin
     */
    long left(int writers) {
        return writers >= expected ? 0 : deadline - clock.getAsLong();
    }

    /** @return nanoseconds after which the first writer that came during a sync asks for {@link #left} */
    long untilNext() {
        return synced ? Math.max(SHORT_NANOS, 2 * usualNanos) : Waiters.UNTIL_WOKEN;
    }
}
