package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** An extent that belongs to its user until it is committed or abandoned. */
final class ExtentReservation implements Reservation {
    private final Engine engine;
    private final RecordWriter writer;
    private final Health health;
    private final Leaks leaks;
    private final long length;
    private final Grant grant;
    private final Held held;
    private long offset;
    private boolean open;

    /** Without an extent yet: what is made after an extent was taken, and cannot be made, would lose it. */
    ExtentReservation(Engine engine, RecordWriter writer, Health health, Leaks leaks, long length) {
        this.engine = engine;
        this.writer = writer;
        this.health = health;
        this.leaks = leaks;
        this.length = length;
        grant = new Grant(engine);
        held = new Held(leaks, grant, writer, length);
        leaks.add(held);
    }

    /** The extent. Its grant is reachable as long as the reservation is, or a segment of it. */
    static final class Held extends Leaks.Held {
        private final RecordWriter writer;
        private final long length;
        private long offset;

        Held(Leaks leaks, Grant grant, RecordWriter writer, long length) {
            super(leaks, grant, "reservation");
            this.writer = writer;
            this.length = length;
        }

        @Override
        void giveBack() {
            writer.abandon(offset, length);
        }
    }

    ExtentReservation take(long alignment) {
        offset = writer.reserve(length, alignment);
        held.offset = offset;
        held.active = true;
        open = true;
        return this;
    }

    @Override
    public MemorySegment segment() {
        requireOpen();
        return grant.segment(offset, length);
    }

    @Override
    public MemorySegment sharedSegment() {
        requireOpen();
        return grant.sharedSegment(offset, length);
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
        grant.revoke(); // before the checksum is computed: from now on nobody changes the bytes
        // Open again only when it is certain that the commit was not begun: the extent may be a record's from then on. What
        // throws after that lets the store fail; that is looked at without a call, which might throw too.
        open = false;
        held.active = false;
        long version;
        try {
            version = writer.commitReserved(longKey, key, offset, length);
        } catch (Throwable e) {
            open = health.failure == null;
            held.active = open;
            throw e;
        }
        try {
            leaks.forget(held);
        } catch (Throwable e) {
            // the commit went through, and its caller is told so; what is held is not active any more
        }
        return version;
    }

    @Override
    public void abandon() {
        if (open) {
            grant.revoke();
            open = false;
            held.active = false;
            try {
                if (!engine.isClosed()) {
                    writer.abandon(offset, length);
                }
            } catch (Throwable e) {
                open = health.failure == null; // nothing was given back: it can be tried again
                held.active = open;
                throw e;
            }
            leaks.forget(held);
        }
    }

    private void requireOpen() {
        engine.requireOpen();
        if (!open) {
            throw new RegionStoreException(ErrorCode.CLOSED, "the reservation was committed or abandoned; reserve again");
        }
    }
}
