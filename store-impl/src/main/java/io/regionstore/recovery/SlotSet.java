package io.regionstore.recovery;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

/**
 * A set of slots: one bit each, in lazily touched memory outside the heap. Adding, removing and looking up are
 * thread-safe; what walks over the set wants it at rest.
 */
public final class SlotSet implements AutoCloseable {
    /** No slot. */
    public static final long NONE = -1;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final Arena own;
    private final MemorySegment bits;
    /** Whether a slot was ever added: a set that never had one is not walked over. */
    private volatile boolean used;

    /** @param slots number of slots there are */
    public SlotSet(long slots) {
        own = Arena.ofShared();
        bits = reserve(slots, own);
    }

    /**
     * A set that lives as long as an arena.
     *
     * @param slots number of slots there are
     * @param arena shared or automatic
     */
    public SlotSet(long slots, Arena arena) {
        own = null;
        bits = reserve(slots, arena);
    }

    private static MemorySegment reserve(long slots, Arena arena) {
        return AnonymousMemory.reserve((slots / 64 + 1) * 8, arena);
    }

    private static long at(long slot) {
        return slot >>> 6 << 3;
    }

    /** @param slot added */
    public void add(long slot) {
        WORD.getAndBitwiseOr(bits, at(slot), 1L << (slot & 63));
        if (!used) {
            used = true;
        }
    }

    /** @param slots all of them are added */
    public void addAll(SlotSet slots) {
        slots.forEach(this::add);
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

    /**
     * @param from a slot
     * @return the lowest slot of the set that is not below {@code from}, or {@link #NONE}
     */
    public long next(long from) {
        if (!used) {
            return NONE;
        }
        long mask = -1L << (from & 63);
        for (long at = at(from); at < bits.byteSize(); at += Long.BYTES) {
            long left = bits.get(ValueLayout.JAVA_LONG, at) & mask;
            if (left != 0) {
                return (at << 3) + Long.numberOfTrailingZeros(left);
            }
            mask = -1;
        }
        return NONE;
    }

    /** @param visitor told of every slot, in ascending order */
    public void forEach(LongConsumer visitor) {
        for (long slot = next(0); slot != NONE; slot = next(slot + 1)) {
            visitor.accept(slot);
        }
    }

    /** @return number of slots in the set */
    public long size() {
        long size = 0;
        for (long at = 0; used && at < bits.byteSize(); at += Long.BYTES) {
            size += Long.bitCount(bits.get(ValueLayout.JAVA_LONG, at));
        }
        return size;
    }

    /** @return whether no slot is in the set */
    public boolean isEmpty() {
        return next(0) == NONE;
    }

    @Override
    public void close() {
        if (own != null && own.scope().isAlive()) { // it ends also if an Error comes while its memory is given back
            own.close();
        }
    }
}
