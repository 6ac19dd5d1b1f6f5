package io.regionstore.recovery;

import java.util.Map;
import java.util.TreeMap;

/** Disjoint ranges of a region, from their first byte to the byte after the last. Not thread-safe. */
final class Ranges {
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** @return whether some byte of the range, which may be empty, is in one that was added */
    boolean meets(long from, long to) {
        Map.Entry<Long, Long> before = ends.lowerEntry(to);
        return from < to && before != null && before.getValue() > from;
    }

    /** Adds what is not there yet of a range, and tells each piece of it. */
    void add(long from, long to, Overlaps.RangeVisitor added) {
        for (long at = from; at < to; ) {
            Map.Entry<Long, Long> before = ends.floorEntry(at);
            if (before != null && before.getValue() > at) {
                at = before.getValue();
            } else {
                Long next = ends.higherKey(at);
                long end = next == null ? to : Math.min(to, next);
                ends.put(at, end);
                added.visit(at, end);
                at = end;
            }
        }
    }
}
