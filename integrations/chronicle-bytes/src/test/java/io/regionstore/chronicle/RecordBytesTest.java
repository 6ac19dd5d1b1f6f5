package io.regionstore.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.testing.FakeRecord;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.util.concurrent.CompletableFuture;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordBytesTest {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment region = arena.allocate(4096, 64);
    private final RecordBytes record = new RecordBytes();

    @AfterEach
    void free() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Test
    void shouldShowThePayloadInPlace() {
        region.set(ValueLayout.JAVA_LONG, 128, 42);
        Bytes<Void> bytes = record.wrap(new FakeRecord(region, 128, 16));
        assertEquals(16, bytes.readRemaining());
        assertEquals(region.address() + 128, bytes.addressForRead(0));
        assertEquals(42, bytes.readLong());
        assertThrows(BufferUnderflowException.class, () -> bytes.readLong(9));
        bytes.readLong();
        assertThrows(BufferUnderflowException.class, bytes::readLong);
    }

    @Test
    void shouldShowAPartOfThePayload() {
        region.set(ValueLayout.JAVA_LONG, 136, 43);
        Bytes<Void> bytes = record.wrap(new FakeRecord(region, 128, 64), 8, 8);
        assertEquals(8, bytes.readRemaining());
        assertEquals(43, bytes.readLong());
    }

    @Test
    void shouldRefuseToAppendToARecord() {
        Bytes<Void> bytes = record.wrap(new FakeRecord(region, 0, 64));
        assertThrows(BufferOverflowException.class, () -> bytes.writeLong(1));
        assertThrows(BufferOverflowException.class, () -> bytes.write(new byte[8]));
        bytes.readLong();
        assertThrows(BufferOverflowException.class, () -> bytes.writeByte((byte) 1));
        assertEquals(-1, region.mismatch(arena.allocate(4096)));
    }

    @Test
    void shouldReuseOneObjectForAllRecords() {
        Bytes<Void> first = record.wrap(new FakeRecord(region, 0, 8));
        first.readLong();
        Bytes<Void> second = record.wrap(new FakeRecord(region, 64, 32));
        assertSame(first, second);
        assertSame(first, record.bytes());
        assertEquals(32, second.readRemaining());
    }

    @Test
    void shouldEmptyTheBytesAndUnpinWhenReleased() {
        FakeRecord view = new FakeRecord(region, 0, 8);
        Bytes<Void> bytes = record.wrap(view);
        record.release();
        assertFalse(view.isPresent());
        assertEquals(0, bytes.readRemaining());
        assertThrows(BufferUnderflowException.class, bytes::readByte);
        assertThrows(BufferUnderflowException.class, () -> bytes.readLong(0));
        assertThrows(BufferOverflowException.class, () -> bytes.writeByte((byte) 1));
    }

    @Test
    void shouldKeepLateAbsoluteWritesAwayFromTheRecord() {
        Bytes<Void> bytes = record.wrap(new FakeRecord(region, 0, 8));
        record.release();
        bytes.compareAndSwapLong(0, 0, 77);
        assertEquals(0, region.get(ValueLayout.JAVA_LONG, 0));
        assertEquals(0, bytes.readRemaining());
    }

    @Test
    void shouldLeaveTheViewPinnedWhenUnwrapped() {
        FakeRecord view = new FakeRecord(region, 0, 8);
        Bytes<Void> bytes = record.wrap(view);
        record.unwrap();
        assertTrue(view.isPresent());
        assertEquals(0, bytes.readRemaining());
    }

    @Test
    void shouldShowAnEmptyPayloadAsEmptyBytes() {
        assertEquals(0, record.wrap(new FakeRecord(region, 0, 0)).readRemaining());
    }

    @Test
    void shouldServeOneThreadAfterAnother() {
        region.set(ValueLayout.JAVA_LONG, 0, 42);
        record.wrap(new FakeRecord(region, 0, 8)).readLong();
        long read = CompletableFuture.supplyAsync(() -> record.wrap(new FakeRecord(region, 0, 8)).readLong()).join();
        assertEquals(42, read);
    }

    @Test
    void shouldRefuseAViewWithoutARecord() {
        FakeRecord view = new FakeRecord(region, 0, 8);
        view.release();
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> record.wrap(view));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> record.wrap(view, 0, 1));
    }

    @Test
    void shouldRefuseWindowsThatDoNotFit() {
        record.wrap(new FakeRecord(region, 0, 64));
        assertCode(ErrorCode.INVALID_ARGUMENT,
                () -> record.wrap(new FakeRecord(region, 0, RecordBytes.MAX_WINDOW + 1L)));
        assertEquals(0, record.bytes().readRemaining());
        FakeRecord view = new FakeRecord(region, 0, 64);
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> record.wrap(view, 57, 8));
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> record.wrap(view, -1, 8));
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> record.wrap(view, Long.MAX_VALUE, 8));
    }

    @Test
    void shouldRefuseMemoryThatIsUnmapped() {
        FakeRecord view = new FakeRecord(region, 0, 8);
        arena.close();
        assertCode(ErrorCode.CLOSED, () -> record.wrap(view));
    }

    static void assertCode(ErrorCode expected, Runnable action) {
        assertEquals(expected, assertThrows(RegionStoreException.class, action::run).code());
    }
}
