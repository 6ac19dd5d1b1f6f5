package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three lines at 128 of a medium of 512 bytes. */
class IntentLinesTest {
    private static final int BASE = 128;
    private static final int LANES = 3;

    private final RecordingMemory memory = new RecordingMemory(512);
    private final IntentLines lines = new IntentLines(memory, BASE, LANES);

    private List<Long> named() {
        List<Long> slots = new ArrayList<>();
        lines.forEach(slots::add);
        return slots;
    }

    @Test
    void shouldNameTheSlotHeldReadyForEachLengthOfRun() {
        for (int c = 0; c <= 6; c++) {
            lines.announce(1, 1 << c, 100 + c);
            int word = BASE + 64 + 8 + 8 * c;
            assertEquals(List.of("release " + word, "flush 192+64"), memory.takeEvents(), "the caller fences");
        }
        assertEquals(List.of(100L, 101L, 102L, 103L, 104L, 105L, 106L), named());
        lines.announce(1, 4, SlotAllocator.NONE);
        assertEquals(List.of(100L, 101L, 103L, 104L, 105L, 106L), named());
    }

    @Test
    void shouldNameTheSlotInUseBeforeTheOneThatFollows() {
        lines.announce(2, 8, 40);
        memory.takeEvents();
        lines.advance(2, 8, 40, 48);
        for (byte[] image : memory.images()) {
            List<Long> slots = new ArrayList<>();
            new IntentLines(RecordingMemory.with(image), BASE, LANES).forEach(slots::add);
            assertTrue(slots.contains(40L), "the slot in use is named at every moment");
        }
        assertEquals(List.of("release 256", "release 288", "flush 256+64"), memory.takeEvents());
        assertEquals(List.of(40L, 48L), named());
    }

    @Test
    void shouldForgetEveryNameOfItsLinesAndNothingElse() {
        for (int at = 0; at < 512; at += 8) {
            memory.putLong(at, 1 + at);
        }
        assertEquals(24, named().size());
        assertEquals((long) BASE, named().getFirst());
        assertEquals(BASE + 3 * 64 - 8L, named().getLast());
        memory.takeEvents();
        lines.clear();
        List<String> events = new ArrayList<>(memory.takeEvents());
        assertEquals(List.of("flush 128+192", "fence"), events.subList(24, 26));
        assertEquals(List.of(), named());
        byte[] left = memory.bytes();
        for (int at = 0; at < 512; at += 8) {
            boolean inside = at >= BASE && at < BASE + 3 * 64;
            assertEquals(inside ? 0 : 1 + at, memory.getLong(at), "at " + at);
        }
        lines.clear();
        assertEquals(List.of("flush 128+192", "fence"), memory.takeEvents(), "zeros are not stored again, but are flushed");
        assertArrayEquals(left, memory.bytes());
    }

    @Test
    void shouldPassOverWordsThatNameNoSlot() {
        memory.putLong(BASE, -1);
        memory.putLong(BASE + 8, Long.MIN_VALUE);
        memory.putLong(BASE + 16, 1);
        assertEquals(List.of(0L), named());
    }
}
