package io.regionstore.proof.store;

import io.regionstore.FailureDomain;

/**
 * One operation of a workload.
 *
 * @param kind   what
 * @param key    {@code #5} is the long key 5; everything else is a key of bytes
 * @param length of the payload
 * @param domain that a store is opened again for, or null
 * @param actor  number of the thread that does it; 0 is the caller's
 */
record Op(Kind kind, String key, int length, FailureDomain domain, int actor) {
    /** What an operation does. */
    enum Kind { PUT, PUT_IF_ABSENT, PUT_IF_SAME, COMMIT, ABANDON, DELETE, DELETE_IF_SAME, SYNC, REOPEN, REOPEN_TO }

    private static Op of(Kind kind, String key, int length) {
        return new Op(kind, key, length, null, 0);
    }

    static Op put(String key, int length) {
        return of(Kind.PUT, key, length);
    }

    /** A reservation, filled and committed. */
    static Op commit(String key, int length) {
        return of(Kind.COMMIT, key, length);
    }

    static Op putIfAbsent(String key, int length) {
        return of(Kind.PUT_IF_ABSENT, key, length);
    }

    /** If the version is still the one that the key has. */
    static Op putIfSame(String key, int length) {
        return of(Kind.PUT_IF_SAME, key, length);
    }

    /** A reservation, filled and given up. */
    static Op abandon(int length) {
        return of(Kind.ABANDON, "", length);
    }

    static Op delete(String key) {
        return of(Kind.DELETE, key, 0);
    }

    /** If the version is still the one that the key has. */
    static Op deleteIfSame(String key) {
        return of(Kind.DELETE_IF_SAME, key, 0);
    }

    static Op sync() {
        return of(Kind.SYNC, "", 0);
    }

    static Op reopen() {
        return of(Kind.REOPEN, "", 0);
    }

    static Op reopen(FailureDomain domain) {
        return new Op(Kind.REOPEN_TO, "", 0, domain, 0);
    }

    Op by(int thread) {
        return new Op(kind, key, length, domain, thread);
    }

    @Override
    public String toString() {
        String what = kind.name().toLowerCase().replace('_', ' ');
        String text = switch (kind) {
            case PUT, PUT_IF_ABSENT, PUT_IF_SAME, COMMIT -> what + " " + key + " " + length;
            case ABANDON -> what + " " + length;
            case DELETE, DELETE_IF_SAME -> what + " " + key;
            case SYNC, REOPEN -> what;
            case REOPEN_TO -> what + " " + domain;
        };
        return actor == 0 ? text : actor + ":" + text;
    }
}
