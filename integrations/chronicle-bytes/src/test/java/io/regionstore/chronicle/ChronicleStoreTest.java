package io.regionstore.chronicle;

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
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChronicleStoreTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldReadValuesAfterReopening(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata);
                MarshallableRecords records = new MarshallableRecords(store);
                Arena arena = Arena.ofConfined()) {
            for (long key = 0; key < 100; key++) {
                assertTrue(records.put(key, new Trade(key), Trade.MAX_LENGTH) > 0);
            }
            records.put(arena.allocateFrom("text key"), new Trade(100), Trade.MAX_LENGTH);
        }
        try (RegionStore store = TestStore.open(directory, metadata);
                MarshallableRecords records = new MarshallableRecords(store);
                Arena arena = Arena.ofConfined()) {
            assertEquals(101, store.size());
            Trade trade = new Trade();
            for (long key = 0; key < 100; key++) {
                assertTrue(records.get(key, trade));
                assertEquals(new Trade(key).text(), trade.text());
            }
            assertTrue(records.get(arena.allocateFrom("text key"), trade));
            assertEquals(new Trade(100).text(), trade.text());
            assertFalse(records.get(101, trade));
            assertEquals(new Trade(100).text(), trade.text());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReplaceAValue(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata);
                MarshallableRecords records = new MarshallableRecords(store)) {
            long first = records.put(1, new Trade(1), Trade.MAX_LENGTH);
            long second = records.put(1, new Trade(2), Trade.MAX_LENGTH);
            assertTrue(second > first);
            Trade trade = new Trade();
            records.get(1, trade);
            assertEquals(2, trade.id);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldChangeNothingWhenAValueIsLongerThanItsReservation(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata);
                MarshallableRecords records = new MarshallableRecords(store)) {
            records.put(1, new Trade(1), Trade.MAX_LENGTH);
            long payload = store.space().payloadBytes();
            assertThrows(BufferOverflowException.class, () -> records.put(1, new Trade(2), 16));
            assertThrows(BufferOverflowException.class, () -> records.put(2, new Trade(2), 16));
            Trade trade = new Trade();
            records.get(1, trade);
            assertEquals(1, trade.id);
            assertEquals(1, store.size());
            assertEquals(payload, store.space().payloadBytes());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteZerosBehindAShortValue(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata);
                MarshallableRecords records = new MarshallableRecords(store);
                RecordView view = store.newView();
                RecordBytes record = new RecordBytes()) {
            for (long key = 0; key < 50; key++) {
                records.put(key, bytes -> bytes.writeLong(-1).writeLong(-1), 16);
                store.delete(key);
            }
            records.put(1, bytes -> bytes.writeByte((byte) 7), 16);
            store.get(1, view);
            Bytes<Void> bytes = record.wrap(view);
            assertEquals(7, bytes.readByte());
            for (int i = 1; i < 16; i++) {
                assertEquals(0, bytes.readByte());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowPinnedBytesUntilReleased(Metadata metadata) {
        try (RegionStore store = TestStore.create(directory, metadata);
                RecordView view = store.newView();
                RecordBytes record = new RecordBytes();
                ReservationBytes value = new ReservationBytes();
                MarshallableRecords records = new MarshallableRecords(store)) {
            try (Reservation reservation = store.reserve(8, 8)) {
                value.wrap(reservation).writeLong(42);
                value.commit(1);
            }
            store.get(1, view);
            Bytes<Void> bytes = record.wrap(view);
            for (long i = 0; i < 100; i++) {
                records.put(1, new Trade(i), Trade.MAX_LENGTH);
            }
            assertEquals(42, bytes.readLong());
            record.release();
            assertThrows(BufferUnderflowException.class, () -> bytes.readLong(0));
        }
    }
}
