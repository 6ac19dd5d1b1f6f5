package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads, each with a lane, free what others allocated; every granule knows its owner. */
@Tag("load")
class ExtentAllocatorConcurrencyTest {
    private static final int THREADS = 8;

    private record Extent(long offset, long length, int owner) {
    }

    @ParameterizedTest
    @CsvSource({
        // region, longest extent, extents held at most, rounds
        "1048576, 128, 20000, 150000",
        "8388608, 600, 40000, 150000",
        "8388600, 30000, 2000, 100000",
        "33554432, 300000, 600, 6000",
        "4194304, 6000, 3000, 150000",
    })
    void shouldNeverGiveAGranuleToTwo(long regionSize, long longest, int held, int rounds) throws Exception {
        long seed = System.nanoTime();
        AtomicIntegerArray shadow = new AtomicIntegerArray((int) (regionSize >> 3));
        ConcurrentLinkedQueue<Extent> live = new ConcurrentLinkedQueue<>();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try (ExtentAllocator allocator = new ExtentAllocator(regionSize, 0, THREADS)) {
            allocator.finishRebuild();
            List<Future<Long>> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int lane = t;
                threads.add(executor.submit(() -> work(allocator, shadow, live, lane, new Random(seed + lane), longest,
                        held / THREADS, rounds)));
            }
            long used = 0;
            for (Future<Long> thread : threads) {
                used += thread.get(120, TimeUnit.SECONDS);
            }
            assertEquals(used, allocator.usedBytes());
            for (Extent e; (e = live.poll()) != null; ) {
                free(allocator, shadow, 0, e);
            }
            for (int lane = 0; lane < THREADS; lane++) {
                allocator.drain(lane);
            }
            assertEquals(regionSize, allocator.freeBytes());
            assertEquals(regionSize, allocator.largestFreeExtent(8), "all free space is one extent");
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed, e);
        } finally {
            executor.shutdownNow();
        }
    }

    /** @return bytes allocated less bytes freed */
    private static long work(ExtentAllocator allocator, AtomicIntegerArray shadow, ConcurrentLinkedQueue<Extent> live,
                             int lane, Random random, long longest, int held, int rounds) {
        long used = 0;
        int mine = 0;
        for (int i = 0; i < rounds; i++) {
            if (mine < held && random.nextInt(100) < 55) {
                long length = ExtentModel.logUniform(random, 1, longest);
                long alignment = random.nextInt(8) == 0 ? 8L << random.nextInt(10) : 8;
                long offset = allocator.allocate(lane, length, alignment);
                if (offset >= 0) {
                    assertEquals(0, offset % alignment);
                    Extent e = new Extent(offset, length, lane + 1);
                    tag(shadow, e, 0, e.owner());
                    used += length + 7 & -8;
                    mine++;
                    live.add(e);
                    continue;
                }
                allocator.drain(lane);
            }
            Extent e = live.poll();
            if (e != null) {
                free(allocator, shadow, lane, e);
                used -= e.length() + 7 & -8;
                mine--;
            }
        }
        return used;
    }

    private static void free(ExtentAllocator allocator, AtomicIntegerArray shadow, int lane, Extent e) {
        tag(shadow, e, e.owner(), 0);
        allocator.free(lane, e.offset(), e.length());
    }

    private static void tag(AtomicIntegerArray shadow, Extent e, int expected, int tag) {
        int end = (int) (e.offset() + (e.length() + 7 & -8) >> 3);
        for (int granule = (int) (e.offset() >> 3); granule < end; granule++) {
            if (!shadow.compareAndSet(granule, expected, tag)) {
                throw new AssertionError(e + ": granule " + granule + " belongs to " + shadow.get(granule));
            }
        }
    }

    @Test
    void shouldAllocateNothingOnTheHeapWhenTheLockIsContended() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try (ExtentAllocator allocator = new ExtentAllocator(1 << 30, 0, 2)) {
            allocator.finishRebuild();
            List<Future<Long>> threads = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                int lane = t;
                threads.add(executor.submit(() -> {
                    large(allocator, lane, 200_000);
                    long before = HeapBytes.ofCurrentThread();
                    large(allocator, lane, 200_000);
                    return HeapBytes.ofCurrentThread() - before;
                }));
            }
            for (Future<Long> thread : threads) {
                long bytes = thread.get(60, TimeUnit.SECONDS);
                assertTrue(bytes < 1024, () -> bytes + " bytes of heap for 200,000 rounds"); // compilation may add some
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static void large(ExtentAllocator allocator, int lane, int rounds) {
        for (int i = 0; i < rounds; i++) {
            long length = 5000 + (i & 1023);
            long offset = allocator.allocate(lane, length, 8);
            allocator.free(lane, offset, length);
        }
    }
}
