package io.regionstore.index;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Zeroed blocks of 2^n bytes, 64 bytes at least, for the index's tables. Blocks that are given back are used again for
 * blocks of their size. Thread-safe.
 */
final class BlockPool {
    private static final int SMALLEST = 6;
    private static final long DISCARD = 2 * 4096;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private final MemorySegment memory;
    private final long[] freeLists = new long[64];
    private long end = 64;
    private long inUse;

    BlockPool(long addressSpace, Arena arena) {
        memory = AnonymousMemory.reserve(addressSpace, arena);
    }

    MemorySegment memory() {
        return memory;
    }

    synchronized long bytesInUse() {
        return inUse;
    }

    /** @return offset of a block of zeros, a multiple of 64, never 0 */
    synchronized long allocate(int log2) {
        int size = Math.max(log2, SMALLEST);
        inUse += 1L << size;
        long block = freeLists[size];
        if (block == 0) {
            block = end;
            end += 1L << size;
            if (end > memory.byteSize()) {
                throw new IllegalStateException("the index outgrew its " + memory.byteSize() + " bytes");
            }
            return block;
        }
        freeLists[size] = memory.get(WORD, block);
        memory.set(WORD, block, 0);
        return block;
    }

    /**
     * The block's bytes may still be read by a reader that found it earlier; it will notice.
     *
     * @param forGood whether no block of this size is likely to be asked for again: its pages go back to the kernel
     */
    synchronized void free(long block, int log2, boolean forGood) {
        int size = Math.max(log2, SMALLEST);
        inUse -= 1L << size;
        long bytes = 1L << size;
        if (forGood && bytes >= DISCARD) {
            AnonymousMemory.discard(memory, block, bytes);
        } else {
            for (long at = block; at < block + bytes; at += 8) {
                memory.set(WORD, at, 0);
            }
        }
        memory.set(WORD, block, freeLists[size]);
        freeLists[size] = block;
    }
}
