package io.regionstore.bench.subject;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Checks that a subject does what it is measured for, so that nothing is fast by doing nothing. */
public final class SubjectCheck {
    private static final int KEYS = 1000;

    private SubjectCheck() {
    }

    /**
     * Puts, overwrites, reads and deletes a thousand keys.
     *
     * @param subject   not yet open; closed afterwards
     * @param directory empty
     * @throws IllegalStateException naming the first key that is not as it must be
     * @throws Exception             whatever the subject throws
     */
    public static void roundTrip(Subject subject, Path directory) throws Exception {
        try (subject) {
            subject.open(new Setup(directory, KEYS, 100, 1, Map.of()));
            require(!subject.configuration().isEmpty(), "no configuration is told", 0);
            Set<Operation> can = subject.operations();
            try (Session session = subject.session(0)) {
                for (int key = 0; key < KEYS; key++) {
                    session.put(key, key + 7);
                }
                if (can.contains(Operation.PUT)) {
                    for (int key = 0; key < KEYS; key += 2) {
                        session.put(key, key + 8);
                    }
                }
                session.flush();
                reads(session, can);
                if (can.contains(Operation.DELETE)) {
                    deletes(session, can);
                }
            }
        }
    }

    private static void reads(Session session, Set<Operation> can) {
        long first = can.contains(Operation.GET_VIEW) ? session.getView(0) : 0;
        for (int key = 0; key < KEYS; key++) {
            long stamp = key % 2 == 0 ? key + 8 : key + 7;
            if (can.contains(Operation.GET_COPY)) {
                require(session.getCopy(key) == stamp, "another value was copied out", key);
            }
            if (can.contains(Operation.GET_VIEW)) {
                // all other bytes are the same in all values, so the sums differ as the stamps do
                require((session.getView(key) ^ first) == (stamp ^ 8), "another value was seen", key);
            }
            if (can.contains(Operation.GET_VERIFIED)) {
                require(session.getVerified(key) != -1, "no value was verified", key);
            }
        }
    }

    private static void deletes(Session session, Set<Operation> can) {
        for (int key = 0; key < KEYS; key += 3) {
            require(session.delete(key), "not deleted", key);
        }
        session.flush();
        for (int key = 0; key < KEYS && can.contains(Operation.GET_COPY); key++) {
            require(session.getCopy(key) == -1 == (key % 3 == 0), "there, or not there", key);
        }
    }

    private static void require(boolean condition, String otherwise, int key) {
        if (!condition) {
            throw new IllegalStateException("key " + key + ": " + otherwise);
        }
    }
}
