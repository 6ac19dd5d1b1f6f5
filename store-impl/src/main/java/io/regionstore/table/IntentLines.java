package io.regionstore.table;

import io.regionstore.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/**
 * One cache line a lane, on a medium whose commits survive lost caches (PLATFORM): the slots whose payload may be torn
 * although the slot is durable, since payload and slot are fenced together.
 * <pre>
 *   byte 0        8        16                                        64
 *        +--------+--------+--------+- - - - - - - - - - - - +--------+
 *        | current| next: the slot held ready for a run of 1, 2, 4 … 64 |     each: slot + 1, or 0
 *        +--------+--------+--------+- - - - - - - - - - - - +--------+
 * </pre>
 * <b>Rule.</b> A lane names a slot as next, and a fence makes that durable, before it uses the slot. When it uses it, it
 * stores current := slot, then next := the following one, and flushes the line under the commit's own fence. Whatever
 * part of that is durable after a crash names the slot. A slot that is not named has been fenced: if its payload does
 * not match, it was damaged.
 */
public final class IntentLines {
    /** Bytes of a lane's line. */
    public static final int LINE = 64;

    private final Memory memory;
    private final long base;
    private final int lanes;

    /**
     * @param memory the metadata medium
     * @param base   offset of the first line, a multiple of 64
     * @param lanes  number of lines
     */
    public IntentLines(Memory memory, long base, int lanes) {
        this.memory = memory;
        this.base = base;
        this.lanes = lanes;
    }

    /**
     * Names a slot before its first use; the caller fences.
     *
     * @param lane      held by the caller
     * @param runLength a power of two to 64
     * @param slot      the slot held ready, or {@link SlotAllocator#NONE}
     */
    public void announce(int lane, int runLength, long slot) {
        memory.putLongRelease(next(lane, runLength), slot + 1);
        memory.flush(base + (long) lane * LINE, LINE);
    }

    /**
     * Moves on: {@code slot} is being committed now, {@code following} is held ready. Flushes the line; the caller
     * fences.
     *
     * @param lane      held by the caller
     * @param runLength a power of two to 64
     * @param slot      the slot in use, named as next before
     * @param following the slot to use next, or {@link SlotAllocator#NONE}
     */
    public void advance(int lane, int runLength, long slot, long following) {
        memory.putLongRelease(base + (long) lane * LINE, slot + 1);
        announce(lane, runLength, following);
    }

    /** Forgets every name, durably. */
    public void clear() {
        long[] words = words();
        for (int i = 0; i < words.length; i++) {
            if (words[i] != 0) {
                memory.putLong(base + i * 8L, 0);
            }
        }
        memory.flush(base, (long) lanes * LINE);
        memory.fence();
    }

    /**
     * @param visitor called with every slot that is named
     */
    public void forEach(LongConsumer visitor) {
        long[] words = words();
        for (int i = 0; i < words.length; i++) {
            long named = words[i] == 0 ? 0 : memory.getLong(base + i * 8L);
            if (named > 0) {
                visitor.accept(named - 1);
            }
        }
    }

    /** All lines at once: mostly there is nothing in them, and word by word a JVM that has just started is slow. */
    private long[] words() {
        long[] words = new long[lanes * LINE / 8];
        memory.copyOut(base, MemorySegment.ofArray(words), 0, (long) lanes * LINE);
        return words;
    }

    private long next(int lane, int runLength) {
        return base + (long) lane * LINE + 8 + 8L * Integer.numberOfTrailingZeros(runLength);
    }
}
