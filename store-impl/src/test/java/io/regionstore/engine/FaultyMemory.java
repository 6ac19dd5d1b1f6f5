package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.Memory;
import java.lang.foreign.MemorySegment;

/** Memory whose flushes fail from one on, as {@code msync} does on a disk that is broken. Several share one count. */
final class FaultyMemory implements Memory {
    /** Counts flushes. One thread at a time. */
    static final class Faults {
        private int flushes;
        private int failFrom = Integer.MAX_VALUE;

        void failAt(int n) {
            failFrom = n == Integer.MAX_VALUE ? n : flushes + n;
        }

        boolean reached() {
            return flushes >= failFrom;
        }
    }

    private final Memory memory;
    private final Faults faults;

    FaultyMemory(Memory memory, Faults faults) {
        this.memory = memory;
        this.faults = faults;
    }

    @Override
    public void flush(long offset, long length) {
        if (++faults.flushes >= faults.failFrom) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, "msync of a mapping of a file: EIO");
        }
        memory.flush(offset, length);
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public long getLong(long offset) {
        return memory.getLong(offset);
    }

    @Override
    public long getLongAcquire(long offset) {
        return memory.getLongAcquire(offset);
    }

    @Override
    public void putLong(long offset, long value) {
        memory.putLong(offset, value);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        memory.putLongRelease(offset, value);
    }

    @Override
    public void copyIn(byte[] source, int sourceOffset, long offset, int length) {
        memory.copyIn(source, sourceOffset, offset, length);
    }

    @Override
    public void copyOut(long offset, byte[] destination, int destinationOffset, int length) {
        memory.copyOut(offset, destination, destinationOffset, length);
    }

    @Override
    public void copyOut(long offset, MemorySegment destination, long destinationOffset, long length) {
        memory.copyOut(offset, destination, destinationOffset, length);
    }

    @Override
    public void stored(long offset, long length) {
        memory.stored(offset, length);
    }

    @Override
    public void fence() {
        memory.fence();
    }

    @Override
    public MemorySegment segment() {
        return memory.segment();
    }
}
