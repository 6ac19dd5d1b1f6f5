package io.regionstore.allocator;

import java.lang.foreign.Arena;

/**
 * What all lanes share: the tree of free extents, the chunks that no lane owns, and the change from the one to the
 * other. One lock (the monitor of this object, which takes nothing from the heap when it is contended).
 *
 * <p>A chunk is created from a block that is wholly free, is owned by a lane for a while, then shared; a shared chunk
 * whose last granule is freed becomes a free extent of the tree again. Ownership, list and the end of a chunk change
 * under the lock only; a free without the lock changes the used count and the longest run of the state and calls
 * {@link #settle} when that moves the chunk to another list.
 */
final class CommonPool {
    /** Chunks that a request looks at before it takes a fresh block. */
    private static final int NEAR = 32;
    /** Chunks that a request looks at before it fails: bounds the time, about half a millisecond. */
    private static final int FAR = 4096;
    static final long NONE = -1;

    private final ChunkMap map;
    private final ChunkStates states;
    private final ChunkLists lists;
    private final FreeTree tree;
    /**
     * Set while anything here is changed: whoever finds it set, with the lock held, follows an Error that cut a change short,
     * and must not build on what that left. A half linked tree may give one extent twice.
     */
    private boolean changing;

    CommonPool(long regionSize, long base, ChunkMap map, ChunkStates states, Arena arena) {
        this.map = map;
        this.states = states;
        this.lists = new ChunkLists(map, states);
        this.tree = new FreeTree(regionSize, base, arena);
    }

    /** An extent of any length: exact, or inside a shared chunk when it fits there only. */
    synchronized long allocate(long length, long alignment) {
        beginChange();
        long offset = allocateLocked(length, alignment);
        changing = false;
        return offset;
    }

    private void beginChange() {
        if (changing) {
            throw new IllegalStateException("extents are not given out or taken back any more: an Error cut a change of the"
                    + " free ones short");
        }
        changing = true;
    }

    private long allocateLocked(long length, long alignment) {
        long offset = tree.allocate(length, alignment);
        if (offset < 0 && length <= ChunkMap.BLOCK) {
            int count = (int) (length >>> ChunkMap.GRANULE_SHIFT);
            long granules = alignment >>> ChunkMap.GRANULE_SHIFT;
            long block = find(count, granules, FAR);
            if (block >= 0) {
                return placeInShared(block, lists.foundAt(), count);
            }
        }
        return offset;
    }

    /**
     * A small extent, after the lane found no run in its own chunk: gives the lane another chunk, or takes an extent
     * from elsewhere when no chunk can be had.
     */
    synchronized long allocateSmall(Lane lane, int range, int count, long alignment) {
        beginChange();
        long offset = allocateSmallLocked(lane, range, count, alignment);
        changing = false;
        return offset;
    }

    private long allocateSmallLocked(Lane lane, int range, int count, long alignment) {
        giveUpLocked(lane, range);
        long granules = alignment >>> ChunkMap.GRANULE_SHIFT;
        if (tree.mayHaveBlock()) {
            long block = findRoomy(count, granules);
            if (block >= 0) {
                lane.hold(range, block, take(block));
                return place(lane, range, lists.foundAt(), count);
            }
            block = freshChunk();
            if (block >= 0) {
                lane.hold(range, block, ChunkStates.OWNED_USED);
                return place(lane, range, map.findRun(block, 0, count, granules), count);
            }
        }
        // space is scarce: the tightest run, and no chunk for the lane, whose next fit would break up the longer runs
        long block = find(count, granules, NEAR);
        if (block >= 0) {
            return placeInShared(block, lists.foundAt(), count);
        }
        return allocateLocked((long) count << ChunkMap.GRANULE_SHIFT, alignment);
    }

    /** Cuts a run that was found from the lane's chunk. */
    long place(Lane lane, int range, int at, int count) {
        long block = lane.block(range);
        long first = block * ChunkMap.GRANULES + at;
        BitRange.set(map.bits(), first, count);
        lane.placed(range, count, at + count);
        return first << ChunkMap.GRANULE_SHIFT;
    }

    /** Gives an extent outside of chunks back. */
    synchronized void release(long offset, long length) {
        beginChange();
        tree.release(offset, length);
        changing = false;
    }

    /** Makes the lane's chunk shared, or a free extent when it is empty. */
    synchronized void giveUp(Lane lane, int range) {
        beginChange();
        giveUpLocked(lane, range);
        changing = false;
    }

    private void giveUpLocked(Lane lane, int range) {
        long block = lane.block(range);
        if (block >= 0) {
            lane.drop(range);
            share(block, lane.balance(range));
        }
    }

    /** Moves a chunk whose space grew to the list it belongs to; an empty one becomes a free extent. */
    synchronized void settle(long block) {
        beginChange();
        settleLocked(block);
        changing = false;
    }

    /** Nothing can be had after an Error that cut a change short. */
    synchronized long longestFree(long alignment) {
        if (changing) {
            return 0;
        }
        long longest = tree.longest(alignment);
        return longest >= ChunkMap.BLOCK ? longest : lists.longest(alignment, longest);
    }

    synchronized long memoryBytes() {
        return tree.memoryBytes() + map.memoryBytes() + states.memoryBytes();
    }

    /** Rebuild: makes a block whose bits are set already a shared chunk. Returns its free bytes. */
    synchronized long adopt(long block) {
        beginChange();
        map.load(block);
        int used = map.loadedUsed();
        touch(block);
        states.set(block, ChunkStates.withRun(ChunkStates.shared(used), map.loadedRun()));
        settleLocked(block);
        changing = false;
        return (long) (ChunkMap.GRANULES - used) << ChunkMap.GRANULE_SHIFT;
    }

    private long find(int count, long granules, int steps) {
        long block = lists.find(ChunkLists.TIGHT, count, count, granules, steps);
        return block >= 0 ? block : lists.find(ChunkLists.ROOMY, count, count, granules, steps);
    }

    /** Prefers a chunk with a run for several such extents, so that the lane does not come back at once. */
    private long findRoomy(int count, long granules) {
        for (int longest = count * 8; longest > count; longest >>= 1) {
            long block = lists.find(ChunkLists.ROOMY, count, longest, granules, NEAR);
            if (block >= 0) {
                return block;
            }
        }
        return lists.find(ChunkLists.ROOMY, count, count, granules, NEAR);
    }

    private long freshChunk() {
        long offset = tree.allocateBlock(ChunkMap.BLOCK);
        if (offset < 0) {
            return NONE;
        }
        long block = offset >>> ChunkMap.BLOCK_SHIFT;
        touch(block);
        states.set(block, ChunkStates.owned());
        return block;
    }

    private void touch(long block) {
        map.touch(block);
        states.touch(block);
    }

    /** Nobody sets bits of a shared chunk without the lock, so a run found under it is still there. */
    private long placeInShared(long block, int at, int count) {
        int balance = take(block);
        long first = block * ChunkMap.GRANULES + at;
        BitRange.set(map.bits(), first, count);
        share(block, balance - count);
        return first << ChunkMap.GRANULE_SHIFT;
    }

    /** @return what the lane, or who else places an extent in the chunk, settles with {@link #share} */
    private int take(long block) {
        long state;
        do {
            state = states.get(block);
        } while (!states.replace(block, state, ChunkStates.owned()));
        lists.remove(block, ChunkStates.list(state));
        return ChunkStates.OWNED_USED - ChunkStates.used(state);
    }

    private void share(long block, int balance) {
        long state;
        do {
            state = states.get(block);
        } while (!states.replace(block, state, ChunkStates.shared(ChunkStates.used(state) - balance)));
        // shared first, measured after: a free that is not measured here sees that the chunk is shared and settles it
        map.load(block);
        raiseRun(block, map.loadedRun());
        settleLocked(block);
    }

    /** Records a run of a shared chunk; does nothing when the chunk is not shared any more. */
    boolean raiseRun(long block, int run) {
        while (true) {
            long state = states.get(block);
            if (!ChunkStates.isShared(state)) {
                return false;
            }
            if (ChunkStates.run(state) < run) {
                long raised = ChunkStates.withRun(state, run);
                if (!states.replace(block, state, raised)) {
                    continue;
                }
                state = raised;
            }
            return ChunkStates.used(state) == 0 || ChunkLists.listFor(state) != ChunkStates.list(state);
        }
    }

    private void settleLocked(long block) {
        while (true) {
            long state = states.get(block);
            if (!ChunkStates.isShared(state)) {
                return;
            }
            int before = ChunkStates.list(state);
            boolean empty = ChunkStates.used(state) == 0;
            int after = ChunkLists.listFor(state);
            if (states.replace(block, state, empty ? 0 : ChunkStates.withList(state, after))) {
                if (empty) {
                    lists.remove(block, before);
                    tree.release(block << ChunkMap.BLOCK_SHIFT, ChunkMap.BLOCK);
                } else if (before != after) {
                    lists.remove(block, before);
                    lists.add(block, after);
                }
                return;
            }
        }
    }
}
