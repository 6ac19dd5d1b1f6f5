package io.regionstore.agrona;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import java.lang.foreign.MemorySegment;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A window over a {@link Reservation}, as an Agrona {@link MutableDirectBuffer}: a record is written where it stays.
 * Reusable: one object serves any number of reservations. Not thread-safe, as a reservation is not.
 *
 * <p>The buffer is empty (capacity 0) whenever this object holds no reservation. Commit or abandon <em>here</em>: the
 * buffer is emptied first, so that no later write through it reaches a record; a commit of the reservation itself ends its
 * segments, but not this buffer's address. Commit on the thread that wrapped. See the package for what a raw address
 * costs. The bytes of a reservation are undefined until written: fill all of them, or what an earlier record left there
 * becomes part of this one.
 *
 * <pre>{@code
 * ReservationBuffer value = new ReservationBuffer();
 * try (Reservation reservation = store.reserve(64, 64)) {
 *     MutableDirectBuffer buffer = value.wrap(reservation);
 *     ...
 *     value.commit(key);
 * }
 * }</pre>
 */
public final class ReservationBuffer implements AutoCloseable {
    /** Longest window: 2 GiB less one byte. */
    public static final int MAX_WINDOW = RecordBuffer.MAX_WINDOW;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private Reservation reservation;

    /** Makes an empty buffer. */
    public ReservationBuffer() {
    }

    /**
     * Shows a whole reservation.
     *
     * @param reserved a reservation of at most {@link #MAX_WINDOW} bytes, neither committed nor abandoned
     * @return {@link #buffer()}, its capacity the length of the reservation
     * @throws RegionStoreException INVALID_ARGUMENT when the reservation is longer than a window; CLOSED when it or its
     *                              store is closed
     */
    public MutableDirectBuffer wrap(Reservation reserved) {
        unwrap();
        long length = reserved.length();
        if (length > MAX_WINDOW) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "reservation of " + length
                    + " bytes: one window shows at most " + MAX_WINDOW + "; wrap it in parts");
        }
        return show(reserved, 0, (int) length);
    }

    /**
     * Shows a part of a reservation.
     *
     * @param reserved a reservation, neither committed nor abandoned
     * @param offset   bytes from the start of the reservation
     * @param length   bytes
     * @return {@link #buffer()}, its capacity {@code length}; index 0 is byte {@code offset} of the reservation
     * @throws RegionStoreException OUT_OF_BOUNDS when the part is not inside the reservation; CLOSED when it or its
     *                              store is closed
     */
    public MutableDirectBuffer wrap(Reservation reserved, long offset, int length) {
        unwrap();
        RecordBuffer.requirePart("reservation", reserved.length(), offset, length);
        return show(reserved, offset, length);
    }

    /** @return the buffer, always the same object; capacity 0 while no reservation is shown */
    public MutableDirectBuffer buffer() {
        return buffer;
    }

    /**
     * Empties the buffer, then makes the reservation a record.
     *
     * @param key the key
     * @return the record's version
     */
    public long commit(long key) {
        return take().commit(key);
    }

    /**
     * As {@link #commit(long)}, for a key of bytes.
     *
     * @param key 1 to {@value io.regionstore.RegionStore#MAX_KEY_LENGTH} bytes
     * @return the record's version
     */
    public long commit(MemorySegment key) {
        return take().commit(key);
    }

    /** Empties the buffer and leaves the reservation as it is: for one that is committed elsewhere. */
    public void unwrap() {
        buffer.wrap(0L, 0);
        reservation = null;
    }

    /** Empties the buffer, then gives the extent back; does nothing when no reservation is shown. */
    public void abandon() {
        Reservation reserved = reservation;
        unwrap();
        if (reserved != null) {
            reserved.abandon();
        }
    }

    /** As {@link #abandon()}. This object can be used again. */
    @Override
    public void close() {
        abandon();
    }

    private Reservation take() {
        Reservation reserved = reservation;
        if (reserved == null) {
            throw new RegionStoreException(ErrorCode.CLOSED, "reservation buffer: holds no reservation; wrap one first");
        }
        unwrap();
        return reserved;
    }

    private MutableDirectBuffer show(Reservation reserved, long offset, int length) {
        MemorySegment segment = reserved.segment();
        RecordBuffer.requireOpen(segment);
        if (length != 0) {
            buffer.wrap(segment.address() + offset, length);
        }
        reservation = reserved;
        return buffer;
    }
}
