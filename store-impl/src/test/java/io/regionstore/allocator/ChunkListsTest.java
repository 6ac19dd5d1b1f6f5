package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shared chunks by their longest run: 40 blocks. */
class ChunkListsTest {
    private static final int ALL = ChunkMap.GRANULES;
    private static final int TIGHT = ChunkLists.TIGHT;
    private static final int ROOMY = ChunkLists.ROOMY;

    private final Arena arena = Arena.ofConfined();
    private final ChunkMap map = new ChunkMap(40, 0, arena);
    private final ChunkStates states = new ChunkStates(40, arena);
    private final ChunkLists lists = new ChunkLists(map, states);

    @AfterEach
    void close() {
        arena.close();
    }

    /** A chunk that is used but for [from, to), in the list where it belongs. */
    private void chunk(long block, int from, int to) {
        BitRange.set(map.bits(), block * ALL, ALL);
        BitRange.clear(map.bits(), block * ALL + from, to - from);
        long state = ChunkStates.withRun(ChunkStates.shared(ALL - (to - from)), to - from);
        int list = ChunkLists.listFor(state);
        states.set(block, ChunkStates.withList(state, list));
        lists.add(block, list);
    }

    private void remove(long block) {
        lists.remove(block, ChunkStates.list(states.get(block)));
    }

    private long find(int set, int count, long alignment, int steps) {
        return lists.find(set, count, count, alignment, steps);
    }

    @Test
    void shouldHaveAClassForEachRunInOrder() {
        int before = -1;
        for (int run = 1; run <= ALL; run++) {
            int at = ChunkLists.classOf(run);
            assertTrue(at == before || at == before + 1, "run " + run + " is in class " + at);
            before = at;
        }
        int[][] expected = {{1, 0}, {16, 15}, {17, 16}, {19, 16}, {20, 17}, {24, 18}, {28, 19}, {31, 19}, {32, 20},
            {4096, 48}, {5120, 49}, {8191, 51}, {8192, 52}};
        for (int[] pair : expected) {
            assertEquals(pair[1], ChunkLists.classOf(pair[0]), "run " + pair[0]);
        }
    }

    @Test
    void shouldListByRunAndApartWhatHasASixteenthFree() {
        assertEquals(0, ChunkLists.listFor(ChunkStates.shared(ALL)), "nothing free, no list");
        assertEquals(1, ChunkLists.listFor(ChunkStates.withRun(ChunkStates.shared(ALL - 512), 1)));
        assertEquals(54, ChunkLists.listFor(ChunkStates.withRun(ChunkStates.shared(ALL - 511), 1)));
        assertEquals(53, ChunkLists.listFor(ChunkStates.withRun(ChunkStates.shared(0), ALL)));
        assertEquals(54 + 15, ChunkLists.listFor(ChunkStates.withRun(ChunkStates.shared(ALL - 16), 16)));
    }

    @Test
    void shouldTakeTheTightestClassThatFits() {
        chunk(1, 100, 400);
        chunk(2, 50, 70);
        chunk(3, 10, 15);
        chunk(4, 0, 1000);
        assertEquals(3, find(TIGHT, 5, 1, 32));
        assertEquals(10, lists.foundAt());
        assertEquals(2, find(TIGHT, 6, 1, 32));
        assertEquals(50, lists.foundAt());
        assertEquals(1, find(TIGHT, 21, 1, 32));
        assertEquals(-1, find(TIGHT, 301, 1, 32), "not in the roomy ones");
        assertEquals(4, find(ROOMY, 1, 1, 32));
        assertEquals(0, lists.foundAt());
        assertEquals(-1, find(ROOMY, 1001, 1, 32), "same class, shorter");
        assertEquals(-1, find(ROOMY, ALL, 1, 32), "the last class");
        chunk(5, 0, ALL);
        assertEquals(5, find(ROOMY, ALL, 1, 32));
    }

    @Test
    void shouldLookForARunThatIsLongerThanWhatIsCut() {
        chunk(1, 0, 17);
        chunk(2, 0, 19);
        assertEquals(2, lists.find(TIGHT, 3, 18, 1, 32), "1 is in the same list and shorter");
        assertEquals(1, lists.find(TIGHT, 3, 17, 1, 32));
        assertEquals(-1, lists.find(TIGHT, 3, 20, 1, 32));
    }

    @Test
    void shouldPassOverRunsThatAreNotAligned() {
        chunk(1, 9, 16);
        chunk(2, 15, 22);
        chunk(3, 33, 60);
        assertEquals(2, find(TIGHT, 6, 16, 32));
        assertEquals(16, lists.foundAt());
        remove(2);
        assertEquals(3, find(TIGHT, 6, 16, 32), "of a class further up");
        assertEquals(48, lists.foundAt());
        assertEquals(-1, find(TIGHT, 6, 64, 32));
    }

    @Test
    void shouldGoOnWhereTheLastSearchEnded() {
        for (int block = 0; block < 5; block++) {
            chunk(block, 1, 5);
        }
        assertEquals(0, find(TIGHT, 4, 1, 2), "the one that was put in first");
        assertEquals(0, find(TIGHT, 4, 1, 2), "still first");
        assertEquals(-1, find(TIGHT, 4, 4, 2), "aligned to 4, no chunk will do");
        assertEquals(2, find(TIGHT, 4, 1, 2), "two were looked at");
        assertEquals(-1, find(TIGHT, 4, 4, 2));
        assertEquals(4, find(TIGHT, 4, 1, 2));
        assertEquals(-1, find(TIGHT, 4, 4, 100));
        assertEquals(4, find(TIGHT, 4, 1, 2), "once around");
    }

    @Test
    void shouldLookAtNoMoreChunksThanItMay() {
        chunk(1, 1, 5);
        chunk(2, 1, 5);
        chunk(3, 1, 6);
        assertEquals(-1, find(TIGHT, 4, 4, 1));
        chunk(4, 3, 8); // in the list of runs of 5, behind 3
        assertEquals(-1, find(TIGHT, 4, 4, 0));
        assertEquals(-1, find(TIGHT, 4, 4, 3), "two of 4, one of 5");
        assertEquals(4, find(TIGHT, 4, 4, 4), "now 4 comes before 3");
        assertEquals(4, lists.foundAt());
    }

    @Test
    void shouldKeepTheOrderOfArrivalWhateverIsTakenOut() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            long block = random.nextInt(20);
            if (expected.remove(block)) {
                remove(block);
            } else {
                chunk(block, 1, 5);
                expected.add(block);
            }
            List<Long> found = new ArrayList<>();
            for (int k = 0; k < expected.size(); k++) {
                found.add(find(TIGHT, 4, 1, 32));
                assertEquals(-1, find(TIGHT, 4, 4, 1), "turns the list by one, seed " + seed);
            }
            assertEquals(expected, found, "seed " + seed);
            assertEquals(expected.isEmpty() ? -1 : expected.getFirst(), find(TIGHT, 4, 1, 32), "seed " + seed);
        }
        lists.remove(30, 0); // in no list, nothing to do
    }

    @Test
    void shouldReportTheLongestAlignedRunOfAll() {
        assertEquals(24, lists.longest(8, 24), "no chunk");
        chunk(1, 9, 40);
        chunk(2, 70, 100);
        chunk(3, 0, 7);
        assertEquals(31 * 8, lists.longest(8, 0));
        assertEquals(24 * 8, lists.longest(16 * 8, 0), "from 16 in chunk 1");
        assertEquals(7 * 8, lists.longest(4096 * 8, 0), "only chunk 3 starts so");
        assertEquals(500, lists.longest(8, 500));
        chunk(4, 0, 600);
        assertEquals(4800, lists.longest(8, 500));
        remove(4);
        chunk(5, 9, 40);
        chunk(6, 8, 39);
        assertEquals(31 * 8, lists.longest(64, 0), "the second of a list");
    }
}
