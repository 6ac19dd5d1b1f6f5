package io.regionstore.testing;

import io.regionstore.Reservation;
import java.lang.foreign.MemorySegment;

/** A reservation of a native segment, standing for one of a store. */
public final class FakeReservation implements Reservation {
    private final MemorySegment segment;
    private final long length;
    public long committedKey = -1;
    public boolean abandoned;

    public FakeReservation(MemorySegment segment) {
        this(segment, segment.byteSize());
    }

    /** As if it were longer than its segment: for lengths that no test allocates. */
    public FakeReservation(MemorySegment segment, long length) {
        this.segment = segment;
        this.length = length;
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public MemorySegment sharedSegment() {
        return segment;
    }

    @Override
    public long offset() {
        return 0;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long commit(long key) {
        committedKey = key;
        return 7;
    }

    @Override
    public long commit(MemorySegment key) {
        committedKey = key.byteSize();
        return 8;
    }

    @Override
    public void abandon() {
        abandoned = committedKey == -1;
    }
}
