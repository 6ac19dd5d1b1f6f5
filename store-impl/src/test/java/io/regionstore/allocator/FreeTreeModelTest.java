package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random calls against a sorted map that is searched from one end to the other; a failure prints its seed. */
class FreeTreeModelTest {
    private static final long BLOCK = 65536;
    private static final int NEAR = 64;

    private final TreeMap<Long, Long> free = new TreeMap<>();
    private final List<long[]> taken = new ArrayList<>();
    private boolean blockFailed;
    private long base;

    @ParameterizedTest
    @CsvSource({
        // region, base, longest extent, calls
        "1048576, 0, 2000, 3000", "1048576, 40, 200000, 1500", "4194304, 4096, 20000, 3000", "4096, 8, 200, 1500",
    })
    void shouldAgreeWithASortedMap(long region, long base, long longest, int calls) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        this.base = base;
        try (Arena arena = Arena.ofConfined()) {
            FreeTree tree = new FreeTree(region, base, arena);
            taken.add(new long[] {0, region});
            int most = 0;
            for (int call = 0; call < calls; call++) {
                String what = "seed " + seed + ", call " + call;
                int dice = random.nextInt(100);
                if (dice < (call / 500 % 2 == 0 ? 35 : 60)) {
                    long length = ExtentModel.logUniform(random, 1, longest) + 7 & -8;
                    long alignment = 8L << (random.nextInt(3) == 0 ? random.nextInt(15) : 0);
                    long expected = lowest(length, alignment);
                    assertEquals(expected, tree.allocate(length, alignment), what);
                    take(expected, length);
                } else if (dice < 65) {
                    long expected = highestBlock();
                    assertEquals(expected, tree.allocateBlock(BLOCK), what);
                    blockFailed = expected < 0;
                    take(expected, BLOCK);
                } else if (!taken.isEmpty()) {
                    release(tree, random, what);
                }
                most = Math.max(most, free.size());
                long alignment = 8L << random.nextInt(18);
                assertEquals(longest(alignment), tree.longest(alignment), what);
                assertEquals(!blockFailed, tree.mayHaveBlock(), what);
                assertEquals(most == 0 ? 0 : (most + 1) * 32L, tree.memoryBytes(), what);
            }
            for (Map.Entry<Long, Long> extent : free.entrySet()) {
                assertEquals(extent.getKey(), tree.allocate(extent.getValue(), 8), "seed " + seed);
            }
            assertEquals(0, tree.longest(8));
        }
    }

    private void release(FreeTree tree, Random random, String what) {
        long[] whole = taken.remove(random.nextInt(taken.size()));
        long from = whole[0];
        long to = whole[0] + whole[1];
        if (to - from > 64 && random.nextBoolean()) { // a part of it, at either end or in its midst
            from += random.nextInt(3) == 0 ? 0 : (long) (random.nextDouble() * (whole[1] - 16)) & -8;
            to -= random.nextInt(3) == 0 ? 0 : (long) (random.nextDouble() * (to - from - 8)) & -8;
            if (from > whole[0]) {
                taken.add(new long[] {whole[0], from - whole[0]});
            }
            if (to < whole[0] + whole[1]) {
                taken.add(new long[] {to, whole[0] + whole[1] - to});
            }
        }
        tree.release(from, to - from);
        long start = from;
        long length = to - from;
        assertThrows(IllegalStateException.class, () -> tree.release(start, length), what);
        Map.Entry<Long, Long> before = free.lowerEntry(from);
        if (before != null && before.getKey() + before.getValue() == from) {
            from = before.getKey();
        }
        Long after = free.remove(to);
        free.put(from, to - from + (after == null ? 0 : after));
        if (blockIn(from, free.get(from)) >= 0) {
            blockFailed = false;
        }
    }

    private void take(long start, long length) {
        if (start < 0) {
            return;
        }
        Map.Entry<Long, Long> from = free.floorEntry(start);
        long end = from.getKey() + from.getValue();
        free.remove(from.getKey());
        if (from.getKey() < start) {
            free.put(from.getKey(), start - from.getKey());
        }
        if (start + length < end) {
            free.put(start + length, end - start - length);
        }
        taken.add(new long[] {start, length});
    }

    private long alignUp(long start, long alignment) {
        return (base + start + alignment - 1) / alignment * alignment - base;
    }

    /** The lowest that fits among the first 64 that are long enough; then the lowest that surely fits; then any. */
    private long lowest(long length, long alignment) {
        return search(free, length, length + alignment - 8,
                (start, size) -> alignUp(start, alignment) + length <= start + size ? alignUp(start, alignment) : -1);
    }

    private long highestBlock() {
        return search(free.descendingMap(), BLOCK, 2 * BLOCK - 8, FreeTreeModelTest::blockIn);
    }

    private static long blockIn(long start, long size) {
        long block = (start + size) / BLOCK * BLOCK - BLOCK;
        return block >= start ? block : -1;
    }

    private interface Fit {
        long in(long start, long size);
    }

    private static long search(NavigableMap<Long, Long> inOrder, long length, long certain, Fit fit) {
        long firstCertain = -1;
        long firstFitting = -1;
        int seen = 0;
        for (Map.Entry<Long, Long> extent : inOrder.entrySet()) {
            if (extent.getValue() < length) {
                continue;
            }
            long at = fit.in(extent.getKey(), extent.getValue());
            if (at >= 0 && seen < NEAR) {
                return at;
            }
            seen++;
            firstFitting = firstFitting < 0 ? at : firstFitting;
            firstCertain = firstCertain < 0 && extent.getValue() >= certain ? at : firstCertain;
        }
        return firstCertain >= 0 ? firstCertain : firstFitting;
    }

    private long longest(long alignment) {
        long longest = 0;
        for (Map.Entry<Long, Long> extent : free.entrySet()) {
            longest = Math.max(longest, extent.getKey() + extent.getValue() - alignUp(extent.getKey(), alignment));
        }
        return longest;
    }
}
