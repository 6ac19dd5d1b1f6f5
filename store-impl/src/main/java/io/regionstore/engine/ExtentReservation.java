package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import java.lang.foreign.MemorySegment;

/** An extent that belongs to its user until it is committed or abandoned. */
final class ExtentReservation implements Reservation {
    private final Engine engine;
    private final RecordWriter writer;
    private final long offset;
    private final long length;
    private boolean open = true;

    ExtentReservation(Engine engine, RecordWriter writer, long offset, long length) {
        this.engine = engine;
        this.writer = writer;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public MemorySegment segment() {
        requireOpen();
        return engine.region().asSlice(offset, length);
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long commit(long key) {
        return commit(key, null);
    }

    @Override
    public long commit(MemorySegment key) {
        return commit(0, Engine.requireKey(key));
    }

    private long commit(long longKey, MemorySegment key) {
        requireOpen();
        // Taken back only when it is certain that the commit was not begun: the extent may be a record's from then on, even
        // if an Error comes before that is said.
        open = false;
        try {
            return writer.commitReserved(longKey, key, offset, length);
        } catch (Throwable e) {
            open = !writer.failed();
            throw e;
        }
    }

    @Override
    public void abandon() {
        if (open) {
            open = false;
            if (!engine.isClosed()) {
                writer.abandon(offset, length);
            }
        }
    }

    private void requireOpen() {
        engine.requireOpen();
        if (!open) {
            throw new RegionStoreException(ErrorCode.CLOSED, "the reservation was committed or abandoned; reserve again");
        }
    }
}
