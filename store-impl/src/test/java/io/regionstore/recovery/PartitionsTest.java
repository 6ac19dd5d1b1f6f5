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
    private static final int CHUNK = 248;

    @Test
    void shouldHaveOnePartitionAStripeUpToALimit() {
        for (long stripes : new long[] {64, 512, 1024, 2048, 1 << 24}) {
            try (Partitions partitions = new Partitions(stripes, 0, 1)) {
                assertEquals(Math.min(stripes, 1024), partitions.count());
            }
        }
    }

    @Test
    void shouldHaveNothingAtFirst() {
        try (Partitions partitions = new Partitions(64, 10, 1)) {
            partitions.writer();
            Partitions.Pairs pairs = partitions.new Pairs();
            for (int partition = 0; partition < 64; partition++) {
                pairs.load(partition);
                assertEquals(0, pairs.count());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 10 * CHUNK})
    void shouldTellWhatOnePartitionGot(int count) {
        try (Partitions partitions = new Partitions(64, count, 1)) {
            Partitions.Writer writer = partitions.writer();
            List<Long> expected = new ArrayList<>();
            for (long slot = 0; slot < count; slot++) {
                writer.add(-1L, slot, (1 << 28) - 1);
                expected.add(slot);
            }
            Partitions.Pairs pairs = partitions.new Pairs();
            pairs.load(62);
            assertEquals(0, pairs.count());
            pairs.load(63);
            List<Long> found = new ArrayList<>();
            for (int i = 0; i < pairs.count(); i++) {
                assertEquals(-1L, pairs.hash(i));
                assertEquals((1 << 28) - 1, pairs.hint(i));
                found.add(pairs.slot(i));
            }
            found.sort(null);
            assertEquals(expected, found);
            pairs.load(62);
            assertEquals(0, pairs.count());
        }
    }

    /** As much as was announced, by as many writers as there may be, spread as badly as it can be. */
    @Test
    void shouldSortAllPairsOfAllWriters() {
        long seed = 20_260_702;
        Random random = new Random(seed);
        int writers = 5;
        int records = 40_000;
        try (Partitions partitions = new Partitions(4096, records, writers)) {
            List<Partitions.Writer> each = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                each.add(partitions.writer());
            }
            Map<Long, Long> expected = new HashMap<>();
            for (long slot = 0; slot < records; slot++) {
                long hash = slot < 2L * writers * 1024 ? slot / writers << 54 | slot : random.nextLong();
                each.get((int) (slot % writers)).add(hash, slot, (int) (slot * 7));
                expected.put(slot, hash);
            }
            Partitions.Pairs pairs = partitions.new Pairs();
            for (int partition = 0; partition < 1024; partition++) {
                pairs.load(partition);
                for (int i = 0; i < pairs.count(); i++) {
                    assertEquals(partition, pairs.hash(i) >>> 54);
                    assertEquals(pairs.slot(i) * 7, pairs.hint(i));
                    assertEquals(expected.remove(pairs.slot(i)), pairs.hash(i), "seed " + seed + ", " + pairs.slot(i));
                }
            }
            assertTrue(expected.isEmpty(), "seed " + seed);
        }
    }

    @Test
    void shouldGiveItsMemoryBack() {
        Partitions partitions = new Partitions(64, 10, 1);
        Partitions.Writer writer = partitions.writer();
        partitions.close();
        assertThrows(IllegalStateException.class, () -> {
            for (int i = 0; i < CHUNK; i++) {
                writer.add(1, 1, 1);
            }
        });
    }
}
