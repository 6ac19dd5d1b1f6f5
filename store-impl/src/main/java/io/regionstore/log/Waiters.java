package io.regionstore.log;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Who waits for which batch, and for how long until the next one begins. Used under the lock of the {@link LogWriter};
 * only the waking, which takes longer than anything else, is done without it.
 */
final class Waiters {
    /** For those who are woken by somebody else. */
    static final long UNTIL_WOKEN = Long.MAX_VALUE;

    private final Grouping grouping;
    /** All there are: one gathers, one may be in flight, others are being woken. */
    private Cohort[] cohorts = new Cohort[0];
    private Cohort gathering = idle();
    private Cohort inFlight = gathering;
    /** Had before a batch begins, so that beginning one needs no memory; null: there is none yet. */
    private Cohort next;

    /**
     * @param synced whether batches are synced
     * @param clock  nanoseconds
     */
    Waiters(boolean synced, LongSupplier clock) {
        grouping = new Grouping(synced, clock);
    }

    private Cohort idle() {
        for (Cohort cohort : cohorts) {
            if (cohort.take()) {
                return cohort;
            }
        }
        Cohort added = new Cohort();
        added.take();
        Cohort[] more = Arrays.copyOf(cohorts, cohorts.length + 1);
        more[cohorts.length] = added;
        cohorts = more;
        return added;
    }

    /** Adds this thread to those who wait for the batch in flight, or for the next one. */
    void join(boolean next) {
        (next ? gathering : inFlight).join();
    }

    /**
     * @param busy whether a batch is in flight
     * @return nanoseconds that a thread that waits for the next batch sleeps; 0 or less: it begins that batch
     */
    long untilTurn(boolean busy) {
        long nanos = busy ? grouping.untilNext() : grouping.left(gathering.size());
        return nanos <= 0 || gathering.isFirst() ? nanos : UNTIL_WOKEN;
    }

    /** Takes what {@link #begin} needs: the only part of it that may fail. */
    void prepare() {
        if (next == null) {
            next = idle();
        }
    }

    /** The next batch begins, which was prepared. */
    void begin() {
        grouping.begin(gathering.size());
        inFlight = gathering;
        gathering = next;
        next = null;
    }

    /** The batch in flight is durable. @return those who waited for it, to be woken and recycled without the lock */
    Cohort end() {
        grouping.end(inFlight.size(), gathering.size());
        return inFlight;
    }

    /** The next batch can be begun. Its first thread is woken if it should be now; else it wakes up by itself. */
    void wakeNext() {
        if (grouping.left(gathering.size()) <= 0) {
            gathering.wakeFirst();
        }
    }

    /** Wakes those who wait for the batch in flight. */
    void wakeInFlight() {
        inFlight.wake();
    }

    /** Wakes those who wait for the next batch. */
    void wakeGathering() {
        gathering.wake();
    }
}
