package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Where extents are placed, in regions whose blocks are made by marking what is used of them. */
class ExtentPlacementTest {
    private static final long BLOCK = 65536;
    private static final long NONE = ExtentAllocator.NONE;

    /** Makes a block a chunk that is used but for the holes, given as offset in the block and length. */
    private static void chunk(ExtentAllocator allocator, long block, long... holes) {
        long at = block * BLOCK;
        for (int i = 0; i <= holes.length; i += 2) {
            long end = i == holes.length ? (block + 1) * BLOCK : block * BLOCK + holes[i];
            while (at < end) {
                long length = Math.min(4096, end - at);
                assertTrue(allocator.markUsed(at, length));
                at += length;
            }
            at += i == holes.length ? 0 : holes[i + 1];
        }
    }

    /** 512 holes of a granule, a granule apart: a sixteenth of a block. */
    private static long[] sieve() {
        long[] holes = new long[1024];
        for (int i = 0; i < 512; i++) {
            holes[2 * i] = 16L * i;
            holes[2 * i + 1] = 8;
        }
        return holes;
    }

    @Test
    void shouldTakeTheTightestHoleWhenNoBlockIsFree() {
        try (ExtentAllocator allocator = new ExtentAllocator(3 * BLOCK, 0, 1)) {
            chunk(allocator, 0, 1600, 72);
            chunk(allocator, 1, 800, 40);
            chunk(allocator, 2, 8, 3000, 60_000, 88);
            allocator.finishRebuild();
            assertEquals(72 + 40 + 3000 + 88, allocator.freeBytes());
            assertEquals(3000, allocator.largestFreeExtent(8));
            assertEquals(BLOCK + 800, allocator.allocate(0, 40, 8));
            assertEquals(1600, allocator.allocate(0, 40, 8));
            assertEquals(1640, allocator.allocate(0, 32, 8));
            assertEquals(2 * BLOCK + 8, allocator.allocate(0, 88, 8), "the lowest hole of the chunk that is left");
            assertEquals(2 * BLOCK + 128, allocator.allocate(0, 80, 64));
        }
    }

    @Test
    void shouldPreferAChunkWithRoomForSeveralThenAnyRoomyOneThenAFreshBlock() {
        try (ExtentAllocator allocator = new ExtentAllocator(4 * BLOCK, 0, 5)) {
            chunk(allocator, 1, 0, 8192);
            chunk(allocator, 2, sieve());
            chunk(allocator, 3, 4096, 64);
            allocator.finishRebuild();
            assertEquals(BLOCK, allocator.allocate(0, 8, 8), "a run of eight or more");
            assertEquals(BLOCK + 8, allocator.allocate(0, 8, 8), "the lane goes on in its chunk");
            assertEquals(2 * BLOCK, allocator.allocate(1, 8, 8), "no other chunk with so long a run is free to take");
            assertEquals(2 * BLOCK + 16, allocator.allocate(1, 8, 8));
            assertEquals(0, allocator.allocate(2, 8, 8), "the free block");
            assertEquals(8, allocator.allocate(2, 8, 8));
            assertEquals(3 * BLOCK + 4096, allocator.allocate(3, 8, 8), "a tight one, when nothing else is left");
            assertEquals(3 * BLOCK + 4104, allocator.allocate(4, 8, 8), "which no lane keeps");
            assertEquals(16, allocator.allocate(2, 8, 8));
        }
    }

    @Test
    void shouldLookForHalfTheRoomWhenNoChunkHasMore() {
        try (ExtentAllocator allocator = new ExtentAllocator(2 * BLOCK, 0, 2)) {
            long[] threes = sieve();
            for (int i = 0; i < threes.length; i += 2) {
                threes[i] *= 2;
                threes[i + 1] = 24;
            }
            chunk(allocator, 0, sieve());
            chunk(allocator, 1, threes);
            allocator.finishRebuild();
            assertEquals(BLOCK, allocator.allocate(0, 8, 8), "runs of three: two or more of this length");
            assertEquals(0, allocator.allocate(1, 8, 8));
        }
        try (ExtentAllocator allocator = new ExtentAllocator(2 * BLOCK, 0, 1)) {
            chunk(allocator, 0, 0, 5 * 4096, 6 * 4096, 8 * 4096);
            chunk(allocator, 1, 0, 7 * 4096);
            allocator.finishRebuild();
            assertEquals(0, allocator.allocate(0, 4096, 8), "room for eight in the chunk, if not where this one goes");
        }
    }

    @Test
    void shouldGoOnBehindTheLastExtentInTheChunkOfTheLane() {
        try (ExtentAllocator allocator = new ExtentAllocator(BLOCK, 0, 1)) {
            allocator.finishRebuild();
            for (int i = 0; i < 4; i++) {
                assertEquals(24 * i, allocator.allocate(0, 24, 8));
            }
            allocator.free(0, 24, 24);
            allocator.free(0, 48, 24);
            assertEquals(96, allocator.allocate(0, 24, 8), "block 0 is a chunk like any other");
            allocator.drain(0);
            assertEquals(24, allocator.allocate(0, 48, 8), "the hole, when a lane takes the chunk anew");
        }
    }

    @Test
    void shouldTakeExtentsUpTo4KiBFromChunksAtTheEndAndLongerOnesFromTheStart() {
        try (ExtentAllocator allocator = new ExtentAllocator(4 * BLOCK, 0, 1)) {
            allocator.finishRebuild();
            assertEquals(3 * BLOCK, allocator.allocate(0, 4096, 8));
            assertEquals(0, allocator.allocate(0, 4097, 8));
            assertEquals(3 * BLOCK + 4096, allocator.allocate(0, 4089, 4096));
            assertEquals(8192, allocator.allocate(0, 16, 8192), "an alignment above 4 KiB");
            assertEquals(2 * BLOCK, allocator.allocate(0, 512, 8), "short ones apart from longer ones");
            assertEquals(3 * BLOCK + 8192, allocator.allocate(0, 513, 8));
        }
    }

    @Test
    void shouldGiveTheChunkOfTheOtherLengthsUpBeforeAShortExtentFails() {
        try (ExtentAllocator allocator = new ExtentAllocator(BLOCK, 0, 1)) {
            allocator.finishRebuild();
            assertEquals(0, allocator.allocate(0, 1000, 8));
            assertEquals(1000, allocator.allocate(0, 8, 8));
        }
    }

    @Test
    void shouldFindHolesOfASharedChunkThatGrewTogether() {
        try (ExtentAllocator allocator = new ExtentAllocator(2 * BLOCK, 0, 1)) {
            chunk(allocator, 0);
            chunk(allocator, 1);
            allocator.finishRebuild();
            for (long at : new long[] {40_000, 40_080, 40_040}) {
                allocator.free(0, BLOCK + at, 40);
            }
            assertEquals(120, allocator.largestFreeExtent(8));
            assertEquals(BLOCK + 40_000, allocator.allocate(0, 120, 8));
            assertEquals(NONE, allocator.allocate(0, 8, 8));
        }
    }

    @Test
    void shouldRebuildBlocksWithExtentsUpTo4KiBAsChunks() {
        for (long length : new long[] {4096, 4104}) {
            try (ExtentAllocator allocator = new ExtentAllocator(3 * BLOCK, 0, 1)) {
                assertTrue(allocator.markUsed(BLOCK, length));
                allocator.finishRebuild();
                assertEquals(length > 4096 ? 2 * BLOCK - length : BLOCK, allocator.largestFreeExtent(8));
            }
        }
    }

    @Test
    void shouldNotMakeAChunkOfALastBlockThatIsCutShort() {
        try (ExtentAllocator allocator = new ExtentAllocator(BLOCK + 1000, 0, 1)) {
            assertTrue(allocator.markUsed(BLOCK, 8));
            assertTrue(allocator.markUsed(BLOCK + 104, 12));
            allocator.finishRebuild();
            assertEquals(BLOCK, allocator.largestFreeExtent(8));
            assertEquals(0, allocator.allocate(0, BLOCK, 8));
            assertEquals(BLOCK + 120, allocator.allocate(0, 880, 8));
            assertEquals(96, allocator.freeBytes());
        }
    }

    @Test
    void shouldCutExactSpaceWhenThereIsNoChunkAtAll() {
        try (ExtentAllocator allocator = new ExtentAllocator(2 * BLOCK, 0, 1)) {
            assertTrue(allocator.markUsed(0, 60_000));
            assertTrue(allocator.markUsed(70_000, 2 * BLOCK - 70_000));
            allocator.finishRebuild();
            assertEquals(10_000, allocator.largestFreeExtent(8));
            assertEquals(60_000, allocator.allocate(0, 100, 8));
            assertEquals(60_416, allocator.allocate(0, 4096, 1024));
            assertEquals(64_512, allocator.allocate(0, 5000, 8));
            assertEquals(60_104, allocator.allocate(0, 312, 8), "before the aligned one");
            assertEquals(69_512, allocator.allocate(0, 488, 8));
            assertEquals(NONE, allocator.allocate(0, 8, 8));
            allocator.free(0, 64_512, 5000);
            allocator.free(0, 60_416, 4096);
            assertEquals(60_416, allocator.allocate(0, 9096, 8), "joined, across the blocks");
        }
    }

    @Test
    void shouldPlaceLongerExtentsInChunksOnlyWhenTheyFitNowhereElse() {
        try (ExtentAllocator allocator = new ExtentAllocator(3 * BLOCK, 0, 1)) {
            chunk(allocator, 0, 8, 65_520);
            assertTrue(allocator.markUsed(BLOCK, 2 * BLOCK - 20_000));
            allocator.finishRebuild();
            assertEquals(65_520, allocator.largestFreeExtent(8), "in the chunk");
            assertEquals(3 * BLOCK - 20_000, allocator.allocate(0, 15_000, 8));
            assertEquals(8, allocator.allocate(0, 60_000, 8));
            assertEquals(3 * BLOCK - 5000, allocator.allocate(0, 5000, 8));
            assertEquals(60_008, allocator.allocate(0, 5000, 8));
            assertEquals(NONE, allocator.allocate(0, 5000, 8));
            assertEquals(520, allocator.largestFreeExtent(8));
            allocator.free(0, 8, 60_000);
            assertEquals(60_000, allocator.largestFreeExtent(8));
        }
    }

    @Test
    void shouldMakeAChunkAFreeBlockAgainWhenItsLastExtentGoes() {
        try (ExtentAllocator allocator = new ExtentAllocator(2 * BLOCK, 0, 2)) {
            chunk(allocator, 0, 8, 65_520);
            chunk(allocator, 1, 0, 65_528);
            allocator.finishRebuild();
            allocator.free(0, 0, 8);
            assertEquals(65_528, allocator.largestFreeExtent(8), "8 bytes at the chunk's end");
            allocator.free(1, BLOCK - 8, 8);
            assertEquals(BLOCK, allocator.largestFreeExtent(8), "block 0 is free, block 1 is a chunk");
            assertEquals(8, allocator.usedBytes());
            allocator.free(1, 2 * BLOCK - 8, 8);
            assertEquals(2 * BLOCK, allocator.largestFreeExtent(8));
            assertEquals(0, allocator.allocate(0, 2 * BLOCK, 8));
        }
    }

    @Test
    void shouldGiveWhatALaneHeldToTheOthersWhenItIsDrained() {
        try (ExtentAllocator allocator = new ExtentAllocator(2 * BLOCK, 0, 2)) {
            allocator.finishRebuild();
            long small = allocator.allocate(0, 100, 8);
            long medium = allocator.allocate(0, 1000, 8);
            assertEquals(BLOCK, small, "the highest block");
            assertEquals(0, medium, "longer than 512 bytes, in a chunk of its own");
            assertEquals(NONE, allocator.allocate(1, 8, 8));
            assertEquals(0, allocator.largestFreeExtent(8));
            allocator.drain(0);
            assertEquals(BLOCK - 104, allocator.largestFreeExtent(8));
            assertEquals(BLOCK + 104, allocator.allocate(1, 512, 8), "the chunk that was given back first");
            assertEquals(2 * BLOCK - 104 - 1000 - 512, allocator.freeBytes());
        }
    }

    @Test
    void shouldCountTheMemoryThatItTouched() {
        try (ExtentAllocator allocator = new ExtentAllocator(64 * BLOCK, 0, 1)) {
            allocator.finishRebuild();
            assertEquals(64, allocator.memoryBytes(), "one free extent, and a node that stands for none");
            allocator.allocate(0, 8, 8);
            assertEquals(64 + 8192, allocator.memoryBytes(), "a page of the map and one of the states");
            allocator.allocate(0, BLOCK, BLOCK);
            assertEquals(64 + 8192, allocator.memoryBytes());
        }
        try (ExtentAllocator allocator = new ExtentAllocator(64 * BLOCK, 0, 1)) {
            chunk(allocator, 1, 8, 8);
            chunk(allocator, 40, 8, 8);
            allocator.finishRebuild();
            assertEquals(128 + 3 * 4096, allocator.memoryBytes(), "three free extents, two pages of the map");
        }
    }
}
