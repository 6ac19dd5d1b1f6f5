package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionsTest {
    /** Pairs of a chunk. */
    private static final int CHUNK = 255;

    @Test
    void shouldHaveOnePartitionAStripeUpToALimit() {
        for (long stripes : new long[] {64, 512, 1024, 2048, 1 << 24}) {
            try (Partitions partitions = new Partitions(stripes, 0)) {
                assertEquals(Math.min(stripes, 1024), partitions.count());
            }
        }
    }

    @Test
    void shouldHaveNothingAtFirst() {
        try (Partitions partitions = new Partitions(64, 10)) {
            partitions.writer();
            for (int partition = 0; partition < 64; partition++) {
                partitions.forEach(partition, (hash, slot) -> {
                    throw new AssertionError(hash + ", " + slot);
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 10 * CHUNK})
    void shouldTellWhatOnePartitionGot(int pairs) {
        try (Partitions partitions = new Partitions(64, pairs)) {
            Partitions.Writer writer = partitions.writer();
            List<Long> expected = new ArrayList<>();
            for (long slot = 0; slot < pairs; slot++) {
                writer.add(-1L, slot);
                expected.add(slot);
            }
            List<Long> found = new ArrayList<>();
            partitions.forEach(63, (hash, slot) -> {
                assertEquals(-1L, hash);
                found.add(slot);
            });
            found.sort(null);
            assertEquals(expected, found);
            partitions.forEach(62, (hash, slot) -> {
                throw new AssertionError(hash + ", " + slot);
            });
        }
    }

    /** As much as was announced, by as many writers as there may be, spread as badly as it can be. */
    @Test
    void shouldSortAllPairsOfAllWriters() {
        long seed = 20_260_702;
        Random random = new Random(seed);
        int writers = Runtime.getRuntime().availableProcessors();
        int records = 40_000;
        try (Partitions partitions = new Partitions(4096, records)) {
            List<Partitions.Writer> each = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                each.add(partitions.writer());
            }
            Map<Long, Long> expected = new HashMap<>();
            for (long slot = 0; slot < records; slot++) {
                long hash = slot < 2L * writers * 1024 ? slot / writers << 54 | slot : random.nextLong();
                each.get((int) (slot % writers)).add(hash, slot);
                expected.put(slot, hash);
            }
            for (int partition = 0; partition < 1024; partition++) {
                int own = partition;
                partitions.forEach(partition, (hash, slot) -> {
                    assertEquals(own, hash >>> 54);
                    assertEquals(expected.remove(slot), hash, "seed " + seed + ", slot " + slot);
                });
            }
            assertTrue(expected.isEmpty(), "seed " + seed);
        }
    }

    @Test
    void shouldGiveItsMemoryBack() {
        Partitions partitions = new Partitions(64, 10);
        Partitions.Writer writer = partitions.writer();
        partitions.close();
        assertThrows(IllegalStateException.class, () -> writer.add(1, 1));
    }
}
