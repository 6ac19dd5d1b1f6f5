package io.regionstore.allocator;

import io.regionstore.memory.Prefetch;
import java.lang.foreign.Arena;

/**
 * Gives out aligned extents of a region of up to 64 TiB and takes them back. Boundaries are exact to a granule of 8
 * bytes: nothing of the region is lost to size classes or headers, and a region can be filled to its last granule. The
 * region's bytes are never touched.
 *
 * <p><b>Use.</b> A new allocator is <em>rebuilding</em>: any number of threads {@linkplain #markUsed mark} the live
 * extents (none in a new region), then one thread calls {@link #finishRebuild}, after which extents are allocated and
 * freed. A <em>lane</em> is used by one thread at a time and handed over with the usual happens-before; any lane may free
 * what any other allocated.
 *
 * <p><b>Progress.</b> Up to {@value ChunkMap#SMALL_MAX} bytes: no lock while the lane's chunk of 64 KiB has room, one
 * lock to take another chunk, and one lock for each extent when the region has no free 64 KiB left. Longer extents: one
 * lock for O(log n) steps. Nothing is taken from the Java heap. A request that fails looks at 4,096 chunks of each kind at
 * most: in a region with more, {@link #NONE} for an aligned extent, or one above 128 bytes, may be premature.
 *
 * <p><b>Memory</b>, all outside the heap: 1 KiB for each 64 KiB that was a chunk, 16 bytes for its state, 32 bytes for
 * each free extent outside of chunks. It is kept until {@link #close}. Address space is reserved for the limit, pages are
 * not: 1/64 of the region for chunks, twice the region but at most 128 GiB for free extents.
 *
 * <p>After {@link #close} every call that changes anything throws {@link IllegalStateException}.
 */
public final class ExtentAllocator implements AutoCloseable {
    /** No extent can be had. */
    public static final long NONE = -1;
    /** Extents up to this many bytes are small. */
    public static final int SMALL_MAX = ChunkMap.SMALL_MAX;
    /** Bytes of the largest region: 64 TiB. */
    public static final long MAX_REGION = 1L << 46;
    private static final long MAX_ALIGNMENT = 1L << 30;

    private final Arena arena = Arena.ofShared();
    private final long regionSize;
    private final ChunkMap map;
    private final ChunkStates states;
    private final CommonPool pool;
    private final Lane[] lanes;
    private final RebuildMap rebuild;
    private long usedAtOpen;
    private volatile boolean ready;

    /**
     * @param regionSize   bytes, a multiple of 8, 8 to 64 TiB
     * @param physicalBase where the region begins; alignment is counted from this address; a multiple of 8, 0 when it
     *                     is not known
     * @param lanes        number of lanes, at least 1
     * @throws io.regionstore.RegionStoreException IO_ERROR when the address space cannot be had
     */
    public ExtentAllocator(long regionSize, long physicalBase, int lanes) {
        require(regionSize >= 8 && regionSize <= MAX_REGION && (regionSize & 7) == 0, "region size", regionSize);
        require(physicalBase >= 0 && physicalBase <= Long.MAX_VALUE - regionSize - MAX_ALIGNMENT
                && (physicalBase & 7) == 0, "physical base", physicalBase);
        require(lanes >= 1, "number of lanes", lanes);
        this.regionSize = regionSize;
        this.lanes = new Lane[lanes];
        for (int i = 0; i < lanes; i++) {
            this.lanes[i] = new Lane();
        }
        RebuildMap marks = null;
        try {
            // one more for a last block that is cut short: it is marked in the maps but is never a chunk
            long blocks = (regionSize >>> ChunkMap.BLOCK_SHIFT) + 1;
            this.map = new ChunkMap(blocks, physicalBase, arena);
            this.states = new ChunkStates(blocks, arena);
            this.pool = new CommonPool(regionSize, physicalBase, map, states, arena);
            marks = new RebuildMap(regionSize, map, states);
            this.rebuild = marks;
        } finally {
            if (marks == null) {
                arena.close();
            }
        }
    }

    /**
     * Marks a live extent during rebuild. Any number of threads. Of two overlapping extents that are marked at the same
     * time at least one is refused.
     *
     * @param offset a multiple of 8
     * @param length 1 to the region's size; rounded up to 8
     * @return false when the extent overlaps one marked before; then nothing is marked
     * @throws IllegalArgumentException when the extent does not lie inside the region or is misaligned
     */
    public boolean markUsed(long offset, long length) {
        if (ready) {
            throw new IllegalStateException("extents are marked before finishRebuild, not after");
        }
        return rebuild.mark(offset, checkedLength(offset, length));
    }

    /**
     * Marks several live extents at once, as {@link #markUsed} does each: they lie one behind the other without a gap,
     * each at most {@link #SMALL_MAX} bytes, in one and the same 64 KiB of the region.
     *
     * @param offset of the first, a multiple of 8
     * @param length of all of them, a multiple of 8
     * @return false when one of them overlaps an extent marked before; then nothing is marked
     */
    public boolean markUsedTogether(long offset, long length) {
        return rebuild.markSmall(offset, checkedLength(offset, length));
    }

    /** Ends the rebuild: everything not marked is free. One thread, after all that marked have finished. */
    public void finishRebuild() {
        if (ready) {
            throw new IllegalStateException("finishRebuild was called before");
        }
        usedAtOpen = rebuild.finish(pool);
        rebuild.close();
        ready = true;
    }

    /**
     * Takes an extent. The caller holds the lane.
     *
     * @param length    bytes, at least 1; rounded up to 8
     * @param alignment of the extent's address (the physical base plus its offset): a power of two, 8 bytes to 1 GiB
     * @return offset in the region, or {@link #NONE}; other lanes may still hold free space in advance
     */
    public long allocate(int lane, long length, long alignment) {
        require(length >= 1, "length", length);
        require(alignment >= 8 && alignment <= MAX_ALIGNMENT && Long.bitCount(alignment) == 1, "alignment", alignment);
        Lane own = readyLane(lane);
        if (length > regionSize) {
            return NONE;
        }
        long rounded = length + 7 & -8;
        long offset = rounded <= ChunkMap.SMALL_MAX && alignment <= ChunkMap.SMALL_MAX
                ? allocateSmall(own, (int) (rounded >>> ChunkMap.GRANULE_SHIFT), alignment)
                : allocateLarge(own, rounded, alignment);
        if (offset >= 0) {
            own.addUsed(rounded);
        }
        return offset;
    }

    private long allocateSmall(Lane lane, int count, long alignment) {
        int range = Lane.range(count);
        long block = lane.block(range);
        if (block >= 0) {
            int at = map.findRun(block, lane.cursor(range), count, alignment >>> ChunkMap.GRANULE_SHIFT);
            if (at >= 0) {
                return pool.place(lane, range, at, count);
            }
        }
        long offset = pool.allocateSmall(lane, range, count, alignment);
        if (offset < 0 && lane.holdsChunk()) {
            drain(lane);
            offset = pool.allocateSmall(lane, range, count, alignment);
        }
        return offset;
    }

    private long allocateLarge(Lane lane, long length, long alignment) {
        long offset = pool.allocate(length, alignment);
        if (offset < 0 && lane.holdsChunk()) {
            drain(lane);
            offset = pool.allocate(length, alignment);
        }
        return offset;
    }

    /**
     * Gives back an extent that {@link #allocate} returned or that was marked during rebuild. The caller holds the lane,
     * any lane.
     *
     * @throws IllegalArgumentException when the extent does not lie inside the region or is misaligned
     * @throws IllegalStateException    when it is not wholly allocated; the accounts are then no longer to be trusted
     */
    public void free(int lane, long offset, long length) {
        Lane own = readyLane(lane);
        long rounded = checkedLength(offset, length);
        long start = offset;
        long end = offset + rounded;
        // An extent lies in one chunk, or outside of chunks but for a first and last block that rebuild made chunks.
        // A block keeps being what it is as long as a granule of it is allocated.
        long first = start >>> ChunkMap.BLOCK_SHIFT;
        if (ChunkStates.isChunk(states.get(first))) {
            long next = Math.min(end, first + 1 << ChunkMap.BLOCK_SHIFT);
            freeInChunk(first, start, next);
            start = next;
        }
        long last = end - 1 >>> ChunkMap.BLOCK_SHIFT;
        if (start < end && last != first && ChunkStates.isChunk(states.get(last))) {
            long from = last << ChunkMap.BLOCK_SHIFT;
            freeInChunk(last, from, end);
            end = from;
        }
        if (start < end) {
            pool.release(start, end - start);
        }
        own.addUsed(-rounded);
    }

    /**
     * Loads what a {@link #free} will change first; changes nothing. Any thread.
     *
     * @param offset of an extent
     */
    public void prefetch(long offset) {
        Prefetch.keep(map.wordOf(offset));
    }

    private void freeInChunk(long block, long start, long end) {
        long first = start >>> ChunkMap.GRANULE_SHIFT;
        int count = (int) (end - start >>> ChunkMap.GRANULE_SHIFT);
        if (!BitRange.clear(map.bits(), first, count)) {
            throw new IllegalStateException("extent " + start + "+" + (end - start) + " is not wholly allocated");
        }
        // Bits first, count second: at count 0 every bit is clear. After the count reaches 0 the block may be anything.
        long state = states.subtractUsed(block, count);
        if (!ChunkStates.isShared(state)) {
            return;
        }
        int run = map.runAround(block, (int) (first & ChunkMap.GRANULES - 1), count);
        if (pool.raiseRun(block, run)) {
            pool.settle(block);
        }
    }

    /** Gives what the lane holds in advance back to the common pool. The caller holds the lane. */
    public void drain(int lane) {
        drain(readyLane(lane));
    }

    private void drain(Lane lane) {
        for (int range = 0; range < Lane.RANGES; range++) {
            pool.giveUp(lane, range);
        }
    }

    /** @return bytes not allocated, also those that lanes hold in advance; exact when nobody allocates or frees */
    public long freeBytes() {
        return regionSize - usedBytes();
    }

    /** @return bytes allocated, each extent rounded up to 8; exact when nobody allocates or frees */
    public long usedBytes() {
        long used = usedAtOpen;
        for (Lane lane : lanes) {
            used += lane.used();
        }
        return used;
    }

    /**
     * The longest extent that can be allocated with an alignment: exact after all lanes are drained, otherwise what the
     * common pool has. Free space next to a chunk of small extents does not count as one with the free space inside it.
     * Walks the shared chunks when there is nothing longer: for reports, not for every put.
     *
     * @param alignment a power of two, 8 bytes to 1 GiB
     */
    public long largestFreeExtent(long alignment) {
        require(alignment >= 8 && alignment <= MAX_ALIGNMENT && Long.bitCount(alignment) == 1, "alignment", alignment);
        return pool.longestFree(alignment);
    }

    /** @return bytes of memory outside the heap that the bookkeeping has touched so far */
    public long memoryBytes() {
        return pool.memoryBytes();
    }

    /** Gives the memory back. Nobody may be inside a call. */
    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        if (!ready) {
            rebuild.close();
        }
        arena.close();
    }

    private Lane readyLane(int lane) {
        if (!ready) {
            throw new IllegalStateException("the allocator is rebuilding: call finishRebuild first");
        }
        return lanes[lane];
    }

    private long checkedLength(long offset, long length) {
        require((offset & 7) == 0 && offset >= 0 && offset < regionSize, "offset", offset);
        require(length >= 1 && length <= regionSize - offset, "length", length);
        return length + 7 & -8;
    }

    /**
     * @param offset of the first of some extents
     * @param length of all of them
     * @return whether {@link #markUsedTogether} may be used, if each of them is small
     */
    public static boolean inOneBlock(long offset, long length) {
        return offset >>> ChunkMap.BLOCK_SHIFT == offset + length - 1 >>> ChunkMap.BLOCK_SHIFT;
    }

    private static void require(boolean condition, String what, long value) {
        if (!condition) {
            throw new IllegalArgumentException(what + " is out of range: " + value);
        }
    }
}
