package io.regionstore.bench.run;

import org.HdrHistogram.Histogram;

/**
 * The loops around a {@link Step}. Each step gets a copy of the class that implements them, so that the compiler knows
 * the one step that is called in it: see {@link Loops}.
 */
interface Loop {
    /**
     * As fast as it goes, without a timer around each operation.
     *
     * @param step what to do
     * @param keys whose keys
     * @param from first turn
     * @param to   turn after the last
     */
    void run(Step step, KeySequence keys, long from, long to);

    /**
     * One after the other, each with a timer around it: {@code System.nanoTime} before and after.
     *
     * @param step      what to do
     * @param keys      whose keys
     * @param from      first turn
     * @param to        turn after the last
     * @param histogram receives the nanoseconds of each operation
     */
    void timed(Step step, KeySequence keys, long from, long to, Histogram histogram);

    /**
     * At a fixed rate. An operation's time counts from when it was due, not from when it could begin: a pause is seen by
     * every operation that it held up (coordinated omission is counted).
     *
     * @param step      what to do
     * @param keys      whose keys
     * @param from      first turn
     * @param to        turn after the last
     * @param start     {@code System.nanoTime} at which turn 0 is due
     * @param interval  nanoseconds between two operations
     * @param histogram receives the nanoseconds from due to done
     * @param stops     told when the thread stood still between two operations
     */
    void paced(Step step, KeySequence keys, long from, long to, long start, double interval, Histogram histogram,
               Stops stops);

    /** @return of no meaning: keeps the results of the steps alive */
    long sink();
}
