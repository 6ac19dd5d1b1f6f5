package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LaneTest {
    private final Lane lane = new Lane();

    @Test
    void shouldKeepAChunkForExtentsUpTo512BytesAndOneForLongerOnes() {
        assertEquals(0, Lane.range(1));
        assertEquals(0, Lane.range(64));
        assertEquals(1, Lane.range(65));
        assertEquals(-1, lane.block(0));
        assertEquals(-1, lane.block(1));
        assertFalse(lane.holdsChunk());
        lane.hold(1, 0, 100);
        assertTrue(lane.holdsChunk());
        lane.hold(0, 7, 200);
        lane.drop(1);
        assertTrue(lane.holdsChunk());
        assertEquals(7, lane.block(0));
        assertEquals(-1, lane.block(1));
        lane.drop(0);
        assertFalse(lane.holdsChunk());
        lane.hold(0, 0, 100);
        assertTrue(lane.holdsChunk(), "block 0 is a block");
    }

    @Test
    void shouldCountWhatWasPlacedOffTheBalance() {
        lane.hold(0, 3, 100);
        lane.hold(1, 4, 1000);
        lane.placed(0, 30, 45);
        lane.placed(1, 500, 600);
        lane.placed(0, 10, 55);
        assertEquals(60, lane.balance(0));
        assertEquals(55, lane.cursor(0));
        assertEquals(500, lane.balance(1));
        assertEquals(600, lane.cursor(1));
    }

    @Test
    void shouldSumWhatItAllocatedLessWhatItFreed() {
        lane.addUsed(24);
        lane.addUsed(-100);
        assertEquals(-76, lane.used());
    }
}
