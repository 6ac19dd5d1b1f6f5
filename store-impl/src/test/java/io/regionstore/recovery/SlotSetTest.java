package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SlotSetTest {
    private static final long SEED = 20_260_701;

    @Test
    void shouldHoldWhatWasAddedAndNotRemoved() {
        Random random = new Random(SEED);
        BitSet model = new BitSet();
        try (SlotSet set = new SlotSet(1000)) {
            for (int i = 0; i < 3000; i++) {
                int slot = random.nextInt(1000);
                if (random.nextInt(3) > 0) {
                    set.add(slot);
                    model.set(slot);
                } else {
                    set.remove(slot);
                    model.clear(slot);
                }
            }
            for (int slot = 0; slot < 1000; slot++) {
                assertEquals(model.get(slot), set.contains(slot), "seed " + SEED + ", slot " + slot);
            }
        }
    }

    @Test
    void shouldWalkOverItsSlotsInTheirOrder() {
        for (int slots : new int[] {1, 63, 64, 65, 1000}) {
            Random random = new Random(SEED + slots);
            BitSet model = new BitSet();
            try (SlotSet set = new SlotSet(slots); SlotSet copy = new SlotSet(slots)) {
                assertTrue(set.isEmpty() && set.size() == 0 && set.next(0) == SlotSet.NONE);
                for (int i = 0; i < slots / 3 + 1; i++) {
                    int slot = i == 0 ? slots - 1 : random.nextInt(slots);
                    set.add(slot);
                    model.set(slot);
                }
                for (int from = 0; from <= slots; from++) {
                    assertEquals(model.nextSetBit(from), set.next(from), "seed " + (SEED + slots) + ", from " + from);
                }
                List<Long> walked = new ArrayList<>();
                set.forEach(walked::add);
                assertEquals(model.stream().asLongStream().boxed().toList(), walked);
                assertEquals(model.cardinality(), set.size());
                copy.addAll(set);
                assertEquals(set.size(), copy.size());
                set.forEach(set::remove);
                assertTrue(set.isEmpty() && set.size() == 0);
                assertFalse(copy.isEmpty());
            }
        }
    }

    @Test
    void shouldLiveAsLongAsTheArenaItIsGiven() {
        SlotSet set;
        try (Arena arena = Arena.ofShared()) {
            set = new SlotSet(64, arena);
            set.add(5);
            set.close();
            assertTrue(set.contains(5));
        }
        assertThrows(IllegalStateException.class, () -> set.contains(5));
    }

    @Test
    void shouldHoldTheLastSlotOfAHugeTable() {
        try (SlotSet set = new SlotSet(1L << 36)) {
            set.add((1L << 36) - 1);
            assertTrue(set.contains((1L << 36) - 1));
            assertFalse(set.contains((1L << 36) - 2));
            assertFalse(set.contains(63));
        }
    }

    @Test
    void shouldLoseNothingThatTwoThreadsChangeInOneWord() throws InterruptedException {
        try (SlotSet set = new SlotSet(64)) {
            CountDownLatch start = new CountDownLatch(2);
            Thread other = Thread.ofPlatform().start(() -> toggle(set, 1, start));
            toggle(set, 0, start);
            other.join();
            for (int slot = 0; slot < 64; slot++) {
                assertTrue(set.contains(slot), "slot " + slot);
            }
        }
    }

    private static void toggle(SlotSet set, int first, CountDownLatch start) {
        start.countDown();
        while (start.getCount() > 0) {
            Thread.onSpinWait();
        }
        for (int round = 0; round < 200; round++) {
            for (int slot = first; slot < 64; slot += 2) {
                set.remove(slot);
                set.add(slot);
            }
        }
    }

    @Test
    void shouldRefuseSlotsThatThereAreNot() {
        try (SlotSet set = new SlotSet(640)) {
            assertThrows(IndexOutOfBoundsException.class, () -> set.contains(704));
            assertThrows(IndexOutOfBoundsException.class, () -> set.add(-1));
            assertFalse(set.contains(63));
        }
    }

    @Test
    void shouldGiveItsMemoryBack() {
        SlotSet set = new SlotSet(64);
        set.close();
        assertThrows(IllegalStateException.class, () -> set.contains(0));
    }
}
