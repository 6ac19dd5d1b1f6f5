package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import java.lang.foreign.MemorySegment;

/** An extent that belongs to its user until it is committed or abandoned. */
final class ExtentReservation implements Reservation {
    private final Engine engine;
    private final RecordWriter writer;
    private final Health health;
    private final long length;
    private long offset;
    private boolean open;

    /** Without an extent yet: what is made after an extent was taken, and cannot be made, would lose it. */
    ExtentReservation(Engine engine, RecordWriter writer, Health health, long length) {
        this.engine = engine;
        this.writer = writer;
        this.health = health;
        this.length = length;
    }

    ExtentReservation take(long alignment) {
        offset = writer.reserve(length, alignment);
        open = true;
        return this;
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
        // Open again only when it is certain that the commit was not begun: the extent may be a record's from then on. What
        // throws after that lets the store fail; that is looked at without a call, which might throw too.
        open = false;
        try {
            return writer.commitReserved(longKey, key, offset, length);
        } catch (Throwable e) {
            open = health.failure == null;
            throw e;
        }
    }

    @Override
    public void abandon() {
        if (open) {
            open = false;
            try {
                if (!engine.isClosed()) {
                    writer.abandon(offset, length);
                }
            } catch (Throwable e) {
                open = health.failure == null; // nothing was given back: it can be tried again
                throw e;
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
