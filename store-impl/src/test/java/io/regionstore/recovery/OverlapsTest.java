package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.table.SlotReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class OverlapsTest {
    private final Slots slots = new Slots(64, 4096);

    private void put(long slot, long version, long offset, long length) {
        slots.put(slot, slot, version, offset, length, 0);
    }

    private Collection<Long> find(long limit, Long... refused) {
        return Overlaps.find(slots.table, new SlotReader(slots.table, Slots.SEED, 4096), limit, Slots.set(List.of(refused)));
    }

    private Set<Long> losers(Collection<Long> overlapping, LongPredicate superseded, LongPredicate intact) {
        return Overlaps.losers(slots.table, overlapping, superseded, intact);
    }

    @Test
    void shouldFindAllThatShareBytesWithOneThatWasRefused() {
        put(3, 1, 0, 16);
        put(4, 1, 16, 8);
        put(5, 1, 20 & -8, 20);
        put(6, 1, 40, 1);
        put(7, 1, 32, 9);
        put(8, 1, 48, 8);
        assertEquals(List.of(4L, 5L), List.copyOf(find(64, 4L)));
        assertEquals(List.of(4L, 5L, 6L, 7L), List.copyOf(find(64, 5L, 7L)));
        assertEquals(List.of(4L, 5L, 7L), List.copyOf(find(64, 5L)));
        assertEquals(List.of(4L), List.copyOf(find(5, 4L)));
        assertEquals(List.of(6L, 7L), List.copyOf(find(64, 6L)), "the granule's padding counts");
    }

    @Test
    void shouldNotFindEmptyRecordsNorSlotsThatHoldNoRecord() {
        put(1, 1, 0, 64);
        put(2, 1, 32, 32);
        put(3, 1, 40, 0);
        put(4, 1, 40, 8);
        slots.flip(4, 3, 7);
        put(5, 1, 40, 8);
        slots.table.retire(5);
        assertEquals(List.of(1L, 2L), List.copyOf(find(64, 2L)));
    }

    @Test
    void shouldKeepTheOneWhosePayloadMatches() {
        put(1, 9, 0, 64);
        put(2, 5, 32, 64);
        put(3, 9, 88, 64);
        assertEquals(Set.of(1L, 3L), losers(List.of(1L, 2L, 3L), slot -> false, slot -> slot == 2));
        assertEquals(Set.of(2L), losers(List.of(1L, 2L, 3L), slot -> false, slot -> slot != 2));
        assertEquals(Set.of(1L, 2L, 3L), losers(List.of(1L, 2L, 3L), slot -> false, slot -> false));
    }

    @Test
    void shouldKeepTheNewestIfBothPayloadsMatch() {
        put(1, 5, 0, 64);
        put(2, 6, 0, 64);
        assertEquals(Set.of(1L), losers(List.of(1L, 2L), slot -> false, slot -> true));
        put(1, 7, 0, 64);
        assertEquals(Set.of(2L), losers(List.of(1L, 2L), slot -> false, slot -> true));
        assertEquals(Set.of(1L), losers(List.of(1L, 2L), slot -> slot == 1, slot -> true), "superseded goes first");
        put(2, 7, 0, 64);
        assertEquals(Set.of(2L), losers(List.of(2L, 1L), slot -> false, slot -> true));
    }

    @Test
    void shouldKeepBothNeighboursOfOneThatGoes() {
        put(1, 9, 0, 40);
        put(2, 8, 32, 40);
        put(3, 7, 64, 40);
        assertEquals(Set.of(2L), losers(List.of(1L, 2L, 3L), slot -> false, slot -> true));
    }

    @Test
    void shouldTellEachTakenByteOnceAndKeptExtentsWhole() {
        put(1, 1, 16, 64);
        put(2, 1, 0, 17);
        put(3, 1, 56, 200);
        put(4, 1, 248, 8);
        put(5, 1, 400, 8);
        List<String> taken = new ArrayList<>();
        Overlaps.forEachTaken(slots.table, List.of(1L, 2L, 3L, 4L, 5L), slot -> slot == 1 || slot == 4,
                slot -> slot == 2 || slot == 3, (from, to) -> taken.add(from + "-" + to));
        assertEquals(List.of("16-80", "248-256", "0-16", "80-248"), taken);
    }

    /** Whatever the order in which a scan found them. */
    @Test
    void shouldJudgeTheSameInEveryOrder() {
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<Long> all = new ArrayList<>();
            for (long slot = 0; slot < 24; slot++) {
                put(slot, 1 + random.nextInt(6), random.nextInt(40) * 8L, 1 + random.nextInt(60));
                all.add(slot);
            }
            BitSet superseded = BitSet.valueOf(new long[] {random.nextLong() & random.nextLong()});
            BitSet intact = BitSet.valueOf(new long[] {random.nextLong() | random.nextLong()});
            Set<Long> losers = losers(all, slot -> superseded.get((int) slot), slot -> intact.get((int) slot));
            Collections.shuffle(all, random);
            assertEquals(losers, losers(all, slot -> superseded.get((int) slot), slot -> intact.get((int) slot)),
                    "seed " + seed);
            for (long a : all) {
                boolean beaten = false;
                for (long b : all) {
                    boolean kept = a != b && !losers.contains(b) && meet(a, b);
                    assertFalse(kept && !losers.contains(a), "seed " + seed + ": both stay, " + a + " and " + b);
                    beaten |= kept && (superseded.get((int) a) || !superseded.get((int) b));
                }
                if (losers.contains(a)) {
                    assertTrue(!intact.get((int) a) || beaten, "seed " + seed + ": lost for nothing, " + a);
                }
            }
        }
    }

    private boolean meet(long a, long b) {
        return slots.table.offset(a) < slots.table.offset(b) + (slots.table.length(b) + 7 & -8)
                && slots.table.offset(b) < slots.table.offset(a) + (slots.table.length(a) + 7 & -8);
    }
}
