package io.regionstore.agrona;

import io.regionstore.Reservation;
import java.lang.foreign.MemorySegment;

/** A reservation of a native segment, standing for one of a store. */
final class FakeReservation implements Reservation {
    private final MemorySegment segment;
    private final long length;
    long committedKey = -1;
    boolean abandoned;

    FakeReservation(MemorySegment segment) {
        this(segment, segment.byteSize());
    }

    /** As if it were longer than its segment: for lengths that no test allocates. */
    FakeReservation(MemorySegment segment, long length) {
        this.segment = segment;
        this.length = length;
    }

    @Override
    public MemorySegment segment() {
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
