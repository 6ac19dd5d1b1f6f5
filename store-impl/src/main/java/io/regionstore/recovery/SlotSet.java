package io.regionstore.recovery;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** A set of slots: one bit each, in lazily touched memory outside the heap. Thread-safe. */
public final class SlotSet implements AutoCloseable {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment bits;

    /** @param slots number of slots there are */
    public SlotSet(long slots) {
        bits = AnonymousMemory.reserve((slots / 64 + 1) * 8, arena);
    }

    private static long at(long slot) {
        return slot >>> 6 << 3;
    }

    /** @param slot added */
    public void add(long slot) {
        WORD.getAndBitwiseOr(bits, at(slot), 1L << (slot & 63));
    }

    /** @param slot removed */
    public void remove(long slot) {
        if (contains(slot)) {
            WORD.getAndBitwiseAnd(bits, at(slot), ~(1L << (slot & 63)));
        }
    }

    /**
     * @param slot a slot
     * @return whether it is in the set
     */
    public boolean contains(long slot) {
        return ((long) WORD.getAcquire(bits, at(slot)) >>> (slot & 63) & 1) != 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
