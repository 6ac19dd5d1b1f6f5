package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.memory.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A few payloads from all over the table: the first in each of 64 stretches, if it is not large. */
class SpotCheckTest {
    private static final int MEBIBYTE = 1 << 20;

    private static boolean spotCheck(Slots slots, Memory region, long limit) {
        return PayloadCheck.spotCheck(slots.table, region, Slots.SEED, limit);
    }

    private static boolean spotCheck(Slots slots) {
        return spotCheck(slots, slots.region, slots.capacity);
    }

    @Test
    void shouldBeContentWithAnEmptyTableAndWithIntactPayloads() {
        Slots slots = new Slots(200, 1 << 16);
        assertTrue(spotCheck(slots));
        for (int slot = 0; slot < 200; slot++) {
            slots.put(slot, slot, 1, slot * 64, 60);
        }
        assertTrue(spotCheck(slots));
    }

    @ParameterizedTest
    @CsvSource({
        // slots, limit, damaged slot, whether it is seen: records are in every slot
        "256, 256, 0, true", "256, 256, 64, true", "256, 256, 192, true",
        "256, 256, 1, false", "256, 256, 63, false", "256, 256, 65, false",
        "256, 192, 192, false", "256, 193, 192, true",
        "4160, 4160, 4096, true", "8191, 8191, 64, true",
        "8192, 8192, 64, false", "8192, 8192, 128, true", "8192, 8192, 8064, true",
    })
    void shouldLookAtTheFirstRecordOfEachStretch(int capacity, int limit, int spoiled, boolean seen) {
        Slots slots = new Slots(capacity, capacity * 8L);
        for (int slot = 0; slot < capacity; slot++) {
            slots.put(slot, slot, 1, slot * 8L, 8);
        }
        slots.spoil(spoiled * 8L);
        assertEquals(!seen, spotCheck(slots, slots.region, limit));
    }

    @Test
    void shouldLookForARecordInAllOfAStretch() {
        Slots slots = new Slots(200, 1 << 16);
        slots.put(127, 1, 1, 0, 8);
        slots.spoil(0);
        assertFalse(spotCheck(slots));
        slots.put(190, 2, 1, 8, 8);
        slots.table.retire(127);
        assertTrue(spotCheck(slots));
        slots.spoil(8);
        assertFalse(spotCheck(slots));
        assertFalse(spotCheck(slots, slots.region, 191));
        assertTrue(spotCheck(slots, slots.region, 190));
    }

    @Test
    void shouldStepOverRunsOfSlots() {
        Slots slots = new Slots(64, 1 << 16);
        assertEquals(8, slots.put(8, new byte[100], 1, 0, 0));
        slots.put(16, 5, 1, 8, 8);
        slots.spoil(8);
        assertFalse(spotCheck(slots));
    }

    @Test
    void shouldLookAtAFewThousandSlotsOfALargeStretch() {
        Slots slots = new Slots(64 * 8192, 1 << 16);
        slots.put(8192 + 4096, 1, 1, 0, 8);
        slots.spoil(0);
        assertTrue(spotCheck(slots));
        slots.put(8192 + 4095, 2, 1, 8, 8);
        assertTrue(spotCheck(slots));
        slots.spoil(8);
        assertFalse(spotCheck(slots));
    }

    @Test
    void shouldPassOverEmptyAndLargePayloads() {
        Slots slots = new Slots(64, 4 * MEBIBYTE);
        slots.put(1, 1, 1, 0, 0, 12345);
        slots.put(2, 2, 1, 0, MEBIBYTE + 1, 12345);
        slots.put(3, 3, 1, 2 * MEBIBYTE, MEBIBYTE);
        assertTrue(spotCheck(slots));
        slots.spoil(3 * MEBIBYTE - 1);
        assertFalse(spotCheck(slots));
    }

    @Test
    void shouldNotBeContentWithAPayloadThatCannotBeRead() {
        Slots slots = new Slots(64, 1 << 16);
        slots.put(3, 3, 1, 64, 8);
        Memory bad = Slots.before(slots.region, (proxy, method, arguments) -> {
            if (method.getName().equals("copyOut")) {
                throw new InternalError("a fault occurred in an unsafe memory access operation");
            }
            return null;
        });
        assertFalse(spotCheck(slots, bad, 64));
    }
}
