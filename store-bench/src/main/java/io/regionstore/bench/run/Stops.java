package io.regionstore.bench.run;

import java.util.Map;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * What kept a paced loop's thread from its operations, where that was not the subject:
 * <ul>
 * <li>Between two operations it does nothing but look at the clock. When two looks are far apart, the thread stood still
 * for a reason outside: another process, an interrupt, the hypervisor, a safepoint.</li>
 * <li>When an operation took long, the kernel says how much of that the thread was ready to run and had no core.</li>
 * </ul>
 * Operations that are late because of it show in the latencies as they must. Beside those a second histogram is kept, in
 * which they count with their own time only, until the loop has caught up. Not thread-safe.
 */
final class Stops {
    /** Nanoseconds between two looks at the clock that make a stop. */
    static final long LEAST = 10_000;

    private final Histogram own = Measure.histogram();
    private final LongSupplier runDelay;
    private long delaySeen;
    private long stops;
    private long nanos;
    private long longest;
    private long waited;
    private long slow;
    private long descheduled;
    private long busy;
    private boolean behind;

    /** For one thread's loop, or to add those of others. */
    Stops() {
        this(() -> 0);
    }

    /** @param runDelay nanoseconds for which the thread had no core so far */
    Stops(LongSupplier runDelay) {
        this.runDelay = runDelay;
        delaySeen = runDelay.getAsLong();
    }

    /** The next operation is not due. {@code passed} nanoseconds went by since the last look. */
    void waiting(long passed) {
        // on time again
        behind = false;
        waited += passed;
        if (passed >= LEAST) {
            count(passed);
        }
    }

    /** The next operation begins now. {@code passed} nanoseconds went by since the last look. */
    void beginning(long passed) {
        waited += passed;
        if (passed >= LEAST) {
            count(passed);
            behind = true;
        }
    }

    private void count(long passed) {
        stops++;
        nanos += passed;
        longest = Math.max(longest, passed);
        newDelay();
    }

    /** Nanoseconds without a core since the last call. */
    private long newDelay() {
        long before = delaySeen;
        delaySeen = runDelay.getAsLong();
        return delaySeen - before;
    }

    /**
     * An operation is done.
     *
     * @param took nanoseconds since it began
     * @param late nanoseconds since it was due
     */
    void done(long took, long late) {
        busy += took;
        long withoutCore = 0;
        boolean blameless = behind;
        if (took >= LEAST) {
            slow++;
            withoutCore = Math.min(took, newDelay());
            blameless = withoutCore >= took / 2;
            if (blameless) {
                descheduled++;
            }
            // else whatever held this one up, what it delays is its own doing
            behind = blameless;
        }
        own.recordValue(Math.min(Math.max(0, blameless ? took - withoutCore : late), Measure.HIGHEST));
    }

    void add(Stops other) {
        own.add(other.own);
        stops += other.stops;
        nanos += other.nanos;
        longest = Math.max(longest, other.longest);
        waited += other.waited;
        slow += other.slow;
        descheduled += other.descheduled;
        busy += other.busy;
    }

    /** @return by name, for {@link PhaseResult#events} */
    Map<String, Double> figures() {
        return Map.of("stops", (double) stops, "stopMillis", nanos / 1e6, "longestStopMillis", longest / 1e6,
                "waitingShare", (double) waited / Math.max(1, waited + busy), "slowOperations", (double) slow,
                "descheduledOperations", (double) descheduled,
                "p9999WithoutStopsNanos", (double) own.getValueAtPercentile(99.99));
    }
}
