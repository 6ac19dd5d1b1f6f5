package io.regionstore.allocator;

import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * Free extents with exact boundaries, ordered by address. Neighbours are joined when an extent comes back. Every call
 * takes O(log n) steps, except that an allocation with an alignment may look at every extent of at least its length once
 * before it fails; that failure is remembered until an extent comes back that changes it.
 *
 * <p>Not thread-safe; a caller holds the pool's lock.
 */
final class FreeTree {
    static final long NONE = -1;
    /** Candidates that an aligned search looks at before it asks for an extent that fits wherever it starts. */
    private static final int NEAR_CANDIDATES = 64;
    /** Slot of {@link #failed} for blocks, whose alignment is counted from the region's start. */
    private static final int BLOCKS = 63;

    private final ExtentTreap extents;
    private final long base;
    /** By the logarithm of the alignment: no extent of this length or longer can be had. */
    private final long[] failed = new long[64];
    private boolean anyFailed;
    private int budget;

    /**
     * @param regionSize bytes that may become free, a multiple of 8
     * @param base       alignment is counted from this address, a multiple of 8
     * @param arena      owns the nodes
     */
    FreeTree(long regionSize, long base, Arena arena) {
        // free extents are at least a granule long and at least a granule apart
        this.extents = new ExtentTreap(Math.min(regionSize / 16 + 2, 0xFFFF_FFFFL), arena);
        this.base = base;
        Arrays.fill(failed, Long.MAX_VALUE);
    }

    /** @return bytes of nodes that were ever in use */
    long memoryBytes() {
        return extents.memoryBytes();
    }

    /**
     * Gives an extent to the tree and joins it with its neighbours.
     *
     * @throws IllegalStateException when part of it is free already
     */
    void release(long start, long length) {
        long end = start + length;
        int before = 0;
        int after = 0;
        for (int t = extents.root(); t != 0; ) {
            if (extents.start(t) <= start) {
                before = t;
                t = extents.right(t);
            } else {
                after = t;
                t = extents.left(t);
            }
        }
        if (before != 0 && extents.end(before) > start || after != 0 && extents.start(after) < end) {
            throw new IllegalStateException("extent " + start + "+" + length + " is already free, in part at least");
        }
        boolean joinsBefore = before != 0 && extents.end(before) == start;
        boolean joinsAfter = after != 0 && extents.start(after) == end;
        long from = joinsBefore ? extents.start(before) : start;
        long to = joinsAfter ? extents.end(after) : end;
        if (joinsBefore && joinsAfter) {
            extents.remove(after);
        }
        if (joinsBefore || joinsAfter) {
            extents.resize(joinsBefore ? before : after, from, to - from);
        } else {
            extents.add(from, to - from);
        }
        forgetFailures(from, to);
    }

    /**
     * Takes the lowest free extent that fits.
     *
     * @return its start, or {@link #NONE}
     */
    long allocate(long length, long alignment) {
        int slot = Long.numberOfTrailingZeros(alignment);
        int t = search(length, alignment, slot, false);
        if (t == 0) {
            return NONE;
        }
        long start = alignUp(extents.start(t), alignment);
        carve(t, start, length);
        return start;
    }

    /**
     * Takes the highest block that is wholly free, so that blocks of small extents and large extents grow towards each
     * other.
     *
     * @param block length and alignment from the region's start
     * @return its start, or {@link #NONE}
     */
    long allocateBlock(long block) {
        int t = search(block, block, BLOCKS, true);
        if (t == 0) {
            return NONE;
        }
        long start = (extents.end(t) & -block) - block;
        carve(t, start, block);
        return start;
    }

    /** @return false when {@link #allocateBlock} is known to fail */
    boolean mayHaveBlock() {
        return failed[BLOCKS] == Long.MAX_VALUE;
    }

    /** @return the longest extent that {@link #allocate} would give, 0 when there is none */
    long longest(long alignment) {
        return longest(extents.root(), alignment, 0);
    }

    private int search(long length, long alignment, int slot, boolean highest) {
        if (length >= failed[slot]) {
            return 0;
        }
        budget = NEAR_CANDIDATES;
        int t = find(extents.root(), length, length, alignment, highest);
        if (t == 0 && budget == 0) {
            // many were long enough and none fitted: one with the slack of an alignment fits for certain
            budget = Integer.MAX_VALUE;
            t = find(extents.root(), length + alignment - 8, length, alignment, highest);
            if (t == 0) {
                t = find(extents.root(), length, length, alignment, highest);
            }
        }
        if (t == 0) {
            failed[slot] = length;
            anyFailed = true;
        }
        return t;
    }

    private int find(int t, long atLeast, long length, long alignment, boolean highest) {
        if (t == 0 || extents.longest(t) < atLeast || budget == 0) {
            return 0;
        }
        int found = find(highest ? extents.right(t) : extents.left(t), atLeast, length, alignment, highest);
        if (found != 0 || budget == 0) {
            return found;
        }
        if (extents.length(t) >= atLeast) {
            if (fits(extents.start(t), extents.end(t), length, alignment, highest)) {
                return t;
            }
            budget--;
        }
        return find(highest ? extents.left(t) : extents.right(t), atLeast, length, alignment, highest);
    }

    private boolean fits(long start, long end, long length, long alignment, boolean block) {
        return block ? (end & -alignment) - alignment >= start : alignUp(start, alignment) + length <= end;
    }

    private void forgetFailures(long from, long to) {
        if (!anyFailed) {
            return;
        }
        anyFailed = false;
        for (int slot = 0; slot < failed.length; slot++) {
            if (failed[slot] != Long.MAX_VALUE) {
                boolean block = slot == BLOCKS;
                if (fits(from, to, failed[slot], block ? failed[slot] : 1L << slot, block)) {
                    failed[slot] = Long.MAX_VALUE;
                } else {
                    anyFailed = true;
                }
            }
        }
    }

    private long longest(int t, long alignment, long best) {
        if (t == 0 || extents.longest(t) <= best) {
            return best;
        }
        long result = Math.max(best, extents.end(t) - alignUp(extents.start(t), alignment));
        boolean leftFirst = extents.longest(extents.left(t)) >= extents.longest(extents.right(t));
        result = longest(leftFirst ? extents.left(t) : extents.right(t), alignment, result);
        return longest(leftFirst ? extents.right(t) : extents.left(t), alignment, result);
    }

    /** Takes [start, start + length) out of node t. */
    private void carve(int t, long start, long length) {
        long from = extents.start(t);
        long to = extents.end(t);
        long end = start + length;
        if (start == from && end == to) {
            extents.remove(t);
        } else if (start == from) {
            extents.resize(t, end, to - end);
        } else {
            extents.resize(t, from, start - from);
            if (end < to) {
                extents.add(end, to - end);
            }
        }
    }

    private long alignUp(long offset, long alignment) {
        return (base + offset + alignment - 1 & -alignment) - base;
    }
}
