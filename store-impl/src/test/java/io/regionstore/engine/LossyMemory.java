package io.regionstore.engine;

import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/** Memory that may lose its caches: of a line, what was written back and fenced is sure, the rest is not. One thread. */
final class LossyMemory implements Memory {
    private static final int LINE = 64;

    private final Memory now;
    private final byte[] durable;
    private final BitSet flushed = new BitSet();
    private Runnable beforeFence = () -> { };

    LossyMemory(Memory now) {
        this.now = now;
        durable = bytes();
    }

    /** Has this called before every fence, when what is flushed is not sure yet. */
    LossyMemory beforeFence(Runnable action) {
        beforeFence = action;
        return this;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[(int) now.size()];
        now.copyOut(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** @return what a power loss leaves at least */
    byte[] durable() {
        return durable.clone();
    }

    /** @return what a power loss may leave: of the lines that are not durable any */
    byte[] afterPowerLoss(Random random) {
        byte[] bytes = bytes();
        for (int line = 0; line < bytes.length; line += LINE) {
            if (random.nextBoolean()) {
                System.arraycopy(durable, line, bytes, line, Math.min(LINE, bytes.length - line));
            }
        }
        return bytes;
    }

    boolean isDurable(long offset, int length) {
        byte[] bytes = bytes();
        int from = (int) offset;
        return Arrays.equals(bytes, from, from + length, durable, from, from + length);
    }

    @Override
    public void flush(long offset, long length) {
        if (length > 0) {
            flushed.set((int) (offset / LINE), (int) ((offset + length - 1) / LINE) + 1);
        }
    }

    @Override
    public void fence() {
        beforeFence.run();
        for (int line = flushed.nextSetBit(0); line >= 0; line = flushed.nextSetBit(line + 1)) {
            now.copyOut((long) line * LINE, durable, line * LINE, (int) Math.min(LINE, size() - (long) line * LINE));
        }
        flushed.clear();
    }

    @Override
    public long size() {
        return now.size();
    }

    @Override
    public long getLong(long offset) {
        return now.getLong(offset);
    }

    @Override
    public long getLongAcquire(long offset) {
        return now.getLongAcquire(offset);
    }

    @Override
    public void putLong(long offset, long value) {
        now.putLong(offset, value);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        now.putLongRelease(offset, value);
    }

    @Override
    public void copyIn(byte[] source, int sourceOffset, long offset, int length) {
        now.copyIn(source, sourceOffset, offset, length);
    }

    @Override
    public void copyOut(long offset, byte[] destination, int destinationOffset, int length) {
        now.copyOut(offset, destination, destinationOffset, length);
    }

    @Override
    public void copyOut(long offset, MemorySegment destination, long destinationOffset, long length) {
        now.copyOut(offset, destination, destinationOffset, length);
    }

    @Override
    public void stored(long offset, long length) {
        now.stored(offset, length);
    }

    @Override
    public MemorySegment segment() {
        return now.segment();
    }

    /** @return a memory that holds these bytes */
    static Memory of(byte[] bytes) {
        MemorySegment copy = Arena.ofAuto().allocate(bytes.length, LINE);
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return new MappedMemory(copy, FlushMethod.NONE);
    }
}
