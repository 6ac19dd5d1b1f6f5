package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtentAllocatorRebuildTest {
    private static final long MIB = 1 << 20;

    @Tag("load")
    @ParameterizedTest
    @CsvSource({"64, 64", "65544, 5000", "1048576, 1048576", "1048568, 300", "67108864, 300000", "67108800, 3000"})
    void shouldEqualTheStateThatWasLost(long regionSize, long longest) throws Exception {
        for (int run = 0; run < 5; run++) {
            long seed = System.nanoTime();
            try {
                rebuildAndCompare(seed, regionSize, longest);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void rebuildAndCompare(long seed, long regionSize, long longest) throws Exception {
        Random random = new Random(seed);
        ExtentModel model = new ExtentModel(regionSize, 4096);
        try (ExtentAllocator before = new ExtentAllocator(regionSize, 4096, 2)) {
            before.finishRebuild();
            for (int i = 0; i < 20_000; i++) {
                if (random.nextInt(5) < 3) {
                    long length = ExtentModel.logUniform(random, 1, longest);
                    long offset = before.allocate(i & 1, length, 8);
                    if (offset >= 0) {
                        model.add(offset, length, 8);
                    }
                } else if (model.count() > 0) {
                    ExtentModel.Extent e = model.removeRandom(random);
                    before.free(i & 1, e.offset(), e.length());
                }
            }
        }
        List<ExtentModel.Extent> live = new ArrayList<>();
        model.inOrder().forEach(live::add);
        Collections.shuffle(live, random);
        try (ExtentAllocator after = new ExtentAllocator(regionSize, 4096, 2)) {
            markInParallel(after, live, 3);
            after.finishRebuild();
            assertEquals(model.used(), after.usedBytes());
            long fits = after.largestFreeExtent(8);
            assertTrue(fits <= model.longestGap(8));
            // everything that is allocated now must be a gap of the model; fill the region up
            for (long length = Math.max(8, fits & -8); length >= 8; length = length / 3 * 2 & -8) {
                for (long offset; (offset = after.allocate(0, length, 8)) >= 0; ) {
                    model.add(offset, length, 8);
                }
            }
            assertEquals(regionSize, after.usedBytes(), "filled to the last granule");
            while (model.count() > 0) {
                ExtentModel.Extent e = model.removeRandom(random);
                after.free(random.nextInt(2), e.offset(), e.length());
            }
            after.drain(0);
            after.drain(1);
            assertEquals(regionSize, after.largestFreeExtent(8), "one extent again");
            assertEquals(regionSize, after.freeBytes());
        }
    }

    private static void markInParallel(ExtentAllocator allocator, List<ExtentModel.Extent> live, int threads)
            throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int first = t;
                parts.add(executor.submit(() -> {
                    for (int i = first; i < live.size(); i += threads) {
                        ExtentModel.Extent e = live.get(i);
                        assertTrue(allocator.markUsed(e.offset(), e.length()), e::toString);
                    }
                }));
            }
            for (Future<?> part : parts) {
                part.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** Extents of all shapes: in a block, a whole block, across blocks, many blocks. */
    private static final long[][] SHAPES = {{65536, 8}, {65536, 4096}, {65600, 20000}, {131064, 8}, {131064, 16},
        {65536, 65536}, {60000, 10000}, {60000, 200000}, {65536, 131072}, {60000, 71072}, {131072, 65536},
        {0, 262144}, {65544, 65528}, {8, 65528}, {100000, 40000}};

    @Test
    void shouldRefuseWhatOverlapsAndKeepNothingOfIt() {
        for (long[] first : SHAPES) {
            for (long[] second : SHAPES) {
                boolean overlaps = first[0] < second[0] + second[1] && second[0] < first[0] + first[1];
                try (ExtentAllocator allocator = new ExtentAllocator(MIB, 0, 1)) {
                    assertTrue(allocator.markUsed(first[0], first[1]));
                    String pair = first[0] + "+" + first[1] + " and " + second[0] + "+" + second[1];
                    assertEquals(!overlaps, allocator.markUsed(second[0], second[1]), pair);
                    allocator.finishRebuild();
                    assertEquals(first[1] + (overlaps ? 0 : second[1]), allocator.usedBytes(), pair);
                    allocator.free(0, first[0], first[1]);
                    if (!overlaps) {
                        allocator.free(0, second[0], second[1]);
                    }
                    assertEquals(MIB, allocator.largestFreeExtent(8), pair);
                    assertEquals(MIB, allocator.freeBytes(), pair);
                }
            }
        }
    }

    @Test
    void shouldMarkSeveralAsOneByOne() {
        try (ExtentAllocator together = new ExtentAllocator(MIB, 0, 1); ExtentAllocator single = new ExtentAllocator(MIB, 0, 1)) {
            assertTrue(together.markUsedTogether(65536 + 64, 2 * 4096));
            assertFalse(together.markUsedTogether(65536, 128), "the second half is taken");
            assertTrue(together.markUsedTogether(65536, 64), "nothing was marked");
            assertFalse(together.markUsed(65536 + 8, 8));
            for (long[] extent : new long[][] {{65536, 64}, {65536 + 64, 4096}, {65536 + 4160, 4096}}) {
                assertTrue(single.markUsed(extent[0], extent[1]));
            }
            for (ExtentAllocator allocator : List.of(together, single)) {
                allocator.finishRebuild();
                assertEquals(MIB - 8256, allocator.freeBytes());
                allocator.free(0, 65536 + 64, 4096);
                allocator.free(0, 65536, 64);
                allocator.free(0, 65536 + 4160, 4096);
                assertEquals(MIB, allocator.largestFreeExtent(8));
            }
            assertTrue(ExtentAllocator.inOneBlock(65536, 65536));
            assertFalse(ExtentAllocator.inOneBlock(65536 - 8, 16));
        }
    }

    @Test
    void shouldMarkWhatLiesWhereARefusedExtentLay() {
        try (ExtentAllocator allocator = new ExtentAllocator(MIB, 0, 1)) {
            assertTrue(allocator.markUsed(200_000, 8));
            assertFalse(allocator.markUsed(0, 300_000));
            assertFalse(allocator.markUsed(199_000, 1001));
            assertTrue(allocator.markUsed(0, 65536));
            assertTrue(allocator.markUsed(65536, 200_000 - 65536));
            assertTrue(allocator.markUsed(200_008, MIB - 200_008));
            allocator.finishRebuild();
            assertEquals(0, allocator.freeBytes());
            assertEquals(0, allocator.largestFreeExtent(8));
            assertEquals(ExtentAllocator.NONE, allocator.allocate(0, 8, 8));
        }
    }

    @Tag("load")
    @Test
    void shouldNotGiveTheSameBytesTwiceWhenOverlappingExtentsAreMarkedAtOnce() throws Exception {
        Random random = new Random(7);
        for (int run = 0; run < 300; run++) {
            long[] a = SHAPES[random.nextInt(SHAPES.length)];
            long[] b = SHAPES[random.nextInt(SHAPES.length)];
            boolean overlap = a[0] < b[0] + b[1] && b[0] < a[0] + a[1];
            AtomicInteger arrived = new AtomicInteger();
            try (ExtentAllocator allocator = new ExtentAllocator(MIB, 0, 1)) {
                boolean[] marked = new boolean[2];
                Thread other = new Thread(() -> marked[1] = meetAndMark(arrived, allocator, b));
                other.start();
                marked[0] = meetAndMark(arrived, allocator, a);
                other.join();
                assertFalse(overlap && marked[0] && marked[1], "both were taken");
                assertTrue(overlap || marked[0] && marked[1], "one was refused that overlaps nothing");
                allocator.finishRebuild();
                assertEquals((marked[0] ? a[1] : 0) + (marked[1] ? b[1] : 0), allocator.usedBytes());
            }
        }
    }

    private static boolean meetAndMark(AtomicInteger arrived, ExtentAllocator allocator, long[] extent) {
        arrived.incrementAndGet();
        while (arrived.get() < 2) {
            Thread.onSpinWait();
        }
        return allocator.markUsed(extent[0], extent[1]);
    }

    @Test
    void shouldRefuseAnExtentOfManyBlocksForOneGranuleInAnyOfThem() {
        long size = 300L << 16;
        for (long block : new long[] {0, 1, 63, 64, 65, 127, 128, 150, 299}) {
            try (ExtentAllocator allocator = new ExtentAllocator(size, 0, 1)) {
                assertTrue(allocator.markUsed((block << 16) + 4096, 8));
                assertFalse(allocator.markUsed(0, size), "block " + block);
                assertTrue(allocator.markUsed(0, Math.max(4096, block << 16)), "what lies before it");
                allocator.finishRebuild();
                assertEquals(8 + Math.max(4096, block << 16), allocator.usedBytes());
            }
        }
    }

    @Test
    void shouldJoinFreeSpaceBetweenLargeExtentsAcrossBlockBoundaries() {
        try (ExtentAllocator allocator = new ExtentAllocator(MIB, 0, 1)) {
            assertTrue(allocator.markUsed(0, 100_000));
            assertTrue(allocator.markUsed(300_000, MIB - 300_000));
            allocator.finishRebuild();
            assertEquals(200_000, allocator.largestFreeExtent(8));
            assertEquals(100_000, allocator.allocate(0, 200_000, 8));
            assertEquals(0, allocator.freeBytes());
        }
    }

    @Test
    void shouldTouchLittleMemoryForFewExtentsInAHugeRegion() {
        long size = 1L << 44;
        try (ExtentAllocator allocator = new ExtentAllocator(size, 0, 1)) {
            Random random = new Random(1);
            long used = 0;
            for (int i = 0; i < 10; i++) {
                long length = 1L << 3 + i * 4;
                assertTrue(allocator.markUsed((size >>> 4) * (i + 1) + (random.nextInt(1000) << 3), length));
                used += length;
            }
            allocator.finishRebuild();
            assertEquals(used, allocator.usedBytes());
            assertTrue(allocator.memoryBytes() < MIB, () -> allocator.memoryBytes() + " bytes");
        }
    }

    @Tag("load")
    @Test
    void shouldMarkAMillionExtentsInNoOrderFromTwoThreads() throws Exception {
        int count = 1_000_000;
        long[] order = new Random(3).longs(count).toArray();
        Integer[] shuffled = new Integer[count];
        Arrays.setAll(shuffled, i -> i);
        Arrays.sort(shuffled, Comparator.comparingLong(i -> order[i]));
        List<ExtentModel.Extent> live = new ArrayList<>();
        for (int i : shuffled) {
            live.add(new ExtentModel.Extent(i * 128L, 100));
        }
        try (ExtentAllocator allocator = new ExtentAllocator(1 << 28, 0, 1)) {
            markInParallel(allocator, live, 2);
            allocator.finishRebuild();
            assertEquals(104L * count, allocator.usedBytes());
            long chunks = (128L * count + 65535) / 65536;
            assertEquals((1 << 28) - chunks * 65536, allocator.largestFreeExtent(8));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-8, 4, 1024, Long.MAX_VALUE - 7})
    void shouldRefuseExtentsOutsideTheRegion(long offset) {
        try (ExtentAllocator allocator = new ExtentAllocator(1024, 0, 1)) {
            assertThrows(IllegalArgumentException.class, () -> allocator.markUsed(offset, 8));
            assertThrows(IllegalArgumentException.class, () -> allocator.markUsed(8, 1017));
            assertThrows(IllegalArgumentException.class, () -> allocator.markUsed(8, 0));
            assertTrue(allocator.markUsed(8, 1016));
            allocator.finishRebuild();
            assertThrows(IllegalArgumentException.class, () -> allocator.free(0, offset, 8));
            assertEquals(1016, allocator.usedBytes());
        }
    }

    @Test
    void shouldKeepTheOrderOfItsLife() {
        ExtentAllocator allocator = new ExtentAllocator(MIB, 0, 1);
        assertThrows(IllegalStateException.class, () -> allocator.allocate(0, 8, 8));
        assertThrows(IllegalStateException.class, () -> allocator.free(0, 0, 8));
        assertThrows(IllegalStateException.class, () -> allocator.drain(0));
        allocator.finishRebuild();
        assertThrows(IllegalStateException.class, () -> allocator.markUsed(0, 8));
        assertThrows(IllegalStateException.class, allocator::finishRebuild);
        allocator.close();
        allocator.close();
        assertThrows(IllegalStateException.class, () -> allocator.allocate(0, 8, 8));
        assertThrows(IllegalStateException.class, () -> allocator.free(0, 0, 8));
        ExtentAllocator unfinished = new ExtentAllocator(MIB, 0, 1);
        unfinished.close();
        assertThrows(IllegalStateException.class, () -> unfinished.markUsed(0, 8));
    }
}
