package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** The extents that must be allocated, by offset; refuses what overlaps, is misaligned or lies outside the region. */
final class ExtentModel {
    record Extent(long offset, long length) {
        long rounded() {
            return length + 7 & -8;
        }
    }

    private final TreeMap<Long, Extent> byOffset = new TreeMap<>();
    private final ArrayList<Extent> extents = new ArrayList<>();
    private final long regionSize;
    private final long base;
    private long used;

    ExtentModel(long regionSize, long base) {
        this.regionSize = regionSize;
        this.base = base;
    }

    void add(long offset, long length, long alignment) {
        Extent added = new Extent(offset, length);
        assertTrue(offset >= 0 && offset + added.rounded() <= regionSize, () -> added + " lies outside the region");
        assertTrue((base + offset) % alignment == 0, () -> added + " is not aligned to " + alignment);
        Map.Entry<Long, Extent> below = byOffset.lowerEntry(offset + added.rounded());
        assertTrue(below == null || below.getKey() + below.getValue().rounded() <= offset,
                () -> added + " overlaps " + below.getValue());
        byOffset.put(offset, added);
        extents.add(added);
        used += added.rounded();
    }

    Extent removeRandom(Random random) {
        int index = random.nextInt(extents.size());
        Extent removed = extents.get(index);
        Extent last = extents.removeLast();
        if (index < extents.size()) {
            extents.set(index, last);
        }
        byOffset.remove(removed.offset());
        used -= removed.rounded();
        return removed;
    }

    Iterable<Extent> inOrder() {
        return byOffset.values();
    }

    int count() {
        return extents.size();
    }

    long used() {
        return used;
    }

    /** @return the longest gap that starts aligned */
    long longestGap(long alignment) {
        long longest = 0;
        long from = 0;
        for (Extent e : byOffset.values()) {
            longest = Math.max(longest, gap(from, e.offset(), alignment));
            from = e.offset() + e.rounded();
        }
        return Math.max(longest, gap(from, regionSize, alignment));
    }

    private long gap(long from, long to, long alignment) {
        long start = (base + from + alignment - 1) / alignment * alignment - base;
        return to - start;
    }

    /** Log-uniform from 1 to max. */
    static long logUniform(Random random, long min, long max) {
        return (long) Math.exp(Math.log(min) + random.nextDouble() * (Math.log(max + 1.0) - Math.log(min)));
    }
}
