package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtentAllocatorTest {
    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @ValueSource(longs = {8, 65536, 65544, 4 * 65536 + 65528})
    void shouldFillARegionToTheLastGranule(long regionSize) {
        try (ExtentAllocator allocator = fresh(regionSize, 0, 1)) {
            ExtentModel model = new ExtentModel(regionSize, 0);
            long count = 0;
            for (long offset; (offset = allocator.allocate(0, 8, 8)) >= 0; count++) {
                model.add(offset, 8, 8);
            }
            assertEquals(regionSize, count * 8, "payload is 100.0 % of the region");
            assertEquals(0, allocator.freeBytes());
            assertEquals(0, allocator.largestFreeExtent(8));
        }
    }

    @Tag("load")
    @ParameterizedTest
    @CsvSource({"8388608, 13", "8388608, 100", "8388608, 1000", "8388616, 3001", "8388600, 4096", "8388608, 4097",
        "8388608, 11000", "8388608, 70001", "65536, 5000"})
    void shouldAccountForEveryByteOfARegionFilledWithOneOddSize(long regionSize, long length) {
        try (ExtentAllocator allocator = fresh(regionSize, 0, 1)) {
            ExtentModel model = new ExtentModel(regionSize, 0);
            for (long offset; (offset = allocator.allocate(0, length, 8)) >= 0; ) {
                model.add(offset, length, 8);
            }
            long rounded = length + 7 & -8;
            assertEquals(model.count() * rounded, allocator.usedBytes());
            assertTrue(allocator.largestFreeExtent(8) < rounded);
            double live = (double) model.used() / regionSize;
            assertTrue(live >= 0.92 || rounded > regionSize / 32, () -> live + " of the region is live");
            for (long offset; (offset = allocator.allocate(0, 8, 8)) >= 0; ) {
                model.add(offset, 8, 8);
            }
            assertEquals(regionSize, model.used(), "the rest is reachable granule by granule");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 8, 4096, 65536, 0x1_2345_6788L, 0x40_0000_0000L - 4096})
    void shouldCountAlignmentFromThePhysicalBase(long base) {
        long regionSize = 64L << 30;
        ExtentModel model = new ExtentModel(regionSize, base);
        try (ExtentAllocator allocator = fresh(regionSize, base, 2)) {
            for (long alignment = 8; alignment <= 1 << 30; alignment <<= 1) {
                for (long length : new long[] {1, 24, 100, 600, 4096, 5000, 70_000}) {
                    long offset = allocator.allocate((int) (length & 1), length, alignment);
                    assertTrue(offset >= 0);
                    model.add(offset, length, alignment);
                }
            }
        }
    }

    @Test
    void shouldReportTheLargestExtentForEachAlignment() {
        long base = 2 * MIB - 4096;
        try (ExtentAllocator allocator = fresh(8 * MIB, base, 1)) {
            assertEquals(8 * MIB, allocator.largestFreeExtent(8));
            assertEquals(8 * MIB, allocator.largestFreeExtent(4096));
            assertEquals(8 * MIB - 4096, allocator.largestFreeExtent(2 * MIB));
            assertEquals(0, allocator.largestFreeExtent(1 << 30));
            assertEquals(ExtentAllocator.NONE, allocator.allocate(0, 8, 1 << 30));
            assertEquals(4096, allocator.allocate(0, 8 * MIB - 4096, 2 * MIB));
            assertEquals(4096, allocator.largestFreeExtent(8));
            assertEquals(ExtentAllocator.NONE, allocator.allocate(0, 8, 2 * MIB));
            allocator.free(0, 4096, 8 * MIB - 4096);
            assertEquals(4096, allocator.allocate(0, 8, 2 * MIB), "the failure is forgotten when space comes back");
        }
    }

    @Test
    void shouldFindSpaceThatAnotherLaneHeldOnlyAfterItIsDrained() {
        try (ExtentAllocator allocator = fresh(2 * 65536, 0, 2)) {
            long small = allocator.allocate(1, 8, 8);
            assertEquals(65536, small);
            assertEquals(0, allocator.allocate(0, 65536, 8));
            assertEquals(ExtentAllocator.NONE, allocator.allocate(0, 65528, 8));
            assertEquals(0, allocator.largestFreeExtent(8));
            assertEquals(65528, allocator.freeBytes(), "what a lane holds counts as free");
            allocator.drain(1);
            assertEquals(65528, allocator.largestFreeExtent(8));
            assertEquals(65544, allocator.allocate(0, 65528, 8));
            allocator.free(0, small, 8);
            allocator.free(1, 65544, 65528);
            assertEquals(65536, allocator.largestFreeExtent(65536));
        }
    }

    @Test
    void shouldGiveTheLanesOwnReserveUpBeforeItFails() {
        try (ExtentAllocator allocator = fresh(65536, 0, 1)) {
            long small = allocator.allocate(0, 8, 8);
            assertEquals(8, allocator.allocate(0, 65528, 8));
            allocator.free(0, 8, 65528);
            allocator.free(0, small, 8);
            assertEquals(0, allocator.allocate(0, 65536, 8));
        }
    }

    @Tag("load")
    @Test
    void shouldReuseHolesOfChunksInsteadOfTakingMoreOfTheRegion() {
        long regionSize = 64 * MIB;
        Random random = new Random(5);
        ExtentModel model = new ExtentModel(regionSize, 0);
        try (ExtentAllocator allocator = fresh(regionSize, 0, 1)) {
            for (int i = 0; i < 100_000; i++) {
                model.add(allocator.allocate(0, 100, 8), 100, 8);
            }
            for (int i = 0; i < 1_000_000; i++) {
                ExtentModel.Extent e = model.removeRandom(random);
                allocator.free(0, e.offset(), e.length());
                model.add(allocator.allocate(0, 100, 8), 100, 8);
            }
            allocator.drain(0);
            long chunks = regionSize - allocator.largestFreeExtent(8);
            assertTrue(chunks < model.used() * 1.15, () -> chunks + " bytes of chunks for " + model.used());
        }
    }

    @Tag("load")
    @Test
    void shouldAllocateNothingOnTheHeap() {
        try (ExtentAllocator allocator = fresh(8 * MIB, 0, 2)) {
            long[] offsets = new long[2048];
            long[] lengths = new long[2048];
            churn(allocator, offsets, lengths, 1, 300_000);
            long before = HeapBytes.ofCurrentThread();
            long overhead = HeapBytes.ofCurrentThread() - before;
            before = HeapBytes.ofCurrentThread();
            long failed = churn(allocator, offsets, lengths, 2, 300_000);
            long allocated = HeapBytes.ofCurrentThread() - before - overhead;
            assertTrue(failed > 0, "the region was full at times");
            assertEquals(0, allocated, "bytes of heap for 300,000 operations");
        }
    }

    private static long churn(ExtentAllocator allocator, long[] offsets, long[] lengths, long seed, int operations) {
        long random = seed;
        long failed = 0;
        for (int i = 0; i < operations; i++) {
            random = random * 6364136223846793005L + 1442695040888963407L;
            int slot = (int) (random >>> 40 & 2047);
            if (lengths[slot] != 0) {
                allocator.free(slot & 1, offsets[slot], lengths[slot]);
                lengths[slot] = 0;
            } else {
                long length = 1L << (random >>> 55) % 18;
                long offset = allocator.allocate(i & 1, length + (random >>> 33 & 7), 8L << (random >>> 60));
                if (offset >= 0) {
                    offsets[slot] = offset;
                    lengths[slot] = length + (random >>> 33 & 7);
                } else {
                    failed++;
                    allocator.drain(0);
                    allocator.drain(1);
                }
            }
        }
        return failed;
    }

    @Test
    void shouldRefuseToFreeWhatIsNotAllocated() {
        try (ExtentAllocator allocator = fresh(4 * MIB, 0, 1)) {
            long small = allocator.allocate(0, 100, 8);
            long large = allocator.allocate(0, 100_000, 8);
            allocator.free(0, small, 100);
            allocator.free(0, large, 100_000);
            assertThrows(IllegalStateException.class, () -> allocator.free(0, small, 100));
            assertThrows(IllegalStateException.class, () -> allocator.free(0, large, 100_000));
            assertThrows(IllegalStateException.class, () -> allocator.free(0, large + 8, 16));
            assertThrows(IllegalStateException.class, () -> allocator.free(0, 3 * MIB, 8));
        }
    }

    @Test
    void shouldRefuseArgumentsOutOfRange() {
        for (long size : new long[] {0, -8, 12, (1L << 46) + 8}) {
            assertThrows(IllegalArgumentException.class, () -> new ExtentAllocator(size, 0, 1));
        }
        for (long base : new long[] {-8, 4, Long.MAX_VALUE & -8}) {
            assertThrows(IllegalArgumentException.class, () -> new ExtentAllocator(64, base, 1));
        }
        assertThrows(IllegalArgumentException.class, () -> new ExtentAllocator(64, 0, 0));
        try (ExtentAllocator allocator = fresh(1L << 46, Long.MAX_VALUE - (1L << 46) - (1L << 30) & -8, 1)) {
            assertEquals(1L << 46, allocator.freeBytes(), "64 TiB, the largest");
        }
        try (ExtentAllocator allocator = fresh(1024, 0, 2)) {
            assertThrows(IllegalArgumentException.class, () -> allocator.allocate(0, 0, 8));
            for (long alignment : new long[] {0, 4, 24, -8, Long.MIN_VALUE, 1L << 31}) {
                assertThrows(IllegalArgumentException.class, () -> allocator.allocate(0, 8, alignment));
                assertThrows(IllegalArgumentException.class, () -> allocator.largestFreeExtent(alignment));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> allocator.allocate(2, 8, 8));
            assertEquals(ExtentAllocator.NONE, allocator.allocate(0, 1025, 8));
            assertEquals(ExtentAllocator.NONE, allocator.allocate(0, Long.MAX_VALUE, 8));
            assertEquals(0, allocator.allocate(1, 1024, 8));
        }
    }

    private static ExtentAllocator fresh(long regionSize, long base, int lanes) {
        ExtentAllocator allocator = new ExtentAllocator(regionSize, base, lanes);
        allocator.finishRebuild();
        return allocator;
    }
}
