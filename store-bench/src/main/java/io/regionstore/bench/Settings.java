package io.regionstore.bench;

import java.util.List;

/**
 * What the command line says about every measurement; see {@link Main} for the meaning.
 *
 * @param records     keys
 * @param bytes       most bytes of values
 * @param domain      name of a failure domain
 * @param medium      of the store
 * @param keys        bytes or long
 * @param rate        operations a second, or 0
 * @param seconds     for each loop
 * @param warmup      operations of each loop
 * @param repetitions JVMs for each subject
 * @param peers       names
 * @param store       whether the store itself is measured
 * @param limits      whether the limits are
 * @param populate    whether pages are faulted in before
 * @param heap        of each JVM
 * @param seed        of random keys
 * @param peerChecksums whether peers that can have checksums on
 */
record Settings(long records, long bytes, String domain, String medium, String keys, long rate, double seconds,
                long warmup, int repetitions, List<String> peers, boolean store, boolean limits, boolean populate,
                String heap, long seed, boolean peerChecksums) {
    /** Keys with values of a size. */
    long recordsOf(int valueSize) {
        return Math.max(100, Math.min(records, bytes / valueSize));
    }

    /** Operations of a loop: fewer when each moves many bytes, so that all sizes take about as long. */
    long operationsOf(int valueSize) {
        return Math.min(records, Math.max(100_000, recordsOf(valueSize)));
    }

    /** The store alone. */
    Settings alone() {
        return new Settings(records, bytes, domain, medium, keys, rate, seconds, warmup, repetitions, List.of(), true,
                false, populate, heap, seed, peerChecksums);
    }

    /** The store and the limits. */
    Settings withLimits() {
        return new Settings(records, bytes, domain, medium, keys, rate, seconds, warmup, repetitions, List.of(), true,
                true, populate, heap, seed, peerChecksums);
    }

    /** Peers alone. */
    Settings only(List<String> names, int times) {
        return new Settings(records, bytes, domain, medium, keys, rate, seconds, warmup, times, names, false, false,
                populate, heap, seed, peerChecksums);
    }

    Settings with(List<String> names) {
        return new Settings(records, bytes, domain, medium, keys, rate, seconds, warmup, repetitions, names, true, true,
                populate, heap, seed, peerChecksums);
    }

    Settings in(String failureDomain, String where) {
        return new Settings(records, bytes, failureDomain, where, keys, rate, seconds, warmup, repetitions, peers, store,
                limits, populate, heap, seed, peerChecksums);
    }

    Settings at(long operationsPerSecond, double forSeconds) {
        return new Settings(records, bytes, domain, medium, keys, operationsPerSecond, forSeconds, warmup, repetitions,
                peers, store, limits, populate, heap, seed, peerChecksums);
    }

    Settings sized(long keysThere, long warmupOperations, double forSeconds, int times) {
        return new Settings(keysThere, bytes, domain, medium, keys, rate, forSeconds, warmupOperations, times, peers,
                store, limits, populate, heap, seed, peerChecksums);
    }
}
