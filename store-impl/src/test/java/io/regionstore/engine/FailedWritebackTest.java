package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An msync fails, and the kernel takes the pages for clean though they are not on the disk. The store is opened again in
 * the same boot, where its pages may still be in the cache or not, takes more records, and then the power goes: what was
 * acknowledged, and what the second session found, is there.
 */
class FailedWritebackTest {
    private static final int SIZE = 64 << 10;
    private static final int POINTS = 120;

    private final FaultWorkload workload = new FaultWorkload();
    private final CachedMemory.Failure failure = new CachedMemory.Failure();

    private MemoryMedia media(CachedMemory.Disk[] disks) {
        MemoryMedia media = new MemoryMedia(SIZE, SIZE, 1).flushedBy(FlushMethod.PAGES);
        disks[0] = new CachedMemory.Disk(media.region);
        disks[1] = new CachedMemory.Disk(media.metadata);
        return media.through(memory -> wrap(memory, media, disks));
    }

    private Memory wrap(Memory memory, MemoryMedia media, CachedMemory.Disk[] disks) {
        boolean isRegion = memory.segment().address() == media.region.address();
        return new CachedMemory(memory, disks[isRegion ? 0 : 1], failure);
    }

    private static RegionStore open(MemoryMedia media, Mode mode) {
        return media.open(FailureDomain.KERNEL, DamagePolicy.REFUSE, mode, 64);
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "false, 7", "true, 7"})
    void shouldNotTrustPagesThatTheKernelTookForCleanWhenTheirWritebackFailed(boolean dropsPages, int more) {
        int failures = 0;
        for (int point = 1; point <= POINTS; point++) {
            workload.forget();
            CachedMemory.Disk[] disks = new CachedMemory.Disk[2];
            try (MemoryMedia media = media(disks)) {
                RegionStore store = open(media, Mode.CREATE);
                assertTrue(workload.write(store, 0, 12));
                failure.failAt(point);
                failures += workload.write(store, 12, 40) ? 0 : 1;
                FaultWorkload.close(store);
                failure.failAt(-SIZE);
                if (dropsPages) {
                    disks[0].dropCleanPages();
                    disks[1].dropCleanPages();
                }
                RegionStore again = open(media, Mode.OPEN);
                workload.settle(again);
                assertTrue(workload.write(again, 40, 40 + more));
                disks[0].losePower();
                disks[1].losePower();
                media.rebooted(true);
                try (RegionStore afterwards = open(media, Mode.OPEN)) {
                    workload.read(afterwards);
                    assertEquals(0, afterwards.recovery().damagedCount());
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("flush " + point + ": " + e.getMessage(), e);
            }
        }
        assertTrue(failures > POINTS / 2, "writes that failed: " + failures);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 8, 4095, 4096, 4097, 20_000})
    void shouldRewriteEachPageOfARangeAndChangeNothing(long length) {
        MemorySegment cache = Arena.ofAuto().allocate(SIZE, 4096);
        CachedMemory.Disk disk = new CachedMemory.Disk(cache);
        Memory memory = new CachedMemory(new MappedMemory(cache, FlushMethod.NONE), disk, failure);
        cache.asSlice(4000, length).fill((byte) 7); // behind the seam, so that it counts as clean
        byte[] expected = cache.toArray(ValueLayout.JAVA_BYTE);
        memory.rewrite(4000, length);
        memory.flush(0, SIZE);
        disk.losePower();
        assertArrayEquals(expected, cache.toArray(ValueLayout.JAVA_BYTE));
    }
}
