package io.regionstore.agrona;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStoreException;
import java.lang.foreign.MemorySegment;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A window over the record that a {@link RecordView} pins, as an Agrona {@link DirectBuffer}. Reusable: one object
 * serves any number of records and allocates nothing for them. Not thread-safe, as the view is not.
 *
 * <p>The buffer is empty (capacity 0) whenever this object shows no record. It is emptied by {@link #release()},
 * {@link #unwrap()} and {@link #close()}, not by releasing or moving the view behind this object's back: let go here
 * first. See the package for what a raw address costs.
 *
 * <pre>{@code
 * try (RecordView view = store.newView(); RecordBuffer record = new RecordBuffer()) {
 *     if (store.get(key, view)) {
 *         DirectBuffer buffer = record.wrap(view);
 *         ...
 *         record.release();
 *     }
 * }
 * }</pre>
 */
public final class RecordBuffer implements AutoCloseable {
    /** Longest window: 2 GiB less one byte. */
    public static final int MAX_WINDOW = Integer.MAX_VALUE;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private RecordView view;

    /** Makes an empty buffer. */
    public RecordBuffer() {
    }

    /**
     * Shows a whole record.
     *
     * @param pinned a view that shows a record of at most {@link #MAX_WINDOW} bytes
     * @return {@link #buffer()}, its capacity the length of the payload
     * @throws RegionStoreException INVALID_ARGUMENT when the view is empty or its record longer than a window; CLOSED
     *                              when its store is closed
     */
    public DirectBuffer wrap(RecordView pinned) {
        unwrap();
        requireRecord(pinned);
        long length = pinned.length();
        if (length > MAX_WINDOW) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "record of " + length
                    + " bytes: one window shows at most " + MAX_WINDOW + "; wrap it in parts");
        }
        return show(pinned, 0, (int) length);
    }

    /**
     * Shows a part of a record.
     *
     * @param pinned a view that shows a record
     * @param offset bytes from the start of the payload
     * @param length bytes
     * @return {@link #buffer()}, its capacity {@code length}; index 0 is byte {@code offset} of the payload
     * @throws RegionStoreException OUT_OF_BOUNDS when the part is not inside the payload; INVALID_ARGUMENT when the
     *                              view is empty; CLOSED when its store is closed
     */
    public DirectBuffer wrap(RecordView pinned, long offset, int length) {
        unwrap();
        requireRecord(pinned);
        requirePart("record", pinned.length(), offset, length);
        return show(pinned, offset, length);
    }

    /** @return the buffer, always the same object; capacity 0 while no record is shown */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** Empties the buffer and leaves the view as it is: for a view that somebody else releases. */
    public void unwrap() {
        buffer.wrap(0L, 0);
        view = null;
    }

    /** Empties the buffer, then releases the view it was wrapped on, if any. */
    public void release() {
        RecordView pinned = view;
        unwrap();
        if (pinned != null) {
            pinned.release();
        }
    }

    /** As {@link #release()}. The view itself is not closed, and this object can be used again. */
    @Override
    public void close() {
        release();
    }

    private DirectBuffer show(RecordView pinned, long offset, int length) {
        if (length != 0) {
            buffer.wrap(pinned.region().address() + pinned.offset() + offset, length);
        }
        view = pinned;
        return buffer;
    }

    private static void requireRecord(RecordView pinned) {
        if (!pinned.isPresent()) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT,
                    "record view: shows no record; wrap it after a get that returned true");
        }
        requireOpen(pinned.region());
    }

    /** An address outlives its mapping; the scope tells whether this one still stands for memory. */
    static void requireOpen(MemorySegment memory) {
        if (!memory.scope().isAlive()) {
            throw new RegionStoreException(ErrorCode.CLOSED, "the store is closed: its memory is unmapped");
        }
    }

    static void requirePart(String what, long whole, long offset, int length) {
        if (offset < 0 || length < 0 || offset > whole - length) {
            throw new RegionStoreException(ErrorCode.OUT_OF_BOUNDS, what + " of " + whole + " bytes: window "
                    + offset + "+" + length + " is not inside it");
        }
    }
}
