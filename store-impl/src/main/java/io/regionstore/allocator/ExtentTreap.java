package io.regionstore.allocator;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Extents ordered by their start: a treap outside the heap in which every node knows the longest extent below it. Its
 * depth is O(log n), whatever the order in which extents come and go.
 *
 * <p>A node:
 * <pre>
 *   0        8        16       24     28     32
 *   | start  | length | longest| left | right|      left, right: node numbers, unsigned, 0 = none
 * </pre>
 * A node's priority is a hash of its number. Not thread-safe; a caller holds the pool's lock.
 */
final class ExtentTreap {
    static final long NODE_BYTES = 32;
    private static final long LENGTH = 8;
    private static final long LONGEST = 16;
    private static final long LEFT = 24;
    private static final long RIGHT = 28;

    private final MemorySegment nodes;
    private final long maxNodes;
    private int root;
    private int recycled;
    private long highWater;
    private int splitLeft;
    private int splitRight;

    ExtentTreap(long maxNodes, Arena arena) {
        this.maxNodes = maxNodes;
        this.nodes = AnonymousMemory.reserve((maxNodes + 1) * NODE_BYTES, arena);
    }

    /** @return bytes of nodes that were ever in use */
    long memoryBytes() {
        return highWater == 0 ? 0 : (highWater + 1) * NODE_BYTES;
    }

    /** @return the node at the top, 0 = none */
    int root() {
        return root;
    }

    /** Adds an extent that touches no other. */
    void add(long start, long length) {
        root = insert(root, newNode(start, length));
    }

    /** Removes a node. */
    void remove(int node) {
        root = remove(root, start(node));
        nodes.set(ValueLayout.JAVA_INT, at(node) + LEFT, recycled);
        recycled = node;
    }

    /** Gives a node other boundaries; its place in the order must stay. */
    void resize(int node, long start, long length) {
        resize(root, start(node), start, length);
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

    long start(int node) {
        return nodes.get(ValueLayout.JAVA_LONG, at(node));
    }

    long length(int node) {
        return nodes.get(ValueLayout.JAVA_LONG, at(node) + LENGTH);
    }

    long end(int node) {
        return start(node) + length(node);
    }

    /** Node 0 is never written and reads as zeros: "none" has no free bytes below it. */
    long longest(int node) {
        return nodes.get(ValueLayout.JAVA_LONG, at(node) + LONGEST);
    }

    int left(int node) {
        return nodes.get(ValueLayout.JAVA_INT, at(node) + LEFT);
    }

    int right(int node) {
        return nodes.get(ValueLayout.JAVA_INT, at(node) + RIGHT);
    }
}
