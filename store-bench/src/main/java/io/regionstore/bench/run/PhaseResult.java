package io.regionstore.bench.run;

import java.util.Map;

/**
 * What one child JVM found for one workload of one subject.
 *
 * @param subject    its name
 * @param workload   label
 * @param valueSize  bytes
 * @param threads    at a time
 * @param repetition which one it was, from 1
 * @param operations in the loop without timers
 * @param throughput operations a second in that loop, all threads together; 0 at a fixed rate
 * @param heapBytes  bytes taken from the Java heap per operation in that loop
 * @param histogram  of nanoseconds, HdrHistogram's compressed form in Base64; empty when not measured
 * @param events     what befell the threads at a fixed rate, see {@link ThreadEvents} and {@link Stops}; else empty
 * @param failure    why there are no figures; null when there are
 */
public record PhaseResult(String subject, String workload, int valueSize, int threads, int repetition,
                          long operations, double throughput, double heapBytes, String histogram,
                          Map<String, Double> events, String failure) {
    /**
     * @param subject    its name
     * @param workload   label
     * @param valueSize  bytes
     * @param threads    at a time
     * @param repetition which one
     * @param why        there are no figures
     * @return a result without figures
     */
    public static PhaseResult failed(String subject, String workload, int valueSize, int threads, int repetition,
                                     String why) {
        return new PhaseResult(subject, workload, valueSize, threads, repetition, 0, 0, 0, "", Map.of(), why);
    }

    static PhaseResult failed(String subject, Workload workload, RunSpec spec, String why) {
        return failed(subject, workload.label(), spec.valueSize(), spec.threads(), spec.repetition(), why);
    }

    /**
     * @param name of the subject
     * @return the same figures under this name
     */
    public PhaseResult withSubject(String name) {
        return new PhaseResult(name, workload, valueSize, threads, repetition, operations, throughput, heapBytes,
                histogram, events, failure);
    }
}
