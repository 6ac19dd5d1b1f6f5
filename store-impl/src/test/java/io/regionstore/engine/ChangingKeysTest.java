package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers that change a key of bytes while the store works with it. */
class ChangingKeysTest {
    private static final int ROUNDS = 100_000;
    private static final int KEYS = 16;
    private static final MemorySegment PAYLOAD = MemorySegment.ofArray(new byte[24]);

    @TempDir
    private Path home;

    private final Arena arena = Arena.ofShared();
    /** 16 bytes; the first word, which is stored at once, is one of {@link #KEYS} numbers. */
    private final MemorySegment key = arena.allocate(16, 8);
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread changing = Thread.ofPlatform().daemon().unstarted(() -> {
        for (long i = 0; !over.get(); i++) {
            key.set(ValueLayout.JAVA_LONG, 0, i % KEYS);
        }
    });

    @BeforeEach
    void change() {
        changing.start();
    }

    @AfterEach
    void leave() throws InterruptedException {
        over.set(true);
        changing.join();
        arena.close();
    }

    private static MemorySegment keyOf(long number) {
        return MemorySegment.ofArray(ByteBuffer.allocate(16).order(java.nio.ByteOrder.nativeOrder()).putLong(number).array());
    }

    private static void requireEveryRecordFoundOnce(RegionStore store) {
        Set<ByteBuffer> seen = new HashSet<>();
        store.forEach(record -> {
            byte[] found = record.keyBytes();
            assertTrue(seen.add(ByteBuffer.wrap(found)), "a key that is there twice");
            assertEquals(record.version(), store.version(MemorySegment.ofArray(found)), "a record that nobody finds");
        });
        assertEquals(store.size(), seen.size());
        assertTrue(seen.size() <= KEYS, seen.size() + " keys");
    }

    private void write(RegionStore store, int round) {
        switch (round % 8) {
            case 0 -> store.delete(key);
            case 1 -> store.putIfVersion(key, RegionStore.ABSENT, PAYLOAD);
            case 2 -> {
                try (Reservation reservation = store.reserve(24, 8)) {
                    reservation.commit(key);
                }
            }
            default -> store.put(key, PAYLOAD);
        }
    }

    @Test
    void shouldWriteEachRecordUnderOneKeyThatTheCallerGave() {
        try (RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(home, 1 << 20, 4096).create()) {
            for (int round = 0; round < ROUNDS; round++) {
                write(store, round);
            }
            requireEveryRecordFoundOnce(store);
        }
        try (RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(home, 1 << 20, 4096).open()) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            requireEveryRecordFoundOnce(store);
        } catch (RegionStoreException e) {
            throw new AssertionError("opening was refused", e);
        }
    }

    @Test
    void shouldFindOneOfTheKeysThatTheCallerGave() {
        try (RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(home, 1 << 20, 4096).create();
                RecordView view = store.newView()) {
            for (int i = 0; i < KEYS; i++) {
                store.put(keyOf(i), PAYLOAD);
            }
            byte[] found = new byte[24];
            for (int round = 0; round < ROUNDS; round++) {
                assertTrue(store.contains(key), "absent, and every key is there");
                assertTrue(store.version(key) > 0, "absent, and every key is there");
                assertEquals(24, store.get(key, MemorySegment.ofArray(found), 0), "absent, and every key is there");
                assertTrue(store.get(key, view), "absent, and every key is there");
                assertEquals(24, view.length());
                view.release();
            }
            over.set(true);
            assertFalse(store.contains(keyOf(KEYS)));
        }
    }
}
