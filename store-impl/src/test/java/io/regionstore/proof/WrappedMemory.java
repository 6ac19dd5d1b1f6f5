package io.regionstore.proof;

import io.regionstore.RegionStoreException;
import io.regionstore.memory.Memory;
import java.lang.foreign.MemorySegment;

/** Passes everything on: override what is to be counted, or done wrong. */
public class WrappedMemory implements Memory {
    /** What everything is passed on to. */
    protected final Memory memory;

    /** @param memory that is wrapped */
    protected WrappedMemory(Memory memory) {
        this.memory = memory;
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
    public boolean isReadable(long offset, long length) {
        return memory.isReadable(offset, length);
    }

    @Override
    public void provide(long offset, long length) {
        memory.provide(offset, length);
    }

    @Override
    public RegionStoreException explain(InternalError fault) {
        return memory.explain(fault);
    }

    @Override
    public void stored(long offset, long length) {
        memory.stored(offset, length);
    }

    @Override
    public void flush(long offset, long length) {
        memory.flush(offset, length);
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
