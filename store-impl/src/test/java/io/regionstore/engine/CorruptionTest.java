package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every byte of a table and of both header copies, damaged in ten ways: what opens holds right records only, and what is
 * missing was named. {@code -Dproof.scale=N} multiplies the random part.
 */
class CorruptionTest {
    private static final int SCALE = Integer.getInteger("proof.scale", 1);
    private static final long SEED = Long.getLong("proof.seed", 20_260_101);
    private static final int SLOT = 32;
    /** One slot in so many is damaged in one trial: they do not depend on one another. */
    private static final int STRIDE = 16;

    @Test
    void shouldNameWhatIsLostForEveryByteOfTheTable() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            for (Corruption way : Corruption.values()) {
                for (int at = 0; at < SLOT; at++) {
                    for (int first = 0; first < STRIDE; first++) {
                        damageEvery(store, way, at, first);
                    }
                }
            }
            assertEquals(10 * 32 * STRIDE, store.trials);
            assertTrue(store.dropped > 100_000, "dropped " + store.dropped);
            System.out.printf("corruption: table, %d bytes damaged in 10 ways, %d opens, %d refused%n",
                    DamagedStore.TABLE_BYTES, 2 * store.trials, store.refused);
        }
    }

    private static void damageEvery(DamagedStore store, Corruption way, int at, int first) {
        Set<Integer> slots = new HashSet<>();
        byte[] bytes = store.intact.clone();
        for (int slot = first; slot < DamagedStore.SLOTS; slot += STRIDE) {
            int offset = DamagedStore.TABLE + slot * SLOT + at;
            byte damaged = way.of(bytes[offset]);
            if (damaged != bytes[offset]) {
                bytes[offset] = damaged;
                slots.add(slot);
            }
        }
        store.media.restoreMetadata(bytes);
        store.judge(slots, Set.of(), () -> way + " of byte " + at + " of every " + STRIDE + "th slot from " + first
                + ", seed " + SEED);
    }

    @Test
    void shouldNameWhatIsLostForAnyFewBytesAnywhere() {
        Random random = new Random(SEED);
        for (boolean closed : new boolean[] {true, false}) {
            for (FailureDomain domain : new FailureDomain[] {FailureDomain.PROCESS, FailureDomain.PLATFORM}) {
                try (DamagedStore store = new DamagedStore(domain, closed, random.nextLong(), 1)) {
                    for (int trial = 0; trial < 500 * SCALE; trial++) {
                        damageAFew(store, random);
                    }
                }
            }
        }
    }

    /** One byte to five, mostly of the table, sometimes of intent lines; every other time after a boot. */
    private static void damageAFew(DamagedStore store, Random random) {
        Set<Integer> slots = new HashSet<>();
        StringBuilder where = new StringBuilder("seed " + SEED);
        Set<Integer> excused = store.intents();
        for (int n = random.nextInt(5); n >= 0; n--) {
            int from = random.nextInt(4) == 0 ? 8192 : DamagedStore.TABLE;
            int offset = from + random.nextInt(store.intact.length - from);
            Corruption way = Corruption.values()[random.nextInt(10)];
            store.media.metadata.set(java.lang.foreign.ValueLayout.JAVA_BYTE, offset, way.of(store.intact[offset]));
            slots.add((offset - DamagedStore.TABLE) / SLOT);
            where.append(", ").append(way).append(" at ").append(offset);
        }
        excused.addAll(store.intents());
        store.media.rebooted(random.nextBoolean());
        store.judge(slots, excused, where::toString);
    }
}
