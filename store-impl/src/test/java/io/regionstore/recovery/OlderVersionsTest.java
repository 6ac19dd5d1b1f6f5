package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OlderVersionsTest {
    private final Slots slots = new Slots(128, 4096);

    private OlderVersions of(Long... superseded) {
        return new OlderVersions(slots.table, Slots.SEED, Slots.set(List.of(superseded)));
    }

    @Test
    void shouldFindTheHighestOlderVersionOfTheSameKey() {
        slots.put(1, 70, 9, 0, 8);
        slots.put(2, 70, 3, 0, 8);
        slots.put(3, 70, 5, 0, 8);
        slots.put(4, 70, 4, 0, 8);
        slots.put(5, 71, 8, 0, 8);
        OlderVersions older = of(2L, 3L, 4L, 5L);
        assertEquals(3, older.newest(1));
        assertEquals(4, older.newest(1, slot -> slot != 3));
        assertEquals(2, older.newest(1, slot -> slot == 2));
        assertEquals(OlderVersions.NONE, older.newest(1, slot -> false));
    }

    @Test
    void shouldFindNothingForAKeyThatHasNoOlderVersion() {
        slots.put(1, 70, 9, 0, 8);
        slots.put(2, 71, 3, 0, 8);
        assertEquals(OlderVersions.NONE, of(2L).newest(1));
        assertEquals(OlderVersions.NONE, of().newest(1));
    }

    @Test
    void shouldTellKeysApartThatHaveTheSameHash() {
        byte[] key = new byte[40];
        slots.put(64, key, 3, 0, 8);
        slots.put(72, key, 9, 0, 8);
        long hash = slots.table.keyWord(64);
        assertEquals(64, of(64L).newest(72));
        key[39] = 1;
        slots.put(80, key, 9, 0, 8);
        slots.set(80, 0, hash);
        assertEquals(OlderVersions.NONE, of(64L).newest(80));
    }

    @Test
    void shouldFindTheVersionsOfEachOfManyKeys() {
        long seed = 20_261_127;
        Random random = new Random(seed);
        Set<Long> superseded = new TreeSet<>();
        for (long slot = 0; slot < 128; slot++) {
            slots.put(slot, random.nextInt(12), 1 + random.nextInt(5), 0, 8);
            if (slot >= 12) {
                superseded.add(slot);
            }
        }
        OlderVersions older = new OlderVersions(slots.table, Slots.SEED, Slots.set(superseded));
        for (long slot = 0; slot < 12; slot++) {
            long newer = slot;
            List<Long> expected = new ArrayList<>(superseded.stream().filter(s -> slots.table.sameKey(s, newer)).toList());
            expected.sort(Comparator.comparingLong(slots.table::version).reversed().thenComparing(s -> s));
            List<Long> asked = new ArrayList<>();
            assertEquals(OlderVersions.NONE, older.newest(slot, s -> !asked.add(s)));
            assertEquals(expected, asked, "seed " + seed + ", slot " + slot);
            assertEquals(expected.isEmpty() ? OlderVersions.NONE : expected.getFirst(), older.newest(slot));
        }
    }

    @Test
    void shouldKnowTheSlotsThatWereSupersededAtFirst() {
        slots.put(1, 70, 9, 0, 8);
        slots.put(2, 70, 3, 0, 8);
        SlotSet superseded = Slots.set(List.of(2L));
        OlderVersions older = new OlderVersions(slots.table, Slots.SEED, superseded);
        superseded.remove(2);
        assertEquals(2, older.newest(1));
    }
}
