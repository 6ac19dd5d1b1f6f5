package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every byte of a table and of both header copies, damaged in ten ways: what opens holds right records only, and what is
 * missing was named. {@code -Dproof.scale=N} multiplies the random part.
 */
class CorruptionTest {
    private static final int SCALE = Integer.getInteger("proof.scale", 1);
    private static final long SEED = Long.getLong("proof.seed", 20_260_101);
    private static final int SLOT = 32;
    private static final int[] COPIES = {0, 4096};
    /** One slot in so many is damaged in one trial: they do not depend on one another. */
    private static final int STRIDE = 16;

    @AfterEach
    void countNoWrongData() {
        ProofSummary.add(Field.wrongData, 0);
    }

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
            store.media.metadata.set(ValueLayout.JAVA_BYTE, offset, way.of(store.intact[offset]));
            slots.add((offset - DamagedStore.TABLE) / SLOT);
            where.append(", ").append(way).append(" at ").append(offset);
        }
        excused.addAll(store.intents());
        store.media.rebooted(random.nextBoolean());
        store.judge(slots, excused, where::toString);
    }

    @Test
    void shouldMendEitherHeaderCopyFromTheOther() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            for (int copy : COPIES) {
                forEveryHeaderByte(store, (way, at) -> {
                    damage(store, way, copy + at);
                    try (RegionStore open = store.open(DamagePolicy.REFUSE)) {
                        assertEquals(store.stored.live.size(), store.stored.readAll(open).size());
                        assertTrue(open.recovery().notes().stream().anyMatch(note -> note.contains("header copy "
                                + (copy == 0 ? "A" : "B"))), () -> open.recovery().notes().toString());
                    }
                    byte[] mended = store.media.metadataBytes();
                    assertArrayEquals(Arrays.copyOf(mended, 512), Arrays.copyOfRange(mended, 4096, 4608));
                });
            }
        }
    }

    @Test
    void shouldRefuseEveryByteDamagedInBothHeaderCopies() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            forEveryHeaderByte(store, (way, at) -> {
                damage(store, way, at);
                damage(store, way, 4096 + at);
                byte[] damaged = store.media.metadataBytes();
                assertThrows(RegionStoreException.class, () -> store.media.open(FailureDomain.PROCESS,
                        DamagePolicy.DROP, Mode.OPEN_OR_CREATE, 64), "never taken for a medium without a store");
                for (DamagePolicy policy : DamagePolicy.values()) {
                    ErrorCode code = assertThrows(RegionStoreException.class, () -> store.open(policy)).code();
                    assertEquals(at < 8 ? ErrorCode.METADATA_FOREIGN : ErrorCode.METADATA_CORRUPT, code);
                }
                assertArrayEquals(damaged, store.media.metadataBytes());
                assertEquals(0, store.media.open());
            });
        }
    }

    private interface HeaderDamage {
        void apply(Corruption way, int at);
    }

    private static void forEveryHeaderByte(DamagedStore store, HeaderDamage damage) {
        for (int at = 0; at < 512; at++) {
            for (Corruption way : Corruption.values()) {
                if (way.of(store.intact[at]) != store.intact[at]) {
                    ProofSummary.add(Field.corruptionTrials, 1);
                    try {
                        damage.apply(way, at);
                    } catch (AssertionError | RuntimeException e) {
                        throw new AssertionError(way + " of header byte " + at + ": " + e.getMessage(), e);
                    } finally {
                        store.media.restoreMetadata(store.intact);
                    }
                }
            }
        }
    }

    private static void damage(DamagedStore store, Corruption way, int offset) {
        store.media.metadata.set(ValueLayout.JAVA_BYTE, offset, way.of(store.intact[offset]));
    }

    @Test
    void shouldNotTakeSlotsThatWereSwappedOrCopied() {
        Random random = new Random(SEED);
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            for (int trial = 0; trial < 2000 * SCALE; trial++) {
                int length = SLOT << random.nextInt(4);
                int from = slotOf(random, length);
                int to = slotOf(random, length);
                boolean swap = random.nextBoolean();
                move(store, store.intact, from, to, length);
                if (swap) {
                    move(store, store.intact, to, from, length);
                }
                Set<Integer> slots = new HashSet<>();
                for (int k = 0; k < length / SLOT; k++) {
                    slots.add(to / SLOT + k);
                    if (swap) {
                        slots.add(from / SLOT + k);
                    }
                }
                store.media.rebooted(random.nextBoolean());
                store.judge(slots, store.freeNow(slots), () -> "slot " + from / SLOT + (swap ? " swapped with " : " copied to ")
                        + to / SLOT + ", " + length + " bytes, seed " + SEED);
            }
        }
    }

    private static int slotOf(Random random, int length) {
        return random.nextInt(DamagedStore.TABLE_BYTES / length) * length;
    }

    private static void move(DamagedStore store, byte[] source, int from, int to, int length) {
        MemorySegment.copy(source, DamagedStore.TABLE + from, store.media.metadata, ValueLayout.JAVA_BYTE,
                DamagedStore.TABLE + to, length);
    }

    @Test
    void shouldNotTakeSlotsOfAnEarlierTenant() {
        Random random = new Random(SEED);
        try (DamagedStore earlier = new DamagedStore(FailureDomain.PROCESS, true, SEED + 1, 1);
                DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            for (int trial = 0; trial < 1000 * SCALE; trial++) {
                int length = Math.min(SLOT << random.nextInt(12), DamagedStore.TABLE_BYTES);
                int at = slotOf(random, length);
                move(store, earlier.intact, at, at, length);
                Set<Integer> slots = new HashSet<>();
                for (int k = 0; k < length / SLOT; k++) {
                    slots.add(at / SLOT + k);
                }
                store.judge(slots, store.freeNow(slots), () -> "slots " + at / SLOT + " of another store, " + length + " bytes");
            }
        }
    }

    @Test
    void shouldFindNothingOfAnEarlierTenantInNewStore() {
        try (DamagedStore earlier = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            MemorySegment.copy(new byte[4608], 0, earlier.media.metadata, ValueLayout.JAVA_BYTE, 0, 4608);
            MemoryMedia media = earlier.media;
            RegionStoreException foreign = assertThrows(RegionStoreException.class,
                    () -> media.open(FailureDomain.PROCESS, DamagePolicy.DROP, Mode.OPEN, 0));
            assertEquals(ErrorCode.NOT_FOUND, foreign.code());
        }
    }

    @Test
    void shouldRefuseMetadataCutAnywhere() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            for (int length = 0; length < store.intact.length; length += length % 4096 == 4088 ? 8 : 584) {
                int cut = length & -8;
                ProofSummary.add(Field.corruptionTrials, 2);
                store.media.truncated(Math.max(8, cut));
                for (DamagePolicy policy : DamagePolicy.values()) {
                    RegionStoreException e = assertThrows(RegionStoreException.class, () -> store.open(policy));
                    assertEquals(ErrorCode.METADATA_TRUNCATED, e.code(), "cut to " + cut);
                }
                assertArrayEquals(store.intact, store.media.metadataBytes());
                assertEquals(0, store.media.open());
            }
        }
    }

    @Test
    void shouldRefuseOrDropEverythingWhenMetadataOfTwoStoresIsSwapped() {
        for (boolean sameIdentity : new boolean[] {false, true}) {
            try (DamagedStore one = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1);
                    DamagedStore other = new DamagedStore(FailureDomain.PROCESS, true, SEED + 1,
                            sameIdentity ? 1 : 2)) {
                other.media.restoreMetadata(one.intact);
                other.media.rebooted(true); // without a boot, and in the same place, nobody compares payloads
                for (DamagePolicy policy : DamagePolicy.values()) {
                    ProofSummary.add(Field.corruptionTrials, 1);
                    try (RegionStore store = other.open(policy)) {
                        assertEquals(DamagePolicy.DROP, policy, "opened over the payloads of another store");
                        // empty payloads need no bytes, and so nothing tells them
                        one.stored.readAll(store);
                        assertTrue(store.recovery().damagedCount() > one.stored.live.size() / 2);
                    } catch (RegionStoreException e) {
                        assertTrue(e.code() == ErrorCode.WRONG_DEVICE || sameIdentity
                                && (e.code() == ErrorCode.CONTENTS_LOST || e.code() == ErrorCode.CONTENTS_DAMAGED),
                                e.getMessage());
                        assertArrayEquals(one.intact, other.media.metadataBytes());
                    }
                }
            }
        }
    }
}
