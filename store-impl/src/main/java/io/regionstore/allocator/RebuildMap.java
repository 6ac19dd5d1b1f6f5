package io.regionstore.allocator;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The live extents as they are found at open, in any order and from any number of threads: bits for the granules of
 * blocks that are used in part (in the {@link ChunkMap}), and two bits for each block: <em>whole</em>, one extent covers
 * it, and <em>part</em>, look at its granules. Nothing is sorted: the free extents are read off in address order.
 *
 * <p>Conflicts are found by writing first and looking second: of two extents that overlap and are marked at the same
 * time at least one sees the other and takes its marks back.
 */
final class RebuildMap implements AutoCloseable {
    /** Blocks whose bits fill a page of the two maps; a group that nobody touched is skipped. */
    private static final int GROUP_SHIFT = 15;

    private final Arena arena = Arena.ofShared();
    private final ChunkMap map;
    private final ChunkStates states;
    private final long regionSize;
    private final long wholeBlocks;
    private final MemorySegment whole;
    private final MemorySegment part;
    private final MemorySegment groups;
    private long cursor;

    RebuildMap(long regionSize, ChunkMap map, ChunkStates states) {
        this.regionSize = regionSize;
        this.map = map;
        this.states = states;
        this.wholeBlocks = regionSize >>> ChunkMap.BLOCK_SHIFT;
        long bytes = ((wholeBlocks >>> GROUP_SHIFT) + 1) << GROUP_SHIFT - 3;
        try {
            this.whole = AnonymousMemory.reserve(bytes, arena);
            this.part = AnonymousMemory.reserve(bytes, arena);
            this.groups = AnonymousMemory.reserve((wholeBlocks >>> GROUP_SHIFT) + 1, arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** @return false when the extent overlaps another; then nothing is marked */
    boolean mark(long offset, long length) {
        long end = offset + length;
        long first = offset >>> ChunkMap.BLOCK_SHIFT;
        long last = end - 1 >>> ChunkMap.BLOCK_SHIFT;
        if (first == last && length < ChunkMap.BLOCK) {
            return length <= ChunkMap.SMALL_MAX ? markSmall(offset, length) : markPart(offset, end);
        }
        long wholeStart = offset + ChunkMap.BLOCK - 1 & -ChunkMap.BLOCK;
        long wholeEnd = end & -ChunkMap.BLOCK;
        if (offset < wholeStart && !markPart(offset, wholeStart)) {
            return false;
        }
        if (wholeEnd < end && !markPart(wholeEnd, end)) {
            clearPart(offset, wholeStart);
            return false;
        }
        if (!markWhole(wholeStart >>> ChunkMap.BLOCK_SHIFT, wholeEnd >>> ChunkMap.BLOCK_SHIFT)) {
            clearPart(offset, wholeStart);
            clearPart(wholeEnd, end);
            return false;
        }
        return true;
    }

    /** As {@link #mark}, for extents in one block of which each is small. */
    boolean markSmall(long offset, long length) {
        if (!markPart(offset, offset + length)) {
            return false;
        }
        long block = offset >>> ChunkMap.BLOCK_SHIFT;
        // the state word of the last block, when it is cut short by the region's end, stays 0: it is never a chunk
        if (block < wholeBlocks && states.get(block) == 0) {
            states.set(block, ChunkStates.CHUNK);
        }
        return true;
    }

    private boolean markPart(long start, long end) {
        long block = start >>> ChunkMap.BLOCK_SHIFT;
        long word = block >>> 6 << 3;
        long bit = 1L << block;
        if ((Words.getVolatile(part, word) & bit) == 0) {
            touchGroup(block);
            Words.getAndOr(part, word, bit);
        }
        if (!BitRange.trySet(map.bits(), start >>> ChunkMap.GRANULE_SHIFT, end - start >>> ChunkMap.GRANULE_SHIFT)) {
            return false;
        }
        if ((Words.getVolatile(whole, word) & bit) != 0) {
            clearPart(start, end);
            return false;
        }
        return true;
    }

    private void clearPart(long start, long end) {
        BitRange.clear(map.bits(), start >>> ChunkMap.GRANULE_SHIFT, end - start >>> ChunkMap.GRANULE_SHIFT);
    }

    private boolean markWhole(long from, long to) {
        if (from >= to) {
            return true;
        }
        for (long group = from >>> GROUP_SHIFT; group <= to - 1 >>> GROUP_SHIFT; group++) {
            touchGroup(group << GROUP_SHIFT);
        }
        if (!BitRange.trySet(whole, from, to - from)) {
            return false;
        }
        for (long at = from; at < to; ) {
            int bit = (int) (at & 63);
            int n = (int) Math.min(64 - bit, to - at);
            for (long m = Words.getVolatile(part, at >>> 6 << 3) & Words.mask(bit, n); m != 0; m &= m - 1) {
                if (map.countUsed((at & -64) + Long.numberOfTrailingZeros(m)) != 0) {
                    BitRange.clear(whole, from, to - from);
                    return false;
                }
            }
            at += n;
        }
        return true;
    }

    private void touchGroup(long block) {
        groups.set(ValueLayout.JAVA_BYTE, block >>> GROUP_SHIFT, (byte) 1);
    }

    /**
     * Hands everything that is free to the pool; afterwards bits are set in chunks only.
     *
     * @return used bytes
     */
    long finish(CommonPool pool) {
        cursor = 0;
        long free = 0;
        for (long group = 0; group < groups.byteSize(); group++) {
            if (groups.get(ValueLayout.JAVA_BYTE, group) == 0) {
                continue;
            }
            long end = group + 1 << GROUP_SHIFT;
            for (long block = group << GROUP_SHIFT; block < end; block += 64) {
                free += finishWord(pool, block);
            }
        }
        free += freeUpTo(pool, regionSize, regionSize);
        return regionSize - free;
    }

    private long finishWord(CommonPool pool, long firstBlock) {
        long covered = Words.get(whole, firstBlock >>> 6 << 3);
        long free = 0;
        for (long m = covered | Words.get(part, firstBlock >>> 6 << 3); m != 0; m &= m - 1) {
            int bit = Long.numberOfTrailingZeros(m);
            long block = firstBlock + bit;
            long start = block << ChunkMap.BLOCK_SHIFT;
            if ((covered >>> bit & 1) != 0) {
                free += freeUpTo(pool, start, start + ChunkMap.BLOCK);
            } else if (states.get(block) != 0) {
                free += freeUpTo(pool, start, start + ChunkMap.BLOCK);
                free += pool.adopt(block);
            } else {
                free += finishExact(pool, start);
            }
        }
        return free;
    }

    /** A block with no small extent: its free runs join their neighbours, and it is no chunk. */
    private long finishExact(CommonPool pool, long start) {
        long free = 0;
        long firstWord = start >>> ChunkMap.GRANULE_SHIFT + 3;
        for (long word = firstWord; word < firstWord + ChunkMap.GRANULES / 8; word += 8) {
            long used = Words.get(map.bits(), word);
            if (used == 0) {
                continue;
            }
            long at = word << ChunkMap.GRANULE_SHIFT + 3;
            while (used != 0) {
                int from = Long.numberOfTrailingZeros(used);
                int to = from + Long.numberOfTrailingZeros(~(used >>> from));
                free += freeUpTo(pool, at + from * 8L, at + to * 8L);
                used = to == 64 ? 0 : used & -1L << to;
            }
            Words.setVolatile(map.bits(), word, 0);
        }
        return free;
    }

    /** Everything from the end of the last used extent up to {@code used} is free. */
    private long freeUpTo(CommonPool pool, long used, long next) {
        long free = used - cursor;
        if (free > 0) {
            pool.release(cursor, free);
        }
        cursor = next;
        return free;
    }

    @Override
    public void close() {
        arena.close();
    }
}
