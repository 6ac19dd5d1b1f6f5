package io.regionstore.bench.scenario;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.SpaceReport;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/** How much of a region can be payload. Arguments: folder, bytes of the region for mixed sizes, seed. */
public final class Space {
    private static final long SMALLEST = 64;
    private static final double RATIO = (1 << 20) / 64.0;

    private Space() {
    }

    /**
     * @param args folder, bytes, seed
     * @throws Exception whatever goes wrong
     */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        Files.createDirectories(directory);
        double granules = oneGranule(directory);
        double[] mixed = mixedSizes(directory, Long.parseLong(args[1]), new SplittableRandom(Long.parseLong(args[2])));
        Scenario.print(Map.of("granulePercent", granules, "mixedPercent", mixed[0], "largestFree", mixed[1],
                "mixedRecords", mixed[2]));
    }

    private static RegionStore create(Path directory, String name, long regionBytes, long records) {
        return RegionStore.builder()
                .region(Medium.file(directory.resolve(name), regionBytes).vouchedFor(FailureDomain.KERNEL))
                .metadata(Medium.file(directory.resolve(name + "-metadata"), records * 64 + (8 << 20) & -4096)
                        .vouchedFor(FailureDomain.KERNEL))
                .create();
    }

    /** Records of one granule until the region is full; not one byte may be left. */
    private static double oneGranule(Path directory) {
        long bytes = 8 << 20;
        try (RegionStore store = create(directory, "granules", bytes, bytes / RegionStore.GRANULE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(RegionStore.GRANULE, 8);
            long key = 0;
            while (put(store, key, value)) {
                key++;
            }
            SpaceReport space = store.space();
            return 100.0 * space.payloadBytes() / space.regionBytes();
        }
    }

    /**
     * Log-uniform sizes. Filled until an allocation fails; then a random half is deleted and filled again, until ten
     * times the region's bytes were written.
     */
    private static double[] mixedSizes(Path directory, long bytes, SplittableRandom random) {
        long expected = bytes / (1 << 14);
        try (RegionStore store = create(directory, "mixed", bytes, expected * 8); Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(1 << 20, 64);
            long[] keys = new long[(int) expected * 8];
            int live = 0;
            long nextKey = 0;
            long written = 0;
            while (true) {
                while (true) {
                    long size = (long) (SMALLEST * Math.pow(RATIO, random.nextDouble()));
                    if (!put(store, nextKey, value.asSlice(0, size))) {
                        break;
                    }
                    written += size;
                    keys[live++] = nextKey++;
                }
                SpaceReport space = store.space();
                if (written >= 10 * bytes) {
                    return new double[] {100.0 * space.payloadBytes() / space.regionBytes(), space.largestFreeExtent(),
                        space.records()};
                }
                for (int half = live / 2; live > half; live--) {
                    int at = random.nextInt(live);
                    store.delete(keys[at]);
                    keys[at] = keys[live - 1];
                }
            }
        }
    }

    private static boolean put(RegionStore store, long key, MemorySegment value) {
        try {
            store.put(key, value);
            return true;
        } catch (RegionStoreException e) {
            if (e.code() == ErrorCode.REGION_FULL) {
                return false;
            }
            throw e;
        }
    }
}
