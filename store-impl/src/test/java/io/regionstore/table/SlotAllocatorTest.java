package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which slots are handed out, in which order, and that every one of them is. */
class SlotAllocatorTest {
    private static final long NONE = SlotAllocator.NONE;
    /** Slots that one bit of the map of full groups stands for. */
    private static final int GROUP = 4096;

    private static List<Long> take(SlotAllocator slots, int lane, int runLength, int count) {
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(slots.allocate(lane, runLength));
        }
        return taken;
    }

    /** Takes all there are. */
    private static int exhaust(SlotAllocator slots, int lane, int runLength) {
        int count = 0;
        while (slots.allocate(lane, runLength) != NONE) {
            count++;
            assertTrue(count <= slots.limit(), "more slots than there are");
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 130, 4096, 4160, 8192 + 70})
    void shouldHandOutEverySingleSlotOnceInTheOrderOfAddresses(int capacity) {
        try (SlotAllocator slots = new SlotAllocator(capacity, capacity, 2)) {
            for (long slot = 0; slot < capacity; slot++) {
                assertEquals(slot, slots.allocate(0, 1));
            }
            assertEquals(NONE, slots.allocate(0, 1));
            assertEquals(NONE, slots.allocate(1, 1));
            assertEquals(capacity, slots.usedSlots());
            assertEquals(capacity, slots.limit());
            assertEquals(capacity / 8, slots.memoryBytes());
            slots.free(0, capacity - 1, 1);
            slots.drain(0);
            assertEquals(capacity - 1, slots.allocate(1, 1));
            assertEquals(NONE, slots.allocate(1, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 16, 32, 64})
    void shouldHandOutAlignedRunsFromTheEndDownward(int run) {
        try (SlotAllocator slots = new SlotAllocator(256, 256, 1)) {
            for (long word = 3; word >= 0; word--) {
                for (long at = 0; at < 64; at += run) {
                    assertEquals(word * 64 + at, slots.allocate(0, run));
                }
            }
            assertEquals(NONE, slots.allocate(0, run));
            assertEquals(256, slots.usedSlots());
        }
    }

    @Test
    void shouldKeepRunsApartFromSingleSlots() {
        try (SlotAllocator slots = new SlotAllocator(128, 128, 1)) {
            assertEquals(0, slots.allocate(0, 1));
            assertEquals(64, slots.allocate(0, 4));
            assertEquals(68, slots.allocate(0, 4));
            assertEquals(9, slots.usedSlots());
            assertEquals(NONE, slots.allocate(0, 64), "both words are at hand for others");
            slots.free(0, 68, 4);
            slots.free(0, 64, 4);
            assertEquals(1, slots.usedSlots());
            assertEquals(64, slots.allocate(0, 4), "what came back last goes first");
            slots.free(0, 64, 4);
            slots.drain(0);
            assertEquals(64, slots.allocate(0, 64));
            assertEquals(NONE, slots.allocate(0, 64));
            assertEquals(1, slots.allocate(0, 1), "no other slot was taken for it");
        }
    }

    @Test
    void shouldFindRunsInWhatSingleSlotsLeave() {
        try (SlotAllocator slots = new SlotAllocator(64, 64, 2)) {
            assertEquals(64, exhaust(slots, 0, 1));
            for (long slot : new long[] {3, 4, 5, 6, 7, 16, 17, 62, 63}) {
                slots.free(0, slot, 1);
            }
            slots.drain(0);
            assertEquals(4, slots.allocate(1, 4));
            assertEquals(NONE, slots.allocate(1, 4));
            assertEquals(List.of(16L, 62L, NONE), take(slots, 1, 2, 3), "3 is not aligned");
            assertEquals(List.of(3L, NONE), take(slots, 1, 1, 2));
            slots.free(1, 16, 2);
            slots.free(1, 62, 2);
            slots.drain(1);
            assertEquals(List.of(16L, 17L, 62L, 63L, NONE), take(slots, 0, 1, 5));
        }
    }

    @Test
    void shouldGoOnWhereItStoppedAndComeBackToWhatWasFreed() {
        try (SlotAllocator slots = new SlotAllocator(192, 192, 1)) {
            take(slots, 0, 1, 128);
            slots.free(0, 5, 1);
            slots.drain(0);
            assertEquals(128, slots.allocate(0, 1), "not at once");
            take(slots, 0, 1, 63);
            assertEquals(5, slots.allocate(0, 1));
            assertEquals(NONE, slots.allocate(0, 1));
        }
        try (SlotAllocator slots = new SlotAllocator(192, 192, 1)) {
            take(slots, 0, 32, 4);
            slots.free(0, 160, 32);
            slots.drain(0);
            assertEquals(0, slots.allocate(0, 32), "downward from the word it was in");
            assertEquals(32, slots.allocate(0, 32));
            assertEquals(160, slots.allocate(0, 32));
        }
    }

    @Test
    void shouldKeepUpTo128SlotsOr64RunsAtHandAndGiveBackTheRest() {
        try (SlotAllocator slots = new SlotAllocator(320, 320, 2)) {
            assertEquals(320, exhaust(slots, 0, 1));
            for (long slot = 0; slot < 200; slot++) {
                slots.free(0, slot, 1);
            }
            assertEquals(120, slots.usedSlots());
            assertEquals(72, exhaust(slots, 1, 1), "200 less what lane 0 keeps");
            assertEquals(192, slots.usedSlots());
            assertEquals(128, exhaust(slots, 0, 1));
            assertEquals(320, slots.usedSlots());
        }
        try (SlotAllocator slots = new SlotAllocator(320, 320, 2)) {
            assertEquals(160, exhaust(slots, 0, 2));
            for (long slot = 0; slot < 200; slot += 2) {
                slots.free(0, slot, 2);
            }
            assertEquals(36, exhaust(slots, 1, 2));
            assertEquals(64, exhaust(slots, 0, 2));
        }
    }

    // growing

    @Test
    void shouldDoubleOnceForAllThatFoundItFull() {
        try (SlotAllocator slots = new SlotAllocator(64, 200, 1)) {
            assertEquals(64, exhaust(slots, 0, 1));
            assertTrue(slots.grow(64));
            assertTrue(slots.grow(64));
            assertEquals(128, slots.limit());
            assertEquals(16, slots.memoryBytes());
            assertEquals(64, slots.allocate(0, 1));
            assertEquals(63, exhaust(slots, 0, 1));
            assertTrue(slots.grow(128));
            assertEquals(200, slots.limit(), "its maximum");
            assertFalse(slots.grow(200));
            assertEquals(200, slots.limit());
            assertEquals(72, exhaust(slots, 0, 1));
        }
    }

    @Test
    void shouldTakeRunsFromWhatWasAdded() {
        try (SlotAllocator slots = new SlotAllocator(64, 128, 1)) {
            assertEquals(List.of(0L, 32L, NONE), take(slots, 0, 32, 3));
            assertTrue(slots.grow(64));
            assertEquals(List.of(64L, 96L, NONE), take(slots, 0, 32, 3));
        }
    }

    // scarcity

    @Test
    void shouldKeepNothingAtHandWhileSlotsAreScarce() {
        try (SlotAllocator slots = new SlotAllocator(64, 64, 2)) {
            assertFalse(slots.isScarce());
            slots.noteScarcity();
            assertEquals(0, slots.allocate(0, 1));
            assertEquals(1, slots.allocate(1, 1));
            assertEquals(32, slots.allocate(0, 32));
            assertEquals(16, slots.allocate(0, 16));
            assertEquals(4, slots.allocate(1, 4));
            assertEquals(8, slots.allocate(0, 4));
            slots.free(0, 0, 1);
            slots.free(0, 8, 4);
            assertEquals(0, slots.allocate(1, 1), "another lane has it at once");
            assertEquals(8, slots.allocate(1, 8));
        }
    }

    @Test
    void shouldBeScarceForTenThousandOperations() {
        try (SlotAllocator slots = new SlotAllocator(64, 64, 2)) {
            slots.noteScarcity();
            for (int i = 0; i < 10_000; i++) {
                assertTrue(slots.isScarce(), "operation " + i);
            }
            assertFalse(slots.isScarce());
            assertEquals(0, slots.allocate(0, 1));
            assertEquals(NONE, slots.allocate(1, 1), "lane 0 keeps slots at hand again");
        }
    }

    // rebuilding

    @Test
    void shouldNotHandOutWhatTheScanFound() {
        try (SlotAllocator slots = new SlotAllocator(256, 256, 1)) {
            BitSet marked = new BitSet();
            long at = 0;
            for (int run = 1; run <= 64; run *= 2) {
                at = at + 2L * run - 1 & -run;
                slots.markUsed(at & -64, -1L >>> 64 - run << at);
                marked.set((int) at, (int) at + run);
                at += run;
            }
            slots.markUsed(0, 1L);
            marked.set(0);
            slots.marked(marked.cardinality());
            assertEquals(marked.cardinality(), slots.usedSlots());
            for (long slot; (slot = slots.allocate(0, 1)) != NONE; ) {
                assertFalse(marked.get((int) slot), "slot " + slot);
                marked.set((int) slot);
            }
            assertEquals(256, marked.cardinality());
            assertEquals(256, slots.usedSlots());
        }
    }

    @Test
    void shouldRefuseToFreeASlotThatIsFree() {
        try (SlotAllocator slots = new SlotAllocator(64, 64, 1)) {
            slots.noteScarcity();
            assertThrows(AssertionError.class, () -> slots.free(0, 7, 1));
            assertEquals(0, slots.allocate(0, 1));
            assertThrows(AssertionError.class, () -> slots.free(0, 0, 2), "in part");
        }
    }

    @Test
    void shouldGiveItsMemoryBackWhenClosed() {
        SlotAllocator slots = new SlotAllocator(64, 64, 1);
        slots.close();
        assertThrows(IllegalStateException.class, () -> slots.allocate(0, 1));
    }

    // groups that are full are stepped over

    @Test
    void shouldFindTheOneFreeSlotOfAnyGroupFromAnywhere() {
        int capacity = 66 * GROUP + 128;
        try (SlotAllocator slots = new SlotAllocator(capacity, capacity, 2)) {
            assertEquals(capacity, exhaust(slots, 0, 1));
            assertEquals(NONE, slots.allocate(1, 1));
            long[] places = {0, 63, 64, GROUP - 1, GROUP, GROUP + 1, 2 * GROUP - 1, 63 * GROUP, 64 * GROUP,
                66 * GROUP - 1, 66 * GROUP, 66 * GROUP + 127};
            for (long from : places) {
                for (long slot : places) {
                    slots.free(0, from, 1);
                    slots.drain(0);
                    assertEquals(from, slots.allocate(1, 1), "the search of lane 1 goes on from here");
                    slots.free(0, slot == from ? 70 : slot, 1);
                    slots.drain(0);
                    assertEquals(slot == from ? 70 : slot, slots.allocate(1, 1));
                    assertEquals(NONE, slots.allocate(1, 1));
                }
            }
        }
    }

    @Test
    void shouldGrowIntoAGroupThatWasFullToItsLimit() {
        try (SlotAllocator slots = new SlotAllocator(128, 16384, 2)) {
            assertEquals(128, exhaust(slots, 0, 1));
            assertTrue(slots.grow(128));
            assertEquals(128, slots.allocate(1, 1));
            assertEquals(127, exhaust(slots, 0, 1) + exhaust(slots, 1, 1));
            for (long limit = 256; limit < 16384; limit *= 2) {
                assertTrue(slots.grow(limit));
                assertEquals(limit, exhaust(slots, 0, 1));
            }
        }
    }

    /** Every slot has one owner at most, and "none" is true; a failure prints its seed. */
    @ParameterizedTest
    @CsvSource({"64, 4", "192, 64", "1000, 8", "8320, 64"})
    void shouldAgreeWithAModel(int capacity, int longest) {
        long seed = System.nanoTime();
        String what = "seed " + seed;
        Random random = new Random(seed);
        BitSet used = new BitSet(capacity);
        List<long[]> live = new ArrayList<>();
        try (SlotAllocator slots = new SlotAllocator(capacity, capacity, 3)) {
            for (int i = 0; i < 4000; i++) {
                int lane = random.nextInt(3);
                if (random.nextInt(1000) == 0) {
                    slots.noteScarcity();
                }
                if (random.nextInt(100) < 55 + (i / 1000 % 2 == 0 ? 10 : -10)) {
                    int run = 1 << random.nextInt(Integer.numberOfTrailingZeros(longest) + 1);
                    long slot = slots.allocate(lane, run);
                    if (slot == NONE) {
                        for (int other = 0; other < 3; other++) {
                            slots.drain(other);
                        }
                        slot = slots.allocate(lane, run);
                    }
                    if (slot == NONE) {
                        assertFalse(hasRun(used, capacity, run), what + ": a run of " + run + " is free");
                        continue;
                    }
                    assertEquals(0, slot % run, what);
                    assertTrue(slot + run <= capacity && used.get((int) slot, (int) slot + run).isEmpty(), what);
                    used.set((int) slot, (int) slot + run);
                    live.add(new long[] {slot, run});
                } else if (!live.isEmpty()) {
                    long[] freed = live.remove(random.nextInt(live.size()));
                    used.clear((int) freed[0], (int) (freed[0] + freed[1]));
                    slots.free(lane, freed[0], (int) freed[1]);
                }
                slots.isScarce();
                assertEquals(used.cardinality(), slots.usedSlots(), what);
            }
        }
    }

    private static boolean hasRun(BitSet used, int capacity, int run) {
        for (int at = 0; at + run <= capacity; at += run) {
            if (used.get(at, at + run).isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
