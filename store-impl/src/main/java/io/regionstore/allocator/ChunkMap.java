package io.regionstore.allocator;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One bit per granule (1 = used) of those 64 KiB blocks of the region that are <em>chunks</em>; the bits of every other
 * block are 0. Bits are counted from the region's start; a run is a range of clear bits inside one block.
 *
 * <p>Bits are set by the lane that owns the chunk, or under the pool's lock when no lane does; they are cleared by
 * anybody. A run that was seen clear by the one who may set bits therefore stays clear until it sets them.
 */
final class ChunkMap {
    static final int BLOCK = 1 << 16;
    static final int BLOCK_SHIFT = 16;
    static final int GRANULE_SHIFT = 3;
    /** Granules of a block. */
    static final int GRANULES = BLOCK >>> GRANULE_SHIFT;
    private static final int GRANULES_SHIFT = BLOCK_SHIFT - GRANULE_SHIFT;
    /** Extents up to this length come from chunks. A block holds 16 of them, so what is lost at its end is under 6 %. */
    static final int SMALL_MAX = 4096;
    private static final int WORDS = GRANULES / 64;
    private static final int WORDS_SHIFT = 7;
    /** By the logarithm of the alignment in granules: the bits of a word that are a multiple of it. */
    private static final long[] MULTIPLES = {-1L, 0x5555_5555_5555_5555L, 0x1111_1111_1111_1111L,
        0x0101_0101_0101_0101L, 0x0001_0001_0001_0001L, 0x0000_0001_0000_0001L};

    private final MemorySegment bits;
    private final long baseGranule;
    private final TouchedPages touched;
    private final long[] loaded = new long[WORDS];

    ChunkMap(long blocks, long base, Arena arena) {
        long bytes = Math.max(1, blocks) * (GRANULES / 8);
        this.bits = AnonymousMemory.reserve(bytes, arena);
        this.baseGranule = base >>> GRANULE_SHIFT;
        this.touched = new TouchedPages(bytes, arena);
    }

    MemorySegment bits() {
        return bits;
    }

    /** The caller holds the pool's lock. */
    void touch(long block) {
        touched.add(block * (GRANULES / 8));
    }

    long memoryBytes() {
        return touched.bytes();
    }

    /**
     * The lowest run, or nearly so, of at least {@code count} granules at or after {@code from}.
     *
     * @param from      0 to {@link #GRANULES}, counted from the block's start
     * @param count     granules, 1 to {@link #GRANULES}
     * @param alignment granules, a power of two
     * @return first granule, counted from the block's start, or -1
     */
    int findRun(long block, int from, int count, long alignment) {
        int free = 0; // clear bits that end where the word begins
        for (int w = from >>> 6; w < WORDS; w++) {
            long used = word(block, w);
            if (w == from >>> 6) {
                used |= (1L << (from & 63)) - 1;
            }
            if (used == -1L) {
                free = 0;
                continue;
            }
            int here = w << 6;
            int start = alignUp(block, here - free, alignment);
            if (start + count <= here + Long.numberOfTrailingZeros(used)) {
                return start;
            }
            if (count <= 64) {
                long starts = starts(~used, count);
                if (starts != 0) {
                    starts &= aligned(block, here, alignment);
                    if (starts != 0) {
                        return here + Long.numberOfTrailingZeros(starts);
                    }
                }
            }
            free = used == 0 ? free + 64 : Long.numberOfLeadingZeros(used);
        }
        return -1;
    }

    /** @return the word that a granule's bit is in */
    long wordOf(long offset) {
        return Words.get(bits, offset >>> GRANULE_SHIFT + 6 << 3);
    }

    /** Copies a block's bits for {@link #loadedRun} and {@link #loadedUsed}. The caller holds the pool's lock. */
    void load(long block) {
        MemorySegment.copy(bits, ValueLayout.JAVA_LONG, block << WORDS_SHIFT + 3, loaded, 0, WORDS);
    }

    /** @return used granules of the loaded block */
    int loadedUsed() {
        int used = 0;
        for (long word : loaded) {
            used += Long.bitCount(word);
        }
        return used;
    }

    /** @return granules of the longest run of the loaded block */
    int loadedRun() {
        int longest = 0;
        int free = 0;
        for (long used : loaded) {
            longest = Math.max(longest, free + Long.numberOfTrailingZeros(used));
            if (used == 0) {
                free += 64;
                continue;
            }
            if (longest < 62) { // a run inside the word has a set bit at both ends
                for (long m = starts(~used, longest + 1); m != 0; m &= m >>> 1) {
                    longest++;
                }
            }
            free = Long.numberOfLeadingZeros(used);
        }
        return Math.max(longest, free);
    }

    /** @return granules of the longest run that starts at an aligned granule */
    int longestRun(long block, long alignment) {
        int longest = 0;
        for (int at = alignUp(block, 0, alignment); at < GRANULES; ) {
            int end = endOfRun(block, at);
            longest = Math.max(longest, end - at);
            at = alignUp(block, Math.max(end, at) + 1, alignment);
        }
        return longest;
    }

    /** @return granules of the run that holds the granule before, at or after the clear bits [from, from + count) */
    int runAround(long block, int from, int count) {
        int start = from;
        while (start > 0) {
            int w = start - 1 >>> 6;
            long used = word(block, w) & Words.mask(0, start - (w << 6));
            start = (w << 6) + 64 - Long.numberOfLeadingZeros(used);
            if (used != 0) {
                break;
            }
        }
        return endOfRun(block, from + count) - start;
    }

    /** @return the first used granule at or after from, or the block's end */
    private int endOfRun(long block, int from) {
        for (int at = from; at < GRANULES; at = (at | 63) + 1) {
            long used = word(block, at >>> 6) >>> at;
            if (used != 0) {
                return at + Long.numberOfTrailingZeros(used);
            }
        }
        return GRANULES;
    }

    /** @return used granules */
    int countUsed(long block) {
        int used = 0;
        for (int w = 0; w < WORDS; w++) {
            used += Long.bitCount(word(block, w));
        }
        return used;
    }

    /** Bit i of the result: bits i to i + count - 1 of clear are all 1. */
    private static long starts(long clear, int count) {
        long m = clear;
        for (int have = 1; have < count && m != 0; ) {
            int step = Math.min(have, count - have);
            m &= m >>> step;
            have += step;
        }
        return m;
    }

    /** Bit i of the result: granule from + i is aligned. */
    private long aligned(long block, int from, long alignment) {
        if (alignment == 1) {
            return -1L;
        }
        long first = -(baseGranule + (block << GRANULES_SHIFT) + from) & alignment - 1;
        if (alignment < 64) {
            return MULTIPLES[Long.numberOfTrailingZeros(alignment)] << first;
        }
        return first < 64 ? 1L << first : 0;
    }

    private int alignUp(long block, int granule, long alignment) {
        long start = baseGranule + (block << GRANULES_SHIFT);
        return (int) Math.min((start + granule + alignment - 1 & -alignment) - start, GRANULES);
    }

    private long word(long block, int index) {
        return Words.get(bits, (block << WORDS_SHIFT) + index << 3);
    }
}
