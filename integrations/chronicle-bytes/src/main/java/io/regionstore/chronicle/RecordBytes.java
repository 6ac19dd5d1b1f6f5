package io.regionstore.chronicle;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStoreException;
import net.openhft.chronicle.bytes.Bytes;

/**
 * A window over the record that a {@link RecordView} pins, as Chronicle {@link Bytes}. Reusable: one object serves any
 * number of records and allocates nothing for them. Not thread-safe, as the view is not.
 *
 * <p>The bytes are empty whenever this object shows no record. They are emptied by {@link #release()},
 * {@link #unwrap()} and {@link #close()}, not by releasing or moving the view behind this object's back: let go here
 * first. See the package for what a raw address costs.
 */
public final class RecordBytes implements AutoCloseable {
    /** Longest window: 2 GiB less one byte. */
    public static final int MAX_WINDOW = Window.MAX;

    private final Window window = new Window();
    private RecordView view;

    /** Makes empty bytes. */
    public RecordBytes() {
    }

    /**
     * Shows a whole record.
     *
     * @param pinned a view that shows a record of at most {@link #MAX_WINDOW} bytes
     * @return {@link #bytes()}: read position 0, read limit the length of the payload, no room to write
     * @throws RegionStoreException INVALID_ARGUMENT when the view is empty or its record longer than a window; CLOSED
     *                              when its store is closed
     */
    public Bytes<Void> wrap(RecordView pinned) {
        unwrap();
        requireRecord(pinned);
        return show(pinned, 0, Window.requireWhole("record", pinned.length()));
    }

    /**
     * Shows a part of a record.
     *
     * @param pinned a view that shows a record
     * @param offset bytes from the start of the payload
     * @param length bytes
     * @return {@link #bytes()}: read position 0 is byte {@code offset} of the payload
     * @throws RegionStoreException OUT_OF_BOUNDS when the part is not inside the payload; INVALID_ARGUMENT when the
     *                              view is empty; CLOSED when its store is closed
     */
    public Bytes<Void> wrap(RecordView pinned, long offset, int length) {
        unwrap();
        requireRecord(pinned);
        Window.requirePart("record", pinned.length(), offset, length);
        return show(pinned, offset, length);
    }

    /** @return the bytes, always the same object; empty while no record is shown */
    public Bytes<Void> bytes() {
        return window.bytes();
    }

    /** Empties the bytes and leaves the view as it is: for a view that somebody else releases. */
    public void unwrap() {
        window.clear();
        view = null;
    }

    /** Empties the bytes, then releases the view they were wrapped on, if any. */
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

    private Bytes<Void> show(RecordView pinned, long offset, int length) {
        window.showForReading(pinned.region().address() + pinned.offset() + offset, length);
        view = pinned;
        return window.bytes();
    }

    private static void requireRecord(RecordView pinned) {
        if (!pinned.isPresent()) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT,
                    "record view: shows no record; wrap it after a get that returned true");
        }
        Window.requireOpen(pinned.region());
    }
}
