package io.regionstore.bench.run;

/**
 * What one child JVM found for one workload of one subject.
 *
 * @param subject    its name
 * @param workload   label
 * @param valueSize  bytes
 * @param threads    at a time
 * @param operations in the loop without timers
 * @param throughput operations a second in that loop, all threads together; 0 at a fixed rate
 * @param heapBytes  bytes taken from the Java heap per operation in that loop
 * @param histogram  of nanoseconds, HdrHistogram's compressed form in Base64; empty when not measured
 * @param failure    why there are no figures; null when there are
 */
public record PhaseResult(String subject, String workload, int valueSize, int threads, long operations,
                          double throughput, double heapBytes, String histogram, String failure) {
    static PhaseResult failed(String subject, Workload workload, RunSpec spec, String why) {
        return new PhaseResult(subject, workload.label(), spec.valueSize(), spec.threads(), 0, 0, 0, "", why);
    }

    /**
     * @param name of the subject
     * @return the same figures under this name
     */
    public PhaseResult withSubject(String name) {
        return new PhaseResult(name, workload, valueSize, threads, operations, throughput, heapBytes, histogram, failure);
    }
}
