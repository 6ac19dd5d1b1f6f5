package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OlderVersionsTest {
    private final Slots slots = new Slots(128, 4096);

    private OlderVersions of(Long... superseded) {
        return new OlderVersions(slots.table, Slots.SEED, List.of(superseded));
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
    void shouldNotDependOnTheOrder() {
        List<Long> superseded = new ArrayList<>();
        for (long slot = 2; slot < 40; slot++) {
            slots.put(slot, 70, 1 + slot % 5, 0, 8);
            superseded.add(slot);
        }
        slots.put(1, 70, 9, 0, 8);
        for (long seed = 0; seed < 20; seed++) {
            Collections.shuffle(superseded, new Random(seed));
            OlderVersions older = new OlderVersions(slots.table, Slots.SEED, superseded);
            assertEquals(4, older.newest(1), "seed " + seed);
            assertEquals(9, older.newest(1, slot -> slot != 4), "seed " + seed);
        }
    }
}
