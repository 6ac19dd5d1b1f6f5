package io.regionstore.chronicle;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import java.lang.foreign.MemorySegment;
import net.openhft.chronicle.bytes.Bytes;

/**
 * A window over a {@link Reservation}, as Chronicle {@link Bytes}: a record is written where it stays. Reusable: one
 * object serves any number of reservations. Not thread-safe, as a reservation is not.
 *
 * <p>The bytes are empty whenever this object holds no reservation. Commit or abandon <em>here</em>: the bytes are
 * emptied first, so that no later relative write through them reaches a record; a commit of the reservation itself ends its
 * segments, but not the address in these bytes. Commit on the thread that wrapped. See the package for what a raw address
 * costs. The bytes of a reservation are undefined until written: fill all of them, or what an earlier record left there
 * becomes part of this one; {@link #zeroRest()} does so behind the write position.
 */
public final class ReservationBytes implements AutoCloseable {
    /** Longest window: 2 GiB less one byte. */
    public static final int MAX_WINDOW = Window.MAX;

    private final Window window = new Window();
    private Reservation reservation;
    private MemorySegment shown = MemorySegment.NULL;

    /** Makes empty bytes. */
    public ReservationBytes() {
    }

    /**
     * Shows a whole reservation.
     *
     * @param reserved a reservation of at most {@link #MAX_WINDOW} bytes, neither committed nor abandoned
     * @return {@link #bytes()}: write position 0, write limit the length of the reservation
     * @throws RegionStoreException INVALID_ARGUMENT when the reservation is longer than a window; CLOSED when it or its
     *                              store is closed
     */
    public Bytes<Void> wrap(Reservation reserved) {
        unwrap();
        int length = Window.requireWhole("reservation", reserved.length());
        return show(reserved, reserved.segment(), length);
    }

    /**
     * Shows a part of a reservation.
     *
     * @param reserved a reservation, neither committed nor abandoned
     * @param offset   bytes from the start of the reservation
     * @param length   bytes
     * @return {@link #bytes()}: write position 0 is byte {@code offset} of the reservation
     * @throws RegionStoreException OUT_OF_BOUNDS when the part is not inside the reservation; CLOSED when it or its
     *                              store is closed
     */
    public Bytes<Void> wrap(Reservation reserved, long offset, int length) {
        unwrap();
        Window.requirePart("reservation", reserved.length(), offset, length);
        return show(reserved, reserved.segment().asSlice(offset, length), length);
    }

    /** @return the bytes, always the same object; empty while no reservation is shown */
    public Bytes<Void> bytes() {
        return window.bytes();
    }

    /** Writes zeros from the write position to the end of the window, so that nothing undefined is committed. */
    public void zeroRest() {
        long position = Math.min(window.bytes().writePosition(), shown.byteSize());
        if (position < shown.byteSize()) {
            shown.asSlice(position).fill((byte) 0);
        }
    }

    /**
     * Empties the bytes, then makes the reservation a record.
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

    /** Empties the bytes and leaves the reservation as it is: for one that is committed elsewhere. */
    public void unwrap() {
        window.clear();
        shown = MemorySegment.NULL;
        reservation = null;
    }

    /** Empties the bytes, then gives the extent back; does nothing when no reservation is shown. */
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
            throw new RegionStoreException(ErrorCode.CLOSED, "reservation bytes: hold no reservation; wrap one first");
        }
        unwrap();
        return reserved;
    }

    private Bytes<Void> show(Reservation reserved, MemorySegment segment, int length) {
        Window.requireOpen(segment);
        window.showForWriting(segment.address(), length);
        shown = segment;
        reservation = reserved;
        return window.bytes();
    }
}
