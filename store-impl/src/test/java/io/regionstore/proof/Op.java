package io.regionstore.proof;

import io.regionstore.FailureDomain;

/**
 * One operation of a workload.
 *
 * @param kind   what
 * @param key    {@code #5} is the long key 5; everything else is a key of bytes
 * @param length of the payload
 * @param actor  number of the thread that does it; 0 is the caller's
 */
public record Op(Kind kind, String key, int length, int actor) {
    /** What an operation does. */
    public enum Kind { PUT, PUT_IF_ABSENT, COMMIT, ABANDON, DELETE, REOPEN, REOPEN_KERNEL, REOPEN_PLATFORM }

    static Op put(String key, int length) {
        return new Op(Kind.PUT, key, length, 0);
    }

    /** A reservation, filled and committed. */
    static Op commit(String key, int length) {
        return new Op(Kind.COMMIT, key, length, 0);
    }

    static Op putIfAbsent(String key, int length) {
        return new Op(Kind.PUT_IF_ABSENT, key, length, 0);
    }

    /** A reservation, filled and given up. */
    static Op abandon(int length) {
        return new Op(Kind.ABANDON, "", length, 0);
    }

    static Op delete(String key) {
        return new Op(Kind.DELETE, key, 0, 0);
    }

    static Op reopen() {
        return new Op(Kind.REOPEN, "", 0, 0);
    }

    static Op reopen(FailureDomain domain) {
        return new Op(domain == FailureDomain.PLATFORM ? Kind.REOPEN_PLATFORM : Kind.REOPEN_KERNEL, "", 0, 0);
    }

    Op by(int thread) {
        return new Op(kind, key, length, thread);
    }

    @Override
    public String toString() {
        String text = switch (kind) {
            case PUT -> "put " + key + " " + length;
            case PUT_IF_ABSENT -> "put if absent " + key + " " + length;
            case ABANDON -> "abandon " + length;
            case COMMIT -> "commit " + key + " " + length;
            case DELETE -> "delete " + key;
            case REOPEN, REOPEN_KERNEL, REOPEN_PLATFORM -> kind.name().toLowerCase();
        };
        return actor == 0 ? text : actor + ":" + text;
    }
}
