package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random operations on several lanes against a model; a failure names the seed. */
class ExtentAllocatorModelTest {
    private static final int LANES = 4;

    @Tag("load")
    @ParameterizedTest
    @CsvSource({
        // region size, physical base, longest extent, operations
        "8, 0, 8, 200",
        "64, 8, 64, 1000",
        "65536, 0, 4096, 20000",
        "65544, 0, 9000, 20000",
        "131064, 65528, 9000, 20000",
        "1048576, 0, 1048576, 40000",
        "1048576, 4296, 600, 60000",
        "4194304, 2097152, 20000, 60000",
        "8388600, 123456, 5000, 80000",
        "16777216, 0, 100000, 60000",
    })
    void shouldAgreeWithTheModel(long regionSize, long base, long longest, int operations) {
        for (int run = 0; run < 4; run++) {
            long seed = System.nanoTime() + run;
            try {
                churn(seed, regionSize, base, longest, operations, 4096);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8, 0, 8, 50", "65544, 0, 9000, 2000", "131064, 65528, 9000, 2000", "262144, 0, 128, 8000",
        "1048576, 4296, 600, 6000", "2097152, 2097152, 20000, 3000", "4194304, 0, 100000, 2000",
    })
    void shouldAgreeWithTheModelFromTheStart(long regionSize, long base, long longest, int operations) {
        churn(regionSize, regionSize, base, longest, operations, 64);
    }

    private static void churn(long seed, long regionSize, long base, long longest, int operations, int checkEvery) {
        Random random = new Random(seed);
        ExtentModel model = new ExtentModel(regionSize, base);
        try (ExtentAllocator allocator = new ExtentAllocator(regionSize, base, LANES)) {
            allocator.finishRebuild();
            assertEquals(regionSize, allocator.freeBytes());
            int growing = 1;
            for (int i = 0; i < operations; i++) {
                int lane = random.nextInt(LANES);
                int dice = random.nextInt(1000);
                if (dice == 0) {
                    allocator.drain(lane);
                } else if (dice == 1) {
                    growing = 1 - growing;
                } else if (dice < (growing == 1 ? 650 : 350)) {
                    allocate(allocator, model, random, lane, longest, regionSize);
                } else if (model.count() > 0) {
                    ExtentModel.Extent e = model.removeRandom(random);
                    allocator.free(lane, e.offset(), e.length());
                }
                assertEquals(model.used(), allocator.usedBytes());
                if (i % checkEvery == 0) {
                    checkLongest(allocator, model, random);
                }
            }
            while (model.count() > 0) {
                ExtentModel.Extent e = model.removeRandom(random);
                allocator.free(random.nextInt(LANES), e.offset(), e.length());
            }
            drainAll(allocator);
            assertEquals(regionSize, allocator.freeBytes());
            assertEquals(regionSize, allocator.largestFreeExtent(8), "everything is one extent again");
            assertEquals(0, allocator.allocate(0, regionSize, 8));
            assertEquals(ExtentAllocator.NONE, allocator.allocate(0, 1, 8));
        }
    }

    private static void allocate(ExtentAllocator allocator, ExtentModel model, Random random, int lane, long longest,
                                 long regionSize) {
        long length = ExtentModel.logUniform(random, 1, longest);
        long alignment = random.nextInt(4) == 0 ? 8L << random.nextInt(28) : 8;
        long offset = allocator.allocate(lane, length, alignment);
        if (offset != ExtentAllocator.NONE) {
            model.add(offset, length, alignment);
            return;
        }
        drainAll(allocator);
        long largest = allocator.largestFreeExtent(alignment);
        offset = allocator.allocate(lane, length, alignment);
        assertEquals(length <= largest, offset != ExtentAllocator.NONE,
                () -> length + " aligned to " + alignment + ", largest is " + largest);
        if (offset != ExtentAllocator.NONE) {
            model.add(offset, length, alignment);
        }
    }

    private static void checkLongest(ExtentAllocator allocator, ExtentModel model, Random random) {
        drainAll(allocator);
        long alignment = 8L << random.nextInt(20);
        long largest = allocator.largestFreeExtent(alignment);
        assertTrue(largest <= Math.max(0, model.longestGap(alignment)));
        if (largest > 0) {
            long offset = allocator.allocate(0, largest, alignment);
            assertTrue(offset >= 0, () -> "cannot have the largest extent, " + largest + " aligned to " + alignment);
            model.add(offset, largest, alignment);
        }
    }

    private static void drainAll(ExtentAllocator allocator) {
        for (int lane = 0; lane < LANES; lane++) {
            allocator.drain(lane);
        }
    }

    @Test
    void shouldUseExactlyTheRegionOfSixteenTebibytes() {
        long size = 1L << 44;
        try (ExtentAllocator allocator = new ExtentAllocator(size, 0, 2)) {
            allocator.finishRebuild();
            long half = allocator.allocate(0, size / 2, 1L << 30);
            long small = allocator.allocate(1, 100, 8);
            long rest = allocator.allocate(0, size / 2 - 65536, 8);
            assertEquals(0, half);
            assertEquals(size / 2, rest);
            assertTrue(small >= size - 65536, "small extents are cut from the other end");
            assertEquals(size - 65536 + 104, allocator.usedBytes());
            assertTrue(allocator.memoryBytes() < 1 << 20, () -> allocator.memoryBytes() + " bytes of bookkeeping");
            allocator.free(1, half, size / 2);
            allocator.free(1, rest, size / 2 - 65536);
            allocator.free(0, small, 100);
            allocator.drain(1);
            assertEquals(size, allocator.largestFreeExtent(8));
        }
    }
}
