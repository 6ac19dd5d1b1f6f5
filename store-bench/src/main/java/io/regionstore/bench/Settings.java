package io.regionstore.bench;

import io.regionstore.bench.run.Subjects;
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
 * @param endless     whether the seconds alone end the loops that add and remove no keys, and threads share all keys
 * @param warmup      operations of each loop
 * @param repetitions JVMs for each subject
 * @param peers       names
 * @param store       whether the store itself is measured
 * @param limits      names of the limits that are
 * @param populate    whether pages are faulted in before
 * @param heap        of each JVM
 * @param seed        of random keys
 * @param peerChecksums whether peers that can have checksums on
 */
record Settings(long records, long bytes, String domain, String medium, String keys, long rate, double seconds,
                boolean endless, long warmup, int repetitions, List<String> peers, boolean store, List<String> limits,
                boolean populate, String heap, long seed, boolean peerChecksums) {
    /** All there are; at a fixed rate only the first is measured. */
    static final List<String> LIMITS = List.of(Subjects.LIMIT, Subjects.LIMIT_CRC, Subjects.LIMIT_FLUSH);
    private static final long ENDLESS = 1L << 40;

    /** Keys with values of a size. */
    long recordsOf(int valueSize) {
        return Math.max(100, Math.min(records, bytes / valueSize));
    }

    /** Operations of a loop: fewer when each moves many bytes, so that all sizes take about as long. */
    long operationsOf(int valueSize) {
        return endless ? ENDLESS : Math.min(records, Math.max(100_000, recordsOf(valueSize)));
    }

    /** Subjects measured in the store's JVM. */
    List<String> own() {
        if (!store) {
            return List.of();
        }
        List<String> beside = rate == 0 || limits.isEmpty() ? limits : limits.subList(0, 1);
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(Subjects.STORE), beside.stream()).toList();
    }

    private Settings subjects(boolean withStore, List<String> limitNames, List<String> peerNames) {
        return new Settings(records, bytes, domain, medium, keys, rate, seconds, endless, warmup, repetitions, peerNames,
                withStore, limitNames, populate, heap, seed, peerChecksums);
    }

    /** The store alone. */
    Settings alone() {
        return subjects(true, List.of(), List.of());
    }

    /** The store and all limits. */
    Settings withLimits() {
        return subjects(true, LIMITS, List.of());
    }

    /** The store and the raw copy. */
    Settings withLimit() {
        return subjects(true, List.of(Subjects.LIMIT), List.of());
    }

    /** Peers alone. */
    Settings only(List<String> names) {
        return subjects(false, List.of(), names);
    }

    /** The store and peers. */
    Settings beside(List<String> names) {
        return subjects(true, List.of(), names);
    }

    /** The store, all limits, and peers. */
    Settings with(List<String> names) {
        return subjects(true, LIMITS, names);
    }

    Settings in(String failureDomain, String where) {
        return new Settings(records, bytes, failureDomain, where, keys, rate, seconds, endless, warmup, repetitions, peers,
                store, limits, populate, heap, seed, peerChecksums);
    }

    Settings at(long operationsPerSecond, double forSeconds) {
        return new Settings(records, bytes, domain, medium, keys, operationsPerSecond, forSeconds, endless, warmup,
                repetitions, peers, store, limits, populate, heap, seed, peerChecksums);
    }

    Settings sized(long keysThere, long warmupOperations, double forSeconds, int times) {
        return new Settings(keysThere, bytes, domain, medium, keys, rate, forSeconds, endless, warmupOperations, times,
                peers, store, limits, populate, heap, seed, peerChecksums);
    }

    /** Loops of so many seconds, however many operations that is; threads share all keys. */
    Settings lasting(double forSeconds) {
        return new Settings(records, bytes, domain, medium, keys, rate, forSeconds, true, warmup, repetitions, peers,
                store, limits, populate, heap, seed, peerChecksums);
    }

    Settings repeated(int times) {
        return sized(records, warmup, seconds, times);
    }

    /** The operations themselves touch each page first. */
    Settings untouched() {
        return new Settings(records, bytes, domain, medium, keys, rate, seconds, endless, warmup, repetitions, peers, store,
                limits, false, heap, seed, peerChecksums);
    }
}
