package io.regionstore.bench.run;

import java.util.List;
import java.util.Map;

/**
 * What a child JVM is to measure.
 *
 * @param subjects   names, see {@link Subjects}, or classes; one after the other
 * @param directory  for their files
 * @param workloads  labels of {@link Workload}, in any order
 * @param valueSize  bytes
 * @param records    keys to insert
 * @param operations of each other workload, at most
 * @param threads    at a time
 * @param seconds    for each loop, at most; for a fixed rate, exactly
 * @param warmup     operations of each loop before it is measured
 * @param rate       operations a second of all threads together; 0: as fast as they go
 * @param populate   whether the pages of mapped files are faulted in before
 * @param repetition which one it is, from 1
 * @param seed       of the random keys
 * @param options    for the subjects
 */
public record RunSpec(List<String> subjects, String directory, List<String> workloads, int valueSize, long records,
                      long operations, int threads, double seconds, long warmup, long rate, boolean populate,
                      int repetition, long seed, Map<String, String> options) {
    /** Option: {@code true} when threads draw from all keys. Otherwise each has its own, ever fewer the more there are. */
    public static final String SHARED_KEYS = "shared-keys";

    /** @return whether threads draw from all keys */
    boolean sharedKeys() {
        return Boolean.parseBoolean(options.get(SHARED_KEYS));
    }

    /** @return the workloads in the order in which they are run */
    List<Workload> ordered() {
        return workloads.stream().map(Workload::of).distinct().sorted().toList();
    }
}
