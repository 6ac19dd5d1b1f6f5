package io.regionstore.allocator;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Free extents with exact boundaries, ordered by address: a treap outside the heap in which every node knows the longest
 * extent below it. Neighbours are joined when an extent comes back. Every call takes O(log n) steps, except that an
 * allocation with an alignment may look at every extent of at least its length once before it fails; that failure is
 * remembered until an extent comes back that changes it.
 *
 * <p>A node:
 * <pre>
 *   0        8        16       24     28     32
 *   | start  | length | longest| left | right|      left, right: node numbers, unsigned, 0 = none
 * </pre>
 * A node's priority is a hash of its number. Not thread-safe; a caller holds the pool's lock.
 */
final class FreeTree {
    static final long NONE = -1;
    static final long NODE_BYTES = 32;
    private static final long LENGTH = 8;
    private static final long LONGEST = 16;
    private static final long LEFT = 24;
    private static final long RIGHT = 28;
    /** Candidates that an aligned search looks at before it asks for an extent that fits wherever it starts. */
    private static final int NEAR_CANDIDATES = 64;
    /** Slot of {@link #failed} for blocks, whose alignment is counted from the region's start. */
    private static final int BLOCKS = 63;

    private final MemorySegment nodes;
    private final long maxNodes;
    private final long base;
    /** By the logarithm of the alignment: no extent of this length or longer can be had. */
    private final long[] failed = new long[64];
    private boolean anyFailed;
    private int root;
    private int recycled;
    private long highWater;
    private int splitLeft;
    private int splitRight;
    private int budget;

    /**
     * @param regionSize bytes that may become free, a multiple of 8
     * @param base       alignment is counted from this address, a multiple of 8
     * @param arena      owns the nodes
     */
    FreeTree(long regionSize, long base, Arena arena) {
        // free extents are at least a granule long and at least a granule apart
        this.maxNodes = Math.min(regionSize / 16 + 2, 0xFFFF_FFFFL);
        this.nodes = AnonymousMemory.reserve((maxNodes + 1) * NODE_BYTES, arena);
        this.base = base;
        Arrays.fill(failed, Long.MAX_VALUE);
    }

    /** @return bytes of nodes that were ever in use */
    long memoryBytes() {
        return highWater == 0 ? 0 : (highWater + 1) * NODE_BYTES;
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
        for (int t = root; t != 0; ) {
            if (start(t) <= start) {
                before = t;
                t = right(t);
            } else {
                after = t;
                t = left(t);
            }
        }
        if (before != 0 && end(before) > start || after != 0 && start(after) < end) {
            throw new IllegalStateException("extent " + start + "+" + length + " is already free, in part at least");
        }
        boolean joinsBefore = before != 0 && end(before) == start;
        boolean joinsAfter = after != 0 && start(after) == end;
        long from = joinsBefore ? start(before) : start;
        long to = joinsAfter ? end(after) : end;
        if (joinsBefore && joinsAfter) {
            remove(start(after), after);
        }
        if (joinsBefore) {
            resize(root, from, from, to - from);
        } else if (joinsAfter) {
            resize(root, end, from, to - from);
        } else {
            root = insert(root, newNode(from, to - from));
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
        long start = alignUp(start(t), alignment);
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
        long start = (end(t) & -block) - block;
        carve(t, start, block);
        return start;
    }

    /** @return false when {@link #allocateBlock} is known to fail */
    boolean mayHaveBlock() {
        return failed[BLOCKS] == Long.MAX_VALUE;
    }

    /** @return the longest extent that {@link #allocate} would give, 0 when there is none */
    long longest(long alignment) {
        return longest(root, alignment, 0);
    }

    private int search(long length, long alignment, int slot, boolean highest) {
        if (length >= failed[slot]) {
            return 0;
        }
        budget = NEAR_CANDIDATES;
        int t = find(root, length, length, alignment, highest);
        if (t == 0 && budget == 0) {
            // many were long enough and none fitted: one with the slack of an alignment fits for certain
            budget = Integer.MAX_VALUE;
            t = find(root, length + alignment - 8, length, alignment, highest);
            if (t == 0) {
                t = find(root, length, length, alignment, highest);
            }
        }
        if (t == 0) {
            failed[slot] = length;
            anyFailed = true;
        }
        return t;
    }

    private int find(int t, long atLeast, long length, long alignment, boolean highest) {
        if (t == 0 || longest(t) < atLeast || budget == 0) {
            return 0;
        }
        int found = find(highest ? right(t) : left(t), atLeast, length, alignment, highest);
        if (found != 0 || budget == 0) {
            return found;
        }
        if (length(t) >= atLeast) {
            if (fits(start(t), end(t), length, alignment, highest)) {
                return t;
            }
            budget--;
        }
        return find(highest ? left(t) : right(t), atLeast, length, alignment, highest);
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
        if (t == 0 || longest(t) <= best) {
            return best;
        }
        long result = Math.max(best, end(t) - alignUp(start(t), alignment));
        boolean leftFirst = longest(left(t)) >= longest(right(t));
        result = longest(leftFirst ? left(t) : right(t), alignment, result);
        return longest(leftFirst ? right(t) : left(t), alignment, result);
    }

    /** Takes [start, start + length) out of node t. */
    private void carve(int t, long start, long length) {
        long from = start(t);
        long to = end(t);
        long end = start + length;
        if (start == from && end == to) {
            remove(from, t);
        } else if (start == from) {
            resize(root, from, end, to - end);
        } else {
            resize(root, from, from, start - from);
            if (end < to) {
                root = insert(root, newNode(end, to - end));
            }
        }
    }

    private long alignUp(long offset, long alignment) {
        return (base + offset + alignment - 1 & -alignment) - base;
    }

    // treap

    private void remove(long key, int node) {
        root = remove(root, key);
        nodes.set(ValueLayout.JAVA_INT, at(node) + LEFT, recycled);
        recycled = node;
    }

    private int newNode(long start, long length) {
        int t = recycled;
        if (t != 0) {
            recycled = left(t);
        } else if (highWater < maxNodes) {
            t = (int) ++highWater;
        } else {
            throw new IllegalStateException("the region has more than " + maxNodes + " separate free extents");
        }
        nodes.set(ValueLayout.JAVA_LONG, at(t), start);
        nodes.set(ValueLayout.JAVA_LONG, at(t) + LENGTH, length);
        nodes.set(ValueLayout.JAVA_LONG, at(t) + LONGEST, length);
        link(t, 0, 0);
        return t;
    }

    private int insert(int t, int node) {
        if (t == 0) {
            return node;
        }
        if (priority(node) > priority(t)) {
            split(t, start(node));
            link(node, splitLeft, splitRight);
            update(node);
            return node;
        }
        if (start(node) < start(t)) {
            link(t, insert(left(t), node), right(t));
        } else {
            link(t, left(t), insert(right(t), node));
        }
        update(t);
        return t;
    }

    /** Into {@link #splitLeft}: nodes that start before key; into {@link #splitRight}: the others. */
    private void split(int t, long key) {
        if (t == 0) {
            splitLeft = 0;
            splitRight = 0;
        } else if (start(t) < key) {
            split(right(t), key);
            link(t, left(t), splitLeft);
            update(t);
            splitLeft = t;
        } else {
            split(left(t), key);
            link(t, splitRight, right(t));
            update(t);
            splitRight = t;
        }
    }

    private int merge(int a, int b) {
        if (a == 0 || b == 0) {
            return a == 0 ? b : a;
        }
        if (priority(a) > priority(b)) {
            link(a, left(a), merge(right(a), b));
            update(a);
            return a;
        }
        link(b, merge(a, left(b)), right(b));
        update(b);
        return b;
    }

    private int remove(int t, long key) {
        long start = start(t);
        if (start == key) {
            return merge(left(t), right(t));
        }
        if (key < start) {
            link(t, remove(left(t), key), right(t));
        } else {
            link(t, left(t), remove(right(t), key));
        }
        update(t);
        return t;
    }

    /** The node that starts at key gets other boundaries; its place in the order must stay. */
    private void resize(int t, long key, long start, long length) {
        long here = start(t);
        if (here == key) {
            nodes.set(ValueLayout.JAVA_LONG, at(t), start);
            nodes.set(ValueLayout.JAVA_LONG, at(t) + LENGTH, length);
        } else {
            resize(key < here ? left(t) : right(t), key, start, length);
        }
        update(t);
    }

    private void update(int t) {
        long longest = Math.max(length(t), Math.max(longest(left(t)), longest(right(t))));
        nodes.set(ValueLayout.JAVA_LONG, at(t) + LONGEST, longest);
    }

    private void link(int t, int left, int right) {
        nodes.set(ValueLayout.JAVA_INT, at(t) + LEFT, left);
        nodes.set(ValueLayout.JAVA_INT, at(t) + RIGHT, right);
    }

    private static int priority(int node) {
        int h = node * 0x9E3779B1;
        h = (h ^ h >>> 15) * 0x85EBCA6B;
        return h ^ h >>> 13;
    }

    private static long at(int node) {
        return (node & 0xFFFF_FFFFL) * NODE_BYTES;
    }

    private long start(int node) {
        return nodes.get(ValueLayout.JAVA_LONG, at(node));
    }

    private long length(int node) {
        return nodes.get(ValueLayout.JAVA_LONG, at(node) + LENGTH);
    }

    private long end(int node) {
        return start(node) + length(node);
    }

    /** Node 0 is never written and reads as zeros: "none" has no free bytes below it. */
    private long longest(int node) {
        return nodes.get(ValueLayout.JAVA_LONG, at(node) + LONGEST);
    }

    private int left(int node) {
        return nodes.get(ValueLayout.JAVA_INT, at(node) + LEFT);
    }

    private int right(int node) {
        return nodes.get(ValueLayout.JAVA_INT, at(node) + RIGHT);
    }
}
