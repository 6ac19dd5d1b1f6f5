package io.regionstore.agrona;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.Reservation;
import io.regionstore.testing.TestStore;
import io.regionstore.testing.TestStore.Metadata;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AgronaStoreTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldReadAfterReopeningWhatWasWrittenInPlace(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata); Arena arena = Arena.ofConfined()) {
            ReservationBuffer value = new ReservationBuffer();
            for (long key = 0; key < 100; key++) {
                write(store, value, key);
            }
            try (Reservation reservation = store.reserve(10, 8)) {
                value.wrap(reservation).putStringWithoutLengthAscii(0, "0123456789");
                value.commit(arena.allocateFrom("text key"));
            }
        }
        try (RegionStore store = TestStore.open(directory, metadata);
                RecordView view = store.newView();
                RecordBuffer record = new RecordBuffer();
                Arena arena = Arena.ofConfined()) {
            assertEquals(101, store.size());
            for (long key = 0; key < 100; key++) {
                assertTrue(store.get(key, view));
                assertRecord(record.wrap(view), key);
                view.verify();
            }
            assertTrue(store.get(arena.allocateFrom("text key"), view));
            assertEquals("456", record.wrap(view, 4, 3).getStringWithoutLengthAscii(0, 3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepThePinnedBytesWhenTheRecordIsReplaced(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata);
                RecordView view = store.newView();
                RecordBuffer record = new RecordBuffer()) {
            ReservationBuffer value = new ReservationBuffer();
            write(store, value, 5);
            assertTrue(store.get(5, view));
            DirectBuffer buffer = record.wrap(view);
            for (int i = 0; i < 100; i++) {
                store.put(5, MemorySegment.ofArray(new byte[length(5)]));
            }
            assertRecord(buffer, 5);
            record.release();
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.getByte(0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveNothingBehindWhenAReservationIsAbandoned(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata)) {
            long free = store.space().freeBytes();
            try (ReservationBuffer value = new ReservationBuffer()) {
                value.wrap(store.reserve(4096, 4096)).putLong(0, 1);
                assertEquals(0, store.size());
            }
            assertFalse(store.contains(1));
            assertEquals(0, store.space().payloadBytes());
            assertTrue(store.space().freeBytes() + store.space().heldBytes() >= free);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowRecordsInsideForEach(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata); RecordBuffer record = new RecordBuffer()) {
            ReservationBuffer value = new ReservationBuffer();
            for (long key = 0; key < 10; key++) {
                write(store, value, key);
            }
            long[] seen = new long[10];
            store.forEach(view -> {
                assertRecord(record.wrap(view), view.longKey());
                seen[(int) view.longKey()]++;
                record.unwrap();
            });
            for (long count : seen) {
                assertEquals(1, count);
            }
        }
    }

    private static void write(RegionStore store, ReservationBuffer value, long key) {
        try (Reservation reservation = store.reserve(length(key), 64)) {
            MutableDirectBuffer buffer = value.wrap(reservation);
            for (int i = 0; i < buffer.capacity(); i++) {
                buffer.putByte(i, (byte) (key + i));
            }
            value.commit(key);
        }
    }

    private static void assertRecord(DirectBuffer buffer, long key) {
        assertEquals(length(key), buffer.capacity());
        for (int i = 0; i < buffer.capacity(); i++) {
            assertEquals((byte) (key + i), buffer.getByte(i));
        }
    }

    private static int length(long key) {
        return (int) (key * 7 + 1);
    }
}
