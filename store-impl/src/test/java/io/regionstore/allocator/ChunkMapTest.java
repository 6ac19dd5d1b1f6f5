package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The searches in words against the same searches bit by bit. */
class ChunkMapTest {
    private static final int GRANULES = ChunkMap.GRANULES;

    @ParameterizedTest
    @ValueSource(longs = {0, 8, 4096, 65536 * 3 + 24})
    void shouldFindTheRunsThatAreThere(long base) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int run = 0; run < 40; run++) {
            try (Arena arena = Arena.ofConfined()) {
                ChunkMap map = new ChunkMap(3, base, arena);
                BitSet used = fill(map, random, 1 << random.nextInt(11));
                for (int i = 0; i < 25; i++) {
                    check(map, used, random, base, "seed " + seed);
                }
            }
        }
    }

    private static BitSet fill(ChunkMap map, Random random, int typical) {
        BitSet used = new BitSet(GRANULES);
        for (int at = random.nextInt(3) * random.nextInt(typical + 1); at < GRANULES; ) {
            int length = Math.min(1 + random.nextInt(typical), GRANULES - at);
            assertTrue(BitRange.trySet(map.bits(), GRANULES + at, length));
            used.set(at, at + length);
            at += length + 1 + random.nextInt(typical);
        }
        return used;
    }

    private static void check(ChunkMap map, BitSet used, Random random, long base, String seed) {
        int from = random.nextInt(GRANULES + 1);
        int count = 1 + random.nextInt(1 << random.nextInt(13));
        long alignment = 1L << random.nextInt(random.nextBoolean() ? 1 : 14);
        String what = seed + ": from " + from + ", count " + count + ", alignment " + alignment;
        int found = map.findRun(1, from, count, alignment);
        if (found < 0) {
            assertEquals(-1, naive(used, base, from, count, alignment), what);
        } else {
            assertTrue(found >= from && found + count <= GRANULES, what);
            assertEquals(0, used.get(found, found + count).cardinality(), what);
            assertEquals(0, ((base >> 3) + GRANULES + found) % alignment, what);
        }
        map.load(1);
        assertEquals(longest(used, base, 1), map.loadedRun(), what);
        assertEquals(used.cardinality(), map.loadedUsed(), what);
        assertEquals(longest(used, base, alignment), map.longestRun(1, alignment), what);
        assertEquals(used.cardinality(), map.countUsed(1), what);
        int clear = used.nextClearBit(Math.min(from, GRANULES - 1));
        if (clear < GRANULES) {
            int start = used.previousSetBit(clear) + 1;
            assertEquals(end(used, clear) - start, map.runAround(1, clear, 1), what);
        }
    }

    private static int naive(BitSet used, long base, int from, int count, long alignment) {
        for (int at = from; at + count <= GRANULES; at++) {
            if (((base >> 3) + GRANULES + at) % alignment == 0 && end(used, at) - at >= count && !used.get(at)) {
                return at;
            }
        }
        return -1;
    }

    private static int longest(BitSet used, long base, long alignment) {
        int longest = 0;
        for (int at = 0; at < GRANULES; at++) {
            if (!used.get(at) && ((base >> 3) + GRANULES + at) % alignment == 0) {
                longest = Math.max(longest, end(used, at) - at);
            }
        }
        return longest;
    }

    private static int end(BitSet used, int at) {
        int end = used.nextSetBit(at);
        return end < 0 ? GRANULES : end;
    }
}
