package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RegionStore;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walks over all records while others write. */
class WalkTest {
    @TempDir
    private Path home;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> writers = new ArrayList<>();

    private RegionStore create(long slots) {
        return StoreSetup.IN_PLACE_PROCESS.builder(home, 16 << 20, slots).create();
    }

    @AfterEach
    void endWriters() throws InterruptedException { // also before a store is closed
        over.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        assertEquals(null, failure.get());
    }

    private static MemorySegment payload() {
        return MemorySegment.ofArray(new byte[16]);
    }

    private static MemorySegment bytes(long key) {
        return MemorySegment.ofArray(ByteBuffer.allocate(12).putLong(key).array());
    }

    private interface Writing {
        void write(Random random);
    }

    private void startWriter(long seed, Writing writing) {
        writers.add(Thread.ofPlatform().daemon().start(() -> {
            try {
                Random random = new Random(seed);
                while (!over.get()) {
                    writing.write(random);
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        }));
    }

    /** How often each key was visited; long ones by themselves, others by their number, negative. */
    private static Map<Long, Integer> walk(RegionStore store) {
        Map<Long, Integer> visits = new HashMap<>();
        store.forEach(record -> visits.merge(record.hasLongKey() ? record.longKey()
                : ~ByteBuffer.wrap(record.keyBytes()).getLong(), 1, Integer::sum));
        return visits;
    }

    @Test
    void shouldVisitEachKeyOnceThoughItIsReplaced() throws InterruptedException {
        try (RegionStore store = create(4096)) {
            for (long key = 0; key < 50; key++) {
                store.put(key, payload());
            }
            AtomicLong writes = new AtomicLong();
            startWriter(1, random -> {
                store.put(random.nextInt(50), payload());
                writes.incrementAndGet();
            });
            for (int round = 0; round < 300; round++) {
                Map<Long, Integer> visits = new HashMap<>();
                store.forEach(record -> {
                    visits.merge(record.longKey(), 1, Integer::sum);
                    for (long before = writes.get(); writes.get() < before + 3; ) {
                        Thread.onSpinWait();
                    }
                });
                assertEquals(50, visits.size(), "keys that were there all the time");
                visits.forEach((key, times) -> assertEquals(1, times, "visits of key " + key));
            }
            endWriters();
        }
    }

    @Test
    void shouldEndThoughTheVisitorInserts() {
        try (RegionStore store = create(1 << 16)) {
            for (long key = 0; key < 1000; key++) {
                store.put(key, payload());
            }
            long[] visits = {0};
            store.forEach(record -> store.put(1_000_000 + visits[0]++, payload()));
            assertTrue(visits[0] >= 1000 && visits[0] < 3000, visits[0] + " visits");
            assertEquals(1000 + visits[0], store.size());
        }
    }

    @Test
    void shouldVisitAllThatIsThereWhileKeysComeAndGo() throws InterruptedException {
        // 64 stripes for many keys: their tables grow under the walk
        try (RegionStore store = StoreSetup.DIRECTORY_PROCESS.builder(home, 16 << 20, 64).create()) {
            for (long key = 0; key < 3000; key++) {
                store.put(key, payload());
                store.put(bytes(key), payload());
            }
            for (int t = 0; t < 3; t++) {
                startWriter(t, random -> {
                    long passing = 10_000 + random.nextInt(20_000);
                    switch (random.nextInt(6)) {
                        case 0 -> store.put(random.nextInt(3000), payload());
                        case 1 -> store.put(bytes(random.nextInt(3000)), payload());
                        case 2 -> store.put(passing, payload());
                        case 3 -> store.put(bytes(passing), payload());
                        case 4 -> store.delete(passing);
                        default -> store.delete(bytes(passing));
                    }
                });
            }
            for (int round = 0; round < 30; round++) {
                Map<Long, Integer> visits = walk(store);
                for (long key = 0; key < 3000; key++) {
                    assertEquals(1, visits.getOrDefault(key, 0), "visits of key " + key);
                    assertEquals(1, visits.getOrDefault(~key, 0), "visits of the key of bytes " + key);
                }
                visits.forEach((key, times) -> assertEquals(1, times, "visits of key " + key));
            }
            endWriters();
        }
    }

    @Test
    void shouldVisitEachOfSeveralKeysThatHaveOneTag() {
        try (RegionStore store = create(4096)) {
            // one stripe and one tag are 34 bits of the hash, and the inverse of the hash is not known: many keys
            RecordReader hashes = new RecordReader(null, null, new io.regionstore.memory.MappedMemory(
                    java.lang.foreign.Arena.ofAuto().allocate(64, 8), io.regionstore.memory.FlushMethod.NONE), null,
                    ((Engine) store).seed());
            long[] pair = collision(hashes);
            store.put(pair[0], payload());
            store.put(pair[1], payload());
            List<Long> seen = new ArrayList<>();
            store.forEach(record -> {
                seen.add(record.longKey());
                store.put(pair[0], payload()); // both move
                store.put(pair[1], payload());
            });
            assertEquals(2, seen.size());
            assertTrue(seen.contains(pair[0]) && seen.contains(pair[1]));
            store.delete(pair[0]);
            assertEquals(Map.of(pair[1], 1), walk(store));
        }
    }

    /** Two keys of one stripe of 64 and one tag of 28 bits. */
    private static long[] collision(RecordReader hashes) {
        Map<Long, Long> seen = new HashMap<>();
        for (long key = 0; ; key++) {
            long hash = hashes.hash(key);
            Long other = seen.put((hash >>> 58 << 28) | (hash & 0xFFF_FFFF), key);
            if (other != null) {
                return new long[] {other, key};
            }
        }
    }

    @Test
    void shouldEndWithWhatTheVisitorThrows() {
        try (RegionStore store = create(4096)) {
            store.put(1, payload());
            IllegalStateException thrown = new IllegalStateException("enough");
            assertEquals(thrown, assertThrows(IllegalStateException.class, () -> store.forEach(record -> {
                throw thrown;
            })));
        }
    }
}
