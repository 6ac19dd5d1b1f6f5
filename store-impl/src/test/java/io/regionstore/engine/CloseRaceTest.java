package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closing while others are in the middle of something; nobody may wait for ever. */
class CloseRaceTest {
    @TempDir
    Path home;

    private static void joinAll(List<Thread> threads, String what) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            assertTrue(!thread.isAlive(), () -> what + ": " + thread + " hangs at "
                    + List.of(thread.getStackTrace()).stream().limit(8).toList());
        }
    }

    @Test
    void shouldEndPutsThatReclaimWhenTheStoreIsClosed() throws Exception {
        for (int round = 0; round < 60; round++) {
            Path place = java.nio.file.Files.createDirectory(home.resolve("r" + round));
            RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(place, 65536, 1024).create();
            store.put(0, MemorySegment.ofArray(new byte[60000]));
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            AtomicLong tries = new AtomicLong();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                threads.add(Thread.ofPlatform().daemon().start(() -> {
                    while (true) {
                        tries.incrementAndGet();
                        try {
                            store.put(1, MemorySegment.ofArray(new byte[10000]));
                        } catch (RegionStoreException e) {
                            if (e.code() == ErrorCode.CLOSED) {
                                return;
                            }
                            if (e.code() != ErrorCode.REGION_FULL) {
                                wrong.set(e);
                            }
                        } catch (Throwable e) {
                            wrong.set(e);
                            return;
                        }
                    }
                }));
            }
            while (tries.get() < 8 && wrong.get() == null) { // all have met the full region, and reclaim
                Thread.onSpinWait();
            }
            threads.add(Thread.ofPlatform().daemon().start(store::close));
            joinAll(threads, "round " + round);
            assertEquals(null, wrong.get());
        }
    }
}
