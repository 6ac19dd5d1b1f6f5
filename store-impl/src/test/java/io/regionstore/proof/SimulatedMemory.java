package io.regionstore.proof;

import io.regionstore.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * One medium of a simulated machine: native memory whose every store is recorded as 8-byte stores in a trace. A copy is
 * recorded as the sequence of the words it touches. Loads go to the memory itself.
 */
public final class SimulatedMemory implements Memory {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final int LINE = 64;

    private final Trace trace;
    private final int medium;
    private final MemorySegment segment;
    private final long[] recorded;
    private final boolean flushes;

    /**
     * @param recorded what the trace makes of the medium; kept up with it
     * @param flushes  false: flush and fence do nothing, as where the domain keeps the caches
     */
    SimulatedMemory(Trace trace, int medium, MemorySegment segment, long[] recorded, boolean flushes) {
        this.trace = trace;
        this.medium = medium;
        this.segment = segment;
        this.recorded = recorded;
        this.flushes = flushes;
    }

    /** @return its number */
    public int medium() {
        return medium;
    }

    @Override
    public long size() {
        return segment.byteSize();
    }

    @Override
    public long getLong(long offset) {
        return (long) LONG.get(segment, offset);
    }

    @Override
    public long getLongAcquire(long offset) {
        return (long) LONG.getAcquire(segment, offset);
    }

    @Override
    public void putLong(long offset, long value) {
        synchronized (trace) { // whoever sees the store and then stores comes after it in the trace
            LONG.set(segment, offset, value);
            record(offset, value);
        }
    }

    @Override
    public void putLongRelease(long offset, long value) {
        synchronized (trace) {
            LONG.setRelease(segment, offset, value);
            record(offset, value);
        }
    }

    private void record(long offset, long value) {
        if (offset % 8 != 0) {
            throw new AssertionError("a store of 8 bytes at " + offset);
        }
        recorded[(int) (offset / 8)] = value;
        trace.add(Trace.Kind.STORE, medium, (int) (offset / 8), value);
    }

    @Override
    public void copyIn(byte[] source, int sourceOffset, long offset, int length) {
        MemorySegment.copy(source, sourceOffset, segment, ValueLayout.JAVA_BYTE, offset, length);
        for (long at = offset & -8; at < offset + length; at += 8) {
            record(at, getLong(at));
        }
    }

    @Override
    public void copyOut(long offset, byte[] destination, int destinationOffset, int length) {
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, destination, destinationOffset, length);
    }

    @Override
    public void copyOut(long offset, MemorySegment destination, long destinationOffset, long length) {
        MemorySegment.copy(segment, offset, destination, destinationOffset, length);
    }

    @Override
    public void stored(long offset, long length) {
        for (long at = offset & -8; at < offset + length; at += 8) {
            if (recorded[(int) (at / 8)] != getLong(at)) {
                record(at, getLong(at));
            }
        }
    }

    @Override
    public void flush(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, size());
        if (flushes && length > 0) {
            for (long line = offset / LINE; line <= (offset + length - 1) / LINE; line++) {
                trace.add(Trace.Kind.FLUSH, medium, (int) line, 0);
            }
        }
    }

    @Override
    public void fence() {
        if (flushes) {
            trace.add(Trace.Kind.FENCE, medium, 0, 0);
        }
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }
}
