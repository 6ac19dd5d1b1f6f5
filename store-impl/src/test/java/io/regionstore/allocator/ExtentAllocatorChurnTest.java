package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How full a region is when the first allocation fails, after long churn. */
@Tag("load")
class ExtentAllocatorChurnTest {
    @ParameterizedTest
    @CsvSource({
        // region, seed, held at, shortest, longest, live at the first failure
        // the target: log-uniform from 64 B to 1 MiB
        "268435456, 1, 0.85, 64, 1048576, 0.92", "268435456, 2, 0.85, 64, 1048576, 0.92",
        "268435456, 3, 0.85, 64, 1048576, 0.92", "268435456, 4, 0.5, 64, 1048576, 0.92",
        "1073741824, 5, 0.90, 64, 1048576, 0.92", "1073741824, 6, 0.95, 64, 1048576, 0.92",
        "1073741824, 7, 0.5, 64, 1048576, 0.92",
        // held so full that an extent of 1 MiB fails while others are replaced: what it reaches
        "268435456, 3, 0.92, 64, 1048576, 0.90",
        // other mixes; small ones only, held at 90 %, break up the chunks: what it reaches
        "67108864, 8, 0.90, 64, 4096, 0.86", "67108864, 9, 0.90, 64, 8192, 0.87", "67108864, 8, 0.80, 64, 4096, 0.86",
        "67108864, 10, 0.90, 64, 65536, 0.92", "67108864, 11, 0.90, 2048, 16384, 0.92",
        "8388608, 12, 0.90, 100, 100, 0.92",
    })
    void shouldFillTheRegionAfterChurn(long regionSize, long seed, double live, long min, long max, double expected) {
        double reached = churn(regionSize, seed, live, min, max);
        System.out.printf("churn: region %d MiB, %d to %d bytes, seed %d, held at %.0f %%: %.2f %% live at the first failure%n",
                regionSize >> 20, min, max, seed, live * 100, reached * 100);
        assertTrue(reached >= expected, () -> "only " + reached + " of the region is live, seed " + seed);
    }

    /** Fills to {@code live}, replaces or deletes until ten times the region was written, then fills until it fails. */
    static double churn(long regionSize, long seed, double live, long min, long max) {
        Random random = new Random(seed);
        ExtentModel model = new ExtentModel(regionSize, 0);
        int lanes = 4;
        try (ExtentAllocator allocator = new ExtentAllocator(regionSize, 0, lanes)) {
            allocator.finishRebuild();
            long written = 0;
            while (written < 10 * regionSize) {
                boolean crowded = model.used() > live * regionSize;
                // half of the records: each of them is replaced (the new one before the old one goes) or deleted
                for (int i = model.count() / 2; crowded && i > 0; i--) {
                    if (random.nextBoolean()) {
                        long put = put(allocator, model, random, lanes, min, max);
                        if (put < 0) {
                            return (double) model.used() / regionSize;
                        }
                        written += put;
                    }
                    ExtentModel.Extent e = model.removeRandom(random);
                    allocator.free(random.nextInt(lanes), e.offset(), e.length());
                }
                long put = put(allocator, model, random, lanes, min, max);
                if (put < 0) {
                    return (double) model.used() / regionSize;
                }
                written += put;
            }
            while (put(allocator, model, random, lanes, min, max) >= 0) {
                assertTrue(model.used() <= regionSize);
            }
            return (double) model.used() / regionSize;
        }
    }

    private static long put(ExtentAllocator allocator, ExtentModel model, Random random, int lanes, long min, long max) {
        long length = ExtentModel.logUniform(random, min, max);
        int lane = random.nextInt(lanes);
        long offset = allocator.allocate(lane, length, 8);
        if (offset < 0) {
            for (int i = 0; i < lanes; i++) {
                allocator.drain(i);
            }
            offset = allocator.allocate(lane, length, 8);
        }
        if (offset < 0) {
            return -1;
        }
        model.add(offset, length, 8);
        return length;
    }
}
