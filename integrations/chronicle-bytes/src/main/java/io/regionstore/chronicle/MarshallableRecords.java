package io.regionstore.chronicle;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import java.lang.foreign.MemorySegment;
import net.openhft.chronicle.bytes.ReadBytesMarshallable;
import net.openhft.chronicle.bytes.WriteBytesMarshallable;

/**
 * Puts and gets {@code BytesMarshallable} values of a store: a value writes itself straight into its extent and reads
 * itself straight out of it. One object for one thread at a time; many may share a store. Close it before the store.
 */
public final class MarshallableRecords implements AutoCloseable {
    private final RegionStore store;
    private final RecordView view;
    private final RecordBytes reader = new RecordBytes();
    private final ReservationBytes writer = new ReservationBytes();

    /**
     * @param store where the records are
     */
    public MarshallableRecords(RegionStore store) {
        this.store = store;
        view = store.newView();
    }

    /**
     * Writes a value as a record, replacing any of the same key.
     *
     * @param key    the key
     * @param value  writes {@code length} bytes or fewer; the rest of the record is zeros
     * @param length bytes of payload, 0 to {@link ReservationBytes#MAX_WINDOW}
     * @return the record's version
     * @throws java.nio.BufferOverflowException when the value writes more; nothing is then changed
     * @throws RegionStoreException             as {@link RegionStore#reserve} and {@link Reservation#commit(long)}
     */
    public long put(long key, WriteBytesMarshallable value, int length) {
        try (Reservation _ = fill(value, length)) {
            return writer.commit(key);
        } finally {
            writer.unwrap();
        }
    }

    /**
     * As {@link #put(long, WriteBytesMarshallable, int)}, for a key of bytes.
     *
     * @param key    1 to {@value RegionStore#MAX_KEY_LENGTH} bytes
     * @param value  writes {@code length} bytes or fewer; the rest of the record is zeros
     * @param length bytes of payload
     * @return the record's version
     */
    public long put(MemorySegment key, WriteBytesMarshallable value, int length) {
        try (Reservation _ = fill(value, length)) {
            return writer.commit(key);
        } finally {
            writer.unwrap();
        }
    }

    /**
     * Lets a value read itself from a record. The record is pinned while it does; the value must copy what it keeps.
     *
     * @param key   the key
     * @param value reads the payload; untouched when there is no record
     * @return whether there is a record
     */
    public boolean get(long key, ReadBytesMarshallable value) {
        return store.get(key, view) && read(value);
    }

    /**
     * As {@link #get(long, ReadBytesMarshallable)}, for a key of bytes.
     *
     * @param key   1 to {@value RegionStore#MAX_KEY_LENGTH} bytes
     * @param value reads the payload; untouched when there is no record
     * @return whether there is a record
     */
    public boolean get(MemorySegment key, ReadBytesMarshallable value) {
        return store.get(key, view) && read(value);
    }

    /** Gives the view up. Idempotent. */
    @Override
    public void close() {
        reader.unwrap();
        writer.abandon();
        view.close();
    }

    private Reservation fill(WriteBytesMarshallable value, int length) {
        Reservation reservation = store.reserve(length, RegionStore.GRANULE);
        try {
            value.writeMarshallable(writer.wrap(reservation));
            writer.zeroRest();
            return reservation;
        } catch (Throwable t) {
            writer.abandon();
            reservation.close();
            throw t;
        }
    }

    private boolean read(ReadBytesMarshallable value) {
        try {
            value.readMarshallable(reader.wrap(view));
            return true;
        } finally {
            reader.unwrap();
            view.release();
        }
    }
}
