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
 * @param populate    whether pages are faulted in before
 * @param heap        of each JVM
 * @param seed        of random keys
 */
record Settings(long records, long bytes, String domain, String medium, String keys, long rate, double seconds,
                long warmup, int repetitions, List<String> peers, boolean populate, String heap, long seed) {
    /** Keys with values of a size. */
    long recordsOf(int valueSize) {
        return Math.max(100, Math.min(records, bytes / valueSize));
    }

    Settings withDomain(String value) {
        return new Settings(records, bytes, value, medium, keys, rate, seconds, warmup, repetitions, peers, populate, heap,
                seed);
    }

    Settings withRate(long value, double forSeconds) {
        return new Settings(records, bytes, domain, medium, keys, value, forSeconds, warmup, repetitions, peers, populate,
                heap, seed);
    }

    Settings withPeers(List<String> value) {
        return new Settings(records, bytes, domain, medium, keys, rate, seconds, warmup, repetitions, value, populate,
                heap, seed);
    }

    Settings withRepetitions(int value) {
        return new Settings(records, bytes, domain, medium, keys, rate, seconds, warmup, value, peers, populate, heap,
                seed);
    }
}
