package io.regionstore.agrona;

import static io.regionstore.agrona.RecordBufferTest.assertCode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.testing.FakeReservation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReservationBufferTest {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment extent = arena.allocate(256, 64);
    private final ReservationBuffer value = new ReservationBuffer();

    @AfterEach
    void free() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Test
    void shouldWriteIntoTheReservationInPlace() {
        MutableDirectBuffer buffer = value.wrap(new FakeReservation(extent));
        assertEquals(256, buffer.capacity());
        buffer.putLong(248, 42);
        assertEquals(42, extent.get(ValueLayout.JAVA_LONG, 248));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putLong(249, 1));
    }

    @Test
    void shouldWriteIntoAPartOfTheReservation() {
        MutableDirectBuffer buffer = value.wrap(new FakeReservation(extent), 128, 64);
        buffer.putInt(60, 5);
        assertEquals(64, buffer.capacity());
        assertEquals(5, extent.get(ValueLayout.JAVA_INT, 188));
    }

    @Test
    void shouldEmptyTheBufferBeforeItCommits() {
        FakeReservation reservation = new FakeReservation(extent);
        MutableDirectBuffer buffer = value.wrap(reservation);
        assertEquals(7, value.commit(11));
        assertEquals(11, reservation.committedKey);
        assertEquals(0, buffer.capacity());
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putByte(0, (byte) 1));
        assertCode(ErrorCode.CLOSED, () -> value.commit(12));
    }

    @Test
    void shouldCommitUnderAKeyOfBytes() {
        FakeReservation reservation = new FakeReservation(extent);
        value.wrap(reservation);
        assertEquals(8, value.commit(arena.allocate(5)));
        assertEquals(5, reservation.committedKey);
    }

    @Test
    void shouldAbandonWhenClosed() {
        FakeReservation reservation = new FakeReservation(extent);
        MutableDirectBuffer buffer = value.wrap(reservation);
        value.close();
        assertTrue(reservation.abandoned);
        assertEquals(0, buffer.capacity());
        assertSame(buffer, value.wrap(new FakeReservation(extent)));
    }

    @Test
    void shouldLeaveTheReservationAloneWhenUnwrapped() {
        FakeReservation reservation = new FakeReservation(extent);
        value.wrap(reservation);
        value.unwrap();
        value.close();
        assertFalse(reservation.abandoned);
    }

    @Test
    void shouldRefuseWindowsThatDoNotFit() {
        FakeReservation huge = new FakeReservation(extent, ReservationBuffer.MAX_WINDOW + 1L);
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> value.wrap(huge));
        FakeReservation small = new FakeReservation(extent);
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> value.wrap(small, 256, 1));
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> value.wrap(small, -8, 8));
        assertEquals(0, value.buffer().capacity());
    }

    @Test
    void shouldRefuseMemoryThatIsUnmapped() {
        FakeReservation reservation = new FakeReservation(extent);
        arena.close();
        assertCode(ErrorCode.CLOSED, () -> value.wrap(reservation));
    }
}
