package io.regionstore.engine;

import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import io.regionstore.proof.WrappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/** Memory that may lose its caches: of a line, what was written back and fenced is sure, the rest is not. One thread. */
final class LossyMemory extends WrappedMemory {
    private static final int LINE = 64;

    private final byte[] durable;
    private final BitSet flushed = new BitSet();
    private Runnable beforeFence = () -> { };

    LossyMemory(Memory now) {
        super(now);
        durable = bytes();
    }

    /** Has this called before every fence, when what is flushed is not sure yet. */
    LossyMemory beforeFence(Runnable action) {
        beforeFence = action;
        return this;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[(int) memory.size()];
        memory.copyOut(0, bytes, 0, bytes.length);
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
            memory.copyOut((long) line * LINE, durable, line * LINE, (int) Math.min(LINE, size() - (long) line * LINE));
        }
        flushed.clear();
    }

    /** @return a memory that holds these bytes */
    static Memory of(byte[] bytes) {
        MemorySegment copy = Arena.ofAuto().allocate(bytes.length, LINE);
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return new MappedMemory(copy, FlushMethod.NONE);
    }
}
