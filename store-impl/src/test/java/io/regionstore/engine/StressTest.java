package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.SpaceReport;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight threads for some seconds, {@code -Dproof.scale=N} times as many: every byte that is read belongs to one put, and
 * versions never go back, while images of the table are written one after the other, and while a region is so full that
 * every extent is used again and again.
 */
class StressTest {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(5) * Integer.getInteger("proof.scale", 1);
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(2);
    private static final int WRITERS = 4;
    private static final int READERS = 4;
    private static final int KEYS = 48;
    private static final int LONGEST = 2000;
    private static final int HEADER = 16;

    @TempDir
    Path home;

    private final long seed = Long.getLong("proof.seed", System.nanoTime());
    private final AtomicLong images = new AtomicLong();
    private final Media media = new SmallLogs(begun -> images.addAndGet(begun ? 0 : 1));
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong full = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();

    @Test
    void shouldNeverShowTornOrForeignBytesWhileImagesAreWritten() throws Exception {
        for (StoreSetup setup : new StoreSetup[] {StoreSetup.DIRECTORY_PROCESS, StoreSetup.DIRECTORY_RELAXED}) {
            images.set(0);
            run(setup, home.resolve(setup.name()), 1 << 20, NANOS / 4, () -> images.get() >= 5);
        }
        assertEquals(0, full.get(), "there was room");
    }

    @Test
    void shouldNeverShowTornOrForeignBytesWhileExtentsAreRecycled() throws Exception {
        // about as much as the records take
        long region = KEYS * (HEADER + LONGEST) / 2;
        for (StoreSetup setup : new StoreSetup[] {StoreSetup.IN_PLACE_PROCESS, StoreSetup.IN_PLACE_PLATFORM}) {
            written.set(0);
            full.set(0);
            run(setup, home.resolve(setup.name()), region, NANOS / 2, () -> written.get() > 20 * region
                    && full.get() > 0);
        }
    }

    /** @param goal what must have happened before the end, however slow the machine is */
    private void run(StoreSetup setup, Path place, long region, long nanos, BooleanSupplier goal) throws Exception {
        Files.createDirectory(place);
        reads.set(0);
        stop.set(false);
        try (RegionStore store = StoreOpener.open(setup.config(place, region, 1024), Mode.CREATE, media);
                ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int w = 0; w < WRITERS; w++) {
                int writer = w;
                running.add(threads.submit(() -> write(store, writer)));
            }
            for (int r = 0; r < READERS; r++) {
                int reader = r;
                running.add(threads.submit(() -> read(store, reader)));
            }
            long end = System.nanoTime() + nanos;
            while ((System.nanoTime() < end || reads.get() == 0 || !goal.getAsBoolean())
                    && System.nanoTime() < end + PATIENCE && running.stream().noneMatch(Future::isDone)) {
                LockSupport.parkNanos(1_000_000);
            }
            stop.set(true);
            for (Future<?> thread : running) {
                thread.get();
            }
            assertTrue(reads.get() > 0 && goal.getAsBoolean(), () -> "reads " + reads + ", images " + images
                    + ", bytes written " + written + ", full " + full + ", seed " + seed);
            readAll(store);
            store.largestFreeExtent(8); // takes back what lanes hold
            SpaceReport space = store.space();
            assertEquals(0, space.heldBytes(), "leaked");
        } catch (ExecutionException e) {
            throw new AssertionError(setup + ", seed " + seed + ": " + e.getCause(), e.getCause());
        }
        try (RegionStore store = StoreOpener.open(setup.config(place, region, 1024), Mode.OPEN, media)) {
            readAll(store);
        }
    }

    private static void readAll(RegionStore store) {
        try (RecordView view = store.newView()) {
            for (long key = 0; key < KEYS; key++) {
                if (get(store, key, view)) {
                    ConcurrencyTest.check(view.segment(), view.length(), key);
                }
            }
        }
    }

    private static boolean get(RegionStore store, long key, RecordView view) {
        return key % 2 == 0 ? store.get(key, view) : store.get(ConcurrencyTest.name(key), view);
    }

    private Void write(RegionStore store, int writer) {
        SplittableRandom random = new SplittableRandom(seed + writer);
        byte[] payload = new byte[HEADER + LONGEST];
        for (long i = 0; !stop.get(); i++) {
            long key = random.nextInt(KEYS);
            int length = HEADER + random.nextInt(LONGEST);
            boolean delete = random.nextInt(10) == 0;
            ConcurrencyTest.fill(payload, length, key, (long) writer << 40 | i);
            MemorySegment bytes = MemorySegment.ofArray(payload).asSlice(0, length);
            try {
                if (delete && key % 2 == 0) {
                    store.delete(key);
                } else if (delete) {
                    store.delete(ConcurrencyTest.name(key));
                } else if (key % 2 == 0) {
                    store.put(key, bytes);
                } else {
                    store.put(ConcurrencyTest.name(key), bytes);
                }
                written.addAndGet(delete ? 0 : length);
            } catch (RegionStoreException e) {
                if (e.code() != ErrorCode.REGION_FULL) {
                    throw e;
                }
                full.incrementAndGet();
            }
        }
        return null;
    }

    /** Half of the readers copy, half of them look at a view for a while. */
    private Void read(RegionStore store, int reader) {
        SplittableRandom random = new SplittableRandom(seed - 1 - reader);
        MemorySegment buffer = MemorySegment.ofArray(new byte[HEADER + LONGEST]);
        long[] versions = new long[KEYS];
        try (RecordView view = store.newView()) {
            while (!stop.get()) {
                int key = random.nextInt(KEYS);
                if (reader % 2 == 0) {
                    long length = key % 2 == 0 ? store.get((long) key, buffer, 0)
                            : store.get(ConcurrencyTest.name(key), buffer, 0);
                    if (length >= 0) {
                        ConcurrencyTest.check(buffer, length, key);
                        reads.incrementAndGet();
                    }
                } else if (get(store, key, view)) {
                    for (int look = 0; look < 3; look++) {
                        ConcurrencyTest.check(view.segment(), view.length(), key);
                    }
                    view.verify();
                    assertTrue(view.version() >= versions[key], "a version went back");
                    versions[key] = view.version();
                    reads.incrementAndGet();
                }
            }
        }
        return null;
    }
}
