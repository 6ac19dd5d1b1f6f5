package io.regionstore.chronicle;

import static io.regionstore.chronicle.RecordBytesTest.assertCode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.testing.FakeReservation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferOverflowException;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReservationBytesTest {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(512, 64);
    private final MemorySegment extent = memory.asSlice(0, 256);
    private final ReservationBytes value = new ReservationBytes();

    @AfterEach
    void free() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Test
    void shouldWriteIntoTheReservationInPlace() {
        Bytes<Void> bytes = value.wrap(new FakeReservation(extent));
        assertEquals(256, bytes.writeRemaining());
        bytes.writeLong(42).writeLong(43);
        assertEquals(43, extent.get(ValueLayout.JAVA_LONG, 8));
    }

    @Test
    void shouldNotWritePastTheReservation() {
        Bytes<Void> bytes = value.wrap(new FakeReservation(extent));
        bytes.write(new byte[252]);
        assertThrows(BufferOverflowException.class, () -> bytes.writeLong(-1));
        assertThrows(BufferOverflowException.class, () -> bytes.write(new byte[] {1, 1, 1, 1, 1}));
        assertThrows(BufferOverflowException.class, () -> bytes.writeLong(249, -1));
        assertEquals(-1, memory.mismatch(arena.allocate(512)));
    }

    @Test
    void shouldWriteIntoAPartOfTheReservation() {
        Bytes<Void> bytes = value.wrap(new FakeReservation(extent), 128, 64);
        assertEquals(64, bytes.writeRemaining());
        bytes.writeInt(5);
        assertEquals(5, extent.get(ValueLayout.JAVA_INT, 128));
    }

    @Test
    void shouldZeroWhatWasNotWritten() {
        memory.fill((byte) -1);
        value.wrap(new FakeReservation(extent)).writeLong(-1);
        value.zeroRest();
        assertEquals(-1, extent.get(ValueLayout.JAVA_LONG, 0));
        assertEquals(-1, extent.asSlice(8).mismatch(arena.allocate(248)));
        assertEquals(-1, memory.get(ValueLayout.JAVA_LONG, 256));
    }

    @Test
    void shouldEmptyTheBytesBeforeItCommits() {
        FakeReservation reservation = new FakeReservation(extent);
        Bytes<Void> bytes = value.wrap(reservation);
        assertEquals(7, value.commit(11));
        assertEquals(11, reservation.committedKey);
        assertThrows(BufferOverflowException.class, () -> bytes.writeByte((byte) 1));
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
    void shouldAbandonWhenClosedAndNotWhenUnwrapped() {
        FakeReservation abandoned = new FakeReservation(extent);
        value.wrap(abandoned);
        value.close();
        assertTrue(abandoned.abandoned);
        FakeReservation kept = new FakeReservation(extent);
        value.wrap(kept);
        value.unwrap();
        value.close();
        assertFalse(kept.abandoned);
    }

    @Test
    void shouldRefuseWindowsThatDoNotFit() {
        FakeReservation huge = new FakeReservation(extent, ReservationBytes.MAX_WINDOW + 1L);
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> value.wrap(huge));
        FakeReservation small = new FakeReservation(extent);
        assertCode(ErrorCode.OUT_OF_BOUNDS, () -> value.wrap(small, 256, 1));
        assertEquals(0, value.bytes().writeRemaining());
    }

    @Test
    void shouldRefuseMemoryThatIsUnmapped() {
        FakeReservation reservation = new FakeReservation(extent);
        arena.close();
        assertCode(ErrorCode.CLOSED, () -> value.wrap(reservation));
    }
}
