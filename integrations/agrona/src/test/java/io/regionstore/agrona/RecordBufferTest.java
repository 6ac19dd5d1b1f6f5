package io.regionstore.agrona;

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
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordBufferTest {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment region = arena.allocate(4096, 64);
    private final RecordBuffer record = new RecordBuffer();

    @AfterEach
    void free() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Test
    void shouldShowThePayloadInPlace() {
        region.set(ValueLayout.JAVA_LONG, 128, 42);
        DirectBuffer buffer = record.wrap(new FakeRecord(region, 128, 16));
        assertEquals(16, buffer.capacity());
        assertEquals(42, buffer.getLong(0));
        assertEquals(region.address() + 128, buffer.addressOffset());
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getLong(9));
    }

    @Test
    void shouldShowAPartOfThePayload() {
        region.set(ValueLayout.JAVA_LONG, 136, 43);
        DirectBuffer buffer = record.wrap(new FakeRecord(region, 128, 64), 8, 8);
        assertEquals(8, buffer.capacity());
        assertEquals(43, buffer.getLong(0));
    }

    @Test
    void shouldReuseOneBufferForAllRecords() {
        DirectBuffer first = record.wrap(new FakeRecord(region, 0, 8));
        DirectBuffer second = record.wrap(new FakeRecord(region, 64, 32));
        assertSame(first, second);
        assertSame(first, record.buffer());
        assertEquals(32, first.capacity());
    }

    @Test
    void shouldEmptyTheBufferAndUnpinWhenReleased() {
        FakeRecord view = new FakeRecord(region, 0, 8);
        DirectBuffer buffer = record.wrap(view);
        record.release();
        assertFalse(view.isPresent());
        assertEquals(0, buffer.capacity());
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getByte(0));
    }

    @Test
    void shouldLeaveTheViewPinnedWhenUnwrapped() {
        FakeRecord view = new FakeRecord(region, 0, 8);
        DirectBuffer buffer = record.wrap(view);
        record.unwrap();
        assertTrue(view.isPresent());
        assertEquals(0, buffer.capacity());
    }

    @Test
    void shouldShowAnEmptyPayloadAsAnEmptyBuffer() {
        DirectBuffer buffer = record.wrap(new FakeRecord(region, 0, 0));
        assertEquals(0, buffer.capacity());
    }

    @Test
    void shouldRefuseAViewWithoutARecord() {
        FakeRecord view = new FakeRecord(region, 0, 8);
        view.release();
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> record.wrap(view));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> record.wrap(view, 0, 1));
    }

    @Test
    void shouldRefuseAWholeRecordLongerThanAWindow() {
        FakeRecord view = new FakeRecord(region, 0, RecordBuffer.MAX_WINDOW + 1L);
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> record.wrap(view));
        assertEquals(0, record.buffer().capacity());
    }

    @Test
    void shouldRefuseAPartOutsideThePayload() {
        FakeRecord view = new FakeRecord(region, 0, 64);
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> record.wrap(view, 57, 8));
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> record.wrap(view, -1, 8));
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> record.wrap(view, 0, -1));
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> record.wrap(view, Long.MAX_VALUE, 8));
    }

    @Test
    void shouldNotShowTheLastRecordAfterARefusal() {
        DirectBuffer buffer = record.wrap(new FakeRecord(region, 0, 64));
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> record.wrap(new FakeRecord(region, 0, 8), 0, 9));
        assertEquals(0, buffer.capacity());
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
