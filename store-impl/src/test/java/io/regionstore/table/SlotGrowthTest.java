package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SlotGrowthTest {
    @Test
    void shouldDoubleOnceForAllThatFoundItFull() {
        try (SlotAllocator slots = new SlotAllocator(64, 256, 1)) {
            assertTrue(slots.grow(64));
            assertTrue(slots.grow(64));
            assertEquals(128, slots.limit());
            assertTrue(slots.grow(128));
            assertFalse(slots.grow(256));
        }
    }
}
