package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.Verdict;
import io.regionstore.engine.KillWorkload.Operation;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/** Compares a store that was just opened with what its writers acknowledged. */
final class KillCheck {
    /** Relaxed commits may have got further than was acknowledged, but not this far. */
    private static final long FURTHEST = 100_000;

    private KillCheck() {
    }

    /**
     * Fails unless every writer's records are those after the operation that it acknowledged last, or after the next
     * one; with relaxed commits, after any later one. The operation found is acknowledged then: writers go on from it.
     *
     * @param control told how many keys have another state
     * @param closed  whether the store was closed before, so that there is nothing to recover
     */
    static void compare(StoreSetup setup, RegionStore store, KillControl acknowledged, KillControl control,
                        boolean closed) {
        Set<Verdict> possible = closed ? EnumSet.of(Verdict.CLEAN) : acknowledged.acknowledged() > 0
                ? EnumSet.of(Verdict.CLEAN, Verdict.RECOVERED)
                : EnumSet.of(Verdict.CLEAN, Verdict.RECOVERED, Verdict.CREATED);
        assertTrue(possible.contains(store.recovery().verdict()), () -> store.recovery().toString());
        try (RecordView view = store.newView()) {
            long present = 0;
            for (int writer = 0; writer < KillWorkload.WRITERS; writer++) {
                long last = acknowledged.acknowledged(writer);
                long limit = setup.relaxed.isZero() ? last + (closed ? 0 : 1) : last + FURTHEST;
                byte[][] found = read(store, view, writer);
                acknowledged.acknowledge(writer, locate(found, writer, last, limit, control));
                present += Arrays.stream(found).filter(payload -> payload != null).count();
            }
            long[] counted = new long[2];
            store.forEach(record -> {
                counted[0]++;
                counted[1] += record.length();
            });
            assertEquals(counted[0], store.size());
            assertEquals(present, counted[0], "records nobody wrote");
            assertEquals(counted[1], store.space().payloadBytes());
            store.largestFreeExtent(8); // takes back what lanes hold
            assertEquals(0, store.space().heldBytes(), "leaked");
        }
    }

    private static byte[][] read(RegionStore store, RecordView view, int writer) {
        byte[][] found = new byte[KillWorkload.KEYS][];
        for (int key = 0; key < KillWorkload.KEYS; key++) {
            boolean there = key % 2 == 0 ? store.get((long) writer << 32 | key, view)
                    : store.get(KillWorkload.name(writer, key), view);
            if (there) {
                view.verify();
                found[key] = view.segment().toArray(ValueLayout.JAVA_BYTE);
            }
        }
        return found;
    }

    /** Finds the first operation from {@code last} on after which a writer's records are the ones found. */
    private static long locate(byte[][] found, int writer, long last, long limit, KillControl control) {
        byte[][] expected = after(writer, last);
        Set<Integer> differing = new HashSet<>();
        for (int key = 0; key < KillWorkload.KEYS; key++) {
            if (!Arrays.equals(expected[key], found[key])) {
                differing.add(key);
            }
        }
        Set<Integer> lost = Set.copyOf(differing);
        long sequence = last;
        while (!differing.isEmpty() && sequence < limit) {
            sequence++;
            Operation operation = Operation.of(writer, sequence);
            if (Arrays.equals(operation.payload(), found[operation.key()])) {
                differing.remove(operation.key());
            } else {
                differing.add(operation.key());
            }
        }
        if (!differing.isEmpty()) {
            control.lost(lost.size());
            throw new AssertionError("writer " + writer + ": acknowledged up to operation " + last + ", and there is no"
                    + " state from then to operation " + limit + " in which these keys are as they were found: " + lost);
        }
        return sequence;
    }

    /** The state after an operation: for each key the last one before, so there is no need to begin at the first. */
    private static byte[][] after(int writer, long last) {
        byte[][] state = new byte[KillWorkload.KEYS][];
        Set<Integer> known = new HashSet<>();
        for (long sequence = last; sequence > 0 && known.size() < KillWorkload.KEYS; sequence--) {
            if (known.add(Operation.key(writer, sequence))) {
                Operation operation = Operation.of(writer, sequence);
                state[operation.key()] = operation.payload();
            }
        }
        return state;
    }
}
