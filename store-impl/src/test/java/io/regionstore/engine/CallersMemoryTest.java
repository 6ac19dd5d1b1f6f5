package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.memory.CutFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys, payloads and destinations that cannot be used are the caller's fault: neither the record's nor the media's. */
class CallersMemoryTest {
    private static final int LENGTH = 20_000;

    @TempDir
    private Path home;

    private RegionStore store;

    /** What is wrong with the caller's memory. */
    enum Fault {
        CUT, CLOSED, OF_ANOTHER_THREAD;

        MemorySegment memory(Path folder, long length, Runnable[] cleanUp) {
            switch (this) {
                case CUT -> {
                    CutFile file = new CutFile(folder, 1 << 16);
                    file.cut(0);
                    cleanUp[0] = file::close;
                    return file.bytes().asSlice(0, length);
                }
                case CLOSED -> {
                    try (Arena arena = Arena.ofShared()) {
                        return arena.allocate(length);
                    }
                }
                default -> {
                    MemorySegment[] made = new MemorySegment[1];
                    Thread other = new Thread(() -> made[0] = Arena.ofConfined().allocate(length));
                    other.start();
                    try {
                        other.join();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return made[0];
                }
            }
        }
    }

    @BeforeEach
    void create() {
        store = StoreSetup.IN_PLACE_PROCESS.builder(home, 1 << 20, 1024).create();
        store.put(1, MemorySegment.ofArray(new byte[LENGTH]));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void requireBlamed(String what, Executable call) {
        long free = store.space().freeBytes();
        RegionStoreException refused = assertThrows(RegionStoreException.class, call);
        assertEquals(ErrorCode.INVALID_ARGUMENT, refused.code(), refused.getMessage());
        assertTrue(refused.getMessage().contains(": " + what + ": expected"), refused.getMessage());
        assertFalse(refused.getMessage().contains("DROP"), refused.getMessage());
        assertEquals(free, store.space().freeBytes());
        assertTrue(store.health().writable());
        assertEquals(LENGTH, store.get(1, MemorySegment.ofArray(new byte[LENGTH]), 0));
        store.put(2, MemorySegment.ofArray(new byte[10]));
        store.delete(2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBlameTheDestination(Fault fault) {
        Runnable[] cleanUp = {() -> { }};
        MemorySegment destination = fault.memory(home, LENGTH, cleanUp);
        requireBlamed("destination", () -> store.get(1, destination, 0));
        cleanUp[0].run();
    }

    @Test
    void shouldBlameADestinationThatIsReadOnlyOrBeginsBeforeItsStart() {
        MemorySegment readOnly = MemorySegment.ofArray(new byte[LENGTH]).asReadOnly();
        requireBlamed("destination", () -> store.get(1, readOnly, 0));
        requireBlamed("destinationOffset", () -> store.get(1, MemorySegment.ofArray(new byte[LENGTH]), -1));
    }

    @ParameterizedTest
    @EnumSource
    void shouldBlameThePayload(Fault fault) {
        Runnable[] cleanUp = {() -> { }};
        MemorySegment payload = fault.memory(home, LENGTH, cleanUp);
        requireBlamed("payload", () -> store.put(1, payload));
        requireBlamed("payload", () -> store.putIfVersion(9, RegionStore.ABSENT, payload));
        assertFalse(store.contains(9));
        cleanUp[0].run();
    }

    @ParameterizedTest
    @EnumSource
    void shouldBlameTheKey(Fault fault) {
        Runnable[] cleanUp = {() -> { }};
        MemorySegment key = fault.memory(home, 16, cleanUp);
        MemorySegment bytes = MemorySegment.ofArray(new byte[LENGTH]);
        requireBlamed("key", () -> store.put(key, bytes));
        requireBlamed("key", () -> store.delete(key));
        requireBlamed("key", () -> store.contains(key));
        requireBlamed("key", () -> store.version(key));
        requireBlamed("key", () -> store.get(key, bytes, 0));
        try (RecordView view = store.newView(); Reservation reservation = store.reserve(8, 8)) {
            requireBlamed("key", () -> store.get(key, view));
            requireBlamed("key", () -> reservation.commit(key));
            reservation.commit(3);
        }
        cleanUp[0].run();
    }
}
