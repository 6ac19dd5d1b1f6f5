package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.SpaceReport;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Eight threads on few keys: every byte that is read belongs to one put, and versions never go back. */
class ConcurrencyTest {
    private static final int KEYS = 24;
    private static final int WRITERS = 4;
    private static final int READERS = 4;

    @TempDir
    Path home;

    /** Payload of a put: its key, a stamp, then bytes that follow from both. */
    static void fill(byte[] payload, int length, long key, long stamp) {
        MemorySegment segment = MemorySegment.ofArray(payload);
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, key);
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, stamp);
        for (int i = 16; i < length; i++) {
            payload[i] = (byte) (stamp * 31 + key + i);
        }
    }

    static void check(MemorySegment found, long length, long key) {
        assertEquals(key, found.get(ValueLayout.JAVA_LONG_UNALIGNED, 0), "another key's bytes");
        long stamp = found.get(ValueLayout.JAVA_LONG_UNALIGNED, 8);
        for (int i = 16; i < length; i++) {
            assertEquals((byte) (stamp * 31 + key + i), found.get(ValueLayout.JAVA_BYTE, i), "byte " + i + " is torn");
        }
    }

    static MemorySegment name(long key) {
        return StoreSetup.bytes("key number " + key);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNeverShowTornOrForeignBytes(StoreSetup setup) throws Exception {
        // small, so that slots and extents are used again all the time
        try (RegionStore store = setup.builder(home, 1 << 20, 1024).create()) {
            AtomicBoolean stop = new AtomicBoolean();
            List<Callable<Long>> tasks = new ArrayList<>();
            int puts = setup.domain == io.regionstore.FailureDomain.KERNEL && setup.relaxed.isZero() ? 300 : 30_000;
            for (int w = 0; w < WRITERS; w++) {
                int writer = w;
                tasks.add(() -> write(store, writer, puts));
            }
            for (int r = 0; r < READERS; r++) {
                boolean views = r % 2 == 0;
                int seed = r;
                tasks.add(() -> read(store, views, seed, stop));
            }
            try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
                List<Future<Long>> running = tasks.stream().map(threads::submit).toList();
                try {
                    for (int w = 0; w < WRITERS; w++) {
                        running.get(w).get();
                    }
                } finally {
                    stop.set(true);
                }
                long reads = 0;
                for (Future<Long> reader : running.subList(WRITERS, running.size())) {
                    reads += reader.get();
                }
                assertTrue(reads > 0);
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
            long[] payload = new long[1];
            store.forEach(record -> payload[0] += record.length());
            store.largestFreeExtent(8);
            SpaceReport space = store.space();
            assertEquals(payload[0], space.payloadBytes());
            assertEquals(0, space.heldBytes(), "leaked");
        }
    }

    private static long write(RegionStore store, int writer, int puts) {
        SplittableRandom random = new SplittableRandom(writer);
        byte[] payload = new byte[2000];
        for (int i = 0; i < puts; i++) {
            long key = random.nextInt(KEYS);
            if (random.nextInt(10) == 0) {
                if (key % 2 == 0) {
                    store.delete(key);
                } else {
                    store.delete(name(key));
                }
                continue;
            }
            int length = 16 + random.nextInt(random.nextInt(8) == 0 ? 1984 : 100);
            fill(payload, length, key, (long) writer << 40 | i);
            MemorySegment bytes = MemorySegment.ofArray(payload).asSlice(0, length);
            if (key % 2 == 0) {
                store.put(key, bytes);
            } else {
                store.put(name(key), bytes);
            }
        }
        return puts;
    }

    private static long read(RegionStore store, boolean views, int seed, AtomicBoolean stop) {
        SplittableRandom random = new SplittableRandom(seed + 100);
        MemorySegment buffer = MemorySegment.ofArray(new byte[2000]);
        long[] versions = new long[KEYS];
        long reads = 0;
        try (RecordView view = store.newView()) {
            while (!stop.get()) {
                int key = random.nextInt(KEYS);
                if (views) {
                    if (key % 2 == 0 ? store.get((long) key, view) : store.get(name(key), view)) {
                        check(view.segment(), view.length(), key);
                        view.verify();
                        assertTrue(view.version() >= versions[key], "a version went back");
                        versions[key] = view.version();
                        reads++;
                    }
                } else {
                    long length = key % 2 == 0 ? store.get((long) key, buffer, 0) : store.get(name(key), buffer, 0);
                    if (length >= 0) {
                        check(buffer, length, key);
                        reads++;
                    }
                }
            }
        }
        return reads;
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE_PROCESS", "DIRECTORY_PROCESS"})
    void shouldLetExactlyOneOfManyConditionalWritersWin(StoreSetup setup) throws Exception {
        try (RegionStore store = setup.builder(home, 1 << 20, 1024).create();
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            int rounds = 2_000;
            List<Future<Integer>> running = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                running.add(threads.submit(() -> {
                    int won = 0;
                    MemorySegment counter = MemorySegment.ofArray(new byte[8]);
                    while (won < rounds / 8) {
                        long version = store.version(1);
                        if (store.putIfVersion(1, version, counter) != RegionStore.ABSENT) {
                            won++;
                        }
                    }
                    return won;
                }));
            }
            long first = store.version(1);
            int wins = 0;
            for (Future<Integer> thread : running) {
                wins += thread.get();
            }
            assertEquals(rounds, wins);
            assertEquals(rounds, store.version(1), "each win took one version");
            assertTrue(first <= rounds);
        }
    }

    /** Few slots are free, and lanes take what others reclaimed: there is always one left for each writer. */
    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE_PROCESS", "IN_PLACE_PLATFORM"})
    void shouldNotCallTheMetadataFullWhileSlotsAreFree(StoreSetup setup) throws Exception {
        int slots = 256;
        try (RegionStore store = setup.builder(home, 1 << 20, slots).create();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
            int keys = slots - 40;
            for (long key = 0; key < keys; key++) {
                store.put(key, bytes);
            }
            List<Future<Integer>> running = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int seed = t;
                running.add(threads.submit(() -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    for (int i = 0; i < 200_000; i++) {
                        store.put(random.nextInt(keys), bytes);
                    }
                    return 0;
                }));
            }
            for (Future<Integer> thread : running) {
                thread.get();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseUnderLoadWithoutHarm(StoreSetup setup) throws Exception {
        RegionStore store = setup.builder(home, 1 << 20, 1024).create();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<Throwable>> running = new ArrayList<>();
            java.util.concurrent.CountDownLatch warm = new java.util.concurrent.CountDownLatch(6);
            for (int t = 0; t < 6; t++) {
                int thread = t;
                running.add(threads.submit(() -> {
                    MemorySegment bytes = MemorySegment.ofArray(new byte[100]);
                    try (RecordView view = store.newView()) {
                        for (long i = 0; ; i++) {
                            if (thread % 2 == 0) {
                                store.put(i % 50, bytes);
                            } else if (store.get(i % 50, view)) {
                                view.verify();
                            }
                            if (i == 100) {
                                warm.countDown();
                            }
                        }
                    } catch (Throwable failure) {
                        return failure;
                    }
                }));
            }
            warm.await();
            store.close();
            for (Future<Throwable> thread : running) {
                Throwable failure = thread.get();
                assertTrue(failure instanceof io.regionstore.RegionStoreException e
                        && e.code() == io.regionstore.ErrorCode.CLOSED, () -> {
                            failure.printStackTrace();
                            return "not told that the store is closed: " + failure;
                        });
            }
        }
        setup.builder(home, 1 << 20, 1024).open().close();
    }
}
