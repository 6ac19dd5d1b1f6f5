package io.regionstore.index;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Zeroed blocks of 2^n bytes, 64 bytes at least, for the index's tables: a buddy allocator. A block that is given back
 * joins the free one beside it, so that the tables which all stripes outgrow become the tables they grow into, and
 * no page is given back to the kernel: that would break up huge ones. Thread-safe.
 * <pre>
 *   free block: | next : 8 | previous : 8 | log2 of its bytes : 8 | zeros |     next, previous: offset, 0 at the end
 * </pre>
 */
final class BlockPool {
    private static final int SMALLEST = 6;
    private static final int NEXT = 0;
    private static final int PREVIOUS = 8;
    private static final int LOG2 = 16;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private final MemorySegment memory;
    /** One bit for each 64 bytes: a free block begins there. */
    private final MemorySegment free;
    private final long[] freeLists = new long[64];
    /** Everything from here on was never used. */
    private long end;
    private long inUse;
    /** Set while blocks are linked: whoever finds it set follows an Error that cut a change short. */
    private boolean changing;

    BlockPool(long addressSpace, Arena arena) {
        memory = AnonymousMemory.reserveHuge(addressSpace, arena);
        free = AnonymousMemory.reserve((addressSpace >>> SMALLEST + 6) + 1 << 3, arena);
        end = 1 << SMALLEST; // no block begins at 0
    }

    MemorySegment memory() {
        return memory;
    }

    synchronized long bytesInUse() {
        return inUse;
    }

    /** @return offset of a block of zeros, a multiple of its size, never 0 */
    synchronized long allocate(int log2) {
        int size = Math.max(log2, SMALLEST);
        int found = size;
        while (found < 63 && freeLists[found] == 0) {
            found++;
        }
        if (found == 63) {
            requireRoom(size);
        }
        beginChange();
        inUse += 1L << size;
        long block;
        if (found == 63) {
            block = extend(size);
        } else {
            block = freeLists[found];
            unlink(block);
            for (int half = found - 1; half >= size; half--) {
                link(block + (1L << half), half);
            }
        }
        changing = false;
        return block;
    }

    private void beginChange() {
        if (changing) {
            throw new IllegalStateException("the index is not to be changed any more: an Error cut a change of it short");
        }
        changing = true;
    }

    private void requireRoom(int size) {
        if (firstUnused(size) + (1L << size) > memory.byteSize()) {
            throw new IllegalStateException("the index outgrew its " + memory.byteSize() + " bytes");
        }
    }

    private long firstUnused(int size) {
        return end + (1L << size) - 1 & -(1L << size);
    }

    /** The never used bytes before the first multiple of the size become free blocks. */
    private long extend(int size) {
        long block = firstUnused(size);
        while (end < block) {
            int gap = Long.numberOfTrailingZeros(end);
            link(end, gap);
            end += 1L << gap;
        }
        end = block + (1L << size);
        return block;
    }

    /** The block's bytes may still be read by a reader that found it earlier; it will notice. */
    synchronized void free(long block, int log2) {
        int size = Math.max(log2, SMALLEST);
        beginChange();
        inUse -= 1L << size;
        memory.asSlice(block, 1L << size).fill((byte) 0);
        long joined = block;
        for (long buddy = joined ^ 1L << size; isFree(buddy) && memory.get(WORD, buddy + LOG2) == size;
                buddy = joined ^ 1L << size) {
            unlink(buddy);
            joined = Math.min(joined, buddy);
            size++;
        }
        link(joined, size);
        changing = false;
    }

    private boolean isFree(long block) {
        return (free.get(WORD, word(block)) >>> (block >>> SMALLEST) & 1) != 0;
    }

    private void flip(long block) {
        free.set(WORD, word(block), free.get(WORD, word(block)) ^ 1L << (block >>> SMALLEST));
    }

    private static long word(long block) {
        return block >>> SMALLEST + 6 << 3;
    }

    private void link(long block, int size) {
        long next = freeLists[size];
        memory.set(WORD, block + NEXT, next);
        memory.set(WORD, block + LOG2, size);
        if (next != 0) {
            memory.set(WORD, next + PREVIOUS, block);
        }
        freeLists[size] = block;
        flip(block);
    }

    /** Leaves zeros. */
    private void unlink(long block) {
        long next = memory.get(WORD, block + NEXT);
        long previous = memory.get(WORD, block + PREVIOUS);
        if (previous != 0) {
            memory.set(WORD, previous + NEXT, next);
        } else {
            freeLists[(int) memory.get(WORD, block + LOG2)] = next;
        }
        if (next != 0) {
            memory.set(WORD, next + PREVIOUS, previous);
        }
        memory.set(WORD, block + NEXT, 0);
        memory.set(WORD, block + PREVIOUS, 0);
        memory.set(WORD, block + LOG2, 0);
        flip(block);
    }
}
