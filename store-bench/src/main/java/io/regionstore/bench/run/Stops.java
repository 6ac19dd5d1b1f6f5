package io.regionstore.bench.run;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What kept a paced loop's thread from its operations. Between two operations it does nothing but look at the clock: when
 * two looks are far apart, the thread stood still for a reason that is not the subject's: another process, an interrupt,
 * the hypervisor, a safepoint. The operations that are late because of it show in the latencies as they must; beside
 * them a second histogram is kept, in which they count with their own time only, until the loop has caught up.
 * Not thread-safe.
 */
final class Stops {
    /** Nanoseconds between two looks at the clock that make a stop. */
    static final long LEAST = 10_000;

    private final Histogram own = Measure.histogram();
    private long stops;
    private long nanos;
    private long longest;
    private long waited;
    private long slow;
    private long busy;
    private boolean behind;

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
    }

    /**
     * An operation is done.
     *
     * @param took nanoseconds since it began
     * @param late nanoseconds since it was due
     */
    void done(long took, long late) {
        busy += took;
        own.recordValue(Math.min(Math.max(0, behind ? took : late), Measure.HIGHEST));
        if (took >= LEAST) {
            slow++;
            // whatever held this one up, what it delays is its own doing
            behind = false;
        }
    }

    void add(Stops other) {
        own.add(other.own);
        stops += other.stops;
        nanos += other.nanos;
        longest = Math.max(longest, other.longest);
        waited += other.waited;
        slow += other.slow;
        busy += other.busy;
    }

    /** @return by name, for {@link PhaseResult#events} */
    Map<String, Double> figures() {
        return Map.of("stops", (double) stops, "stopMillis", nanos / 1e6, "longestStopMillis", longest / 1e6,
                "waitingShare", (double) waited / Math.max(1, waited + busy), "slowOperations", (double) slow,
                "p9999WithoutStopsNanos", (double) own.getValueAtPercentile(99.99));
    }
}
