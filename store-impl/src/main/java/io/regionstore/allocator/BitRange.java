package io.regionstore.allocator;

import java.lang.foreign.MemorySegment;

/** Ranges of bits in a segment, changed atomically word by word. Bits are counted from the segment's start. */
final class BitRange {
    private BitRange() {
    }

    /** Sets bits that the caller knows to be clear. */
    static void set(MemorySegment bits, long first, long count) {
        long end = first + count;
        for (long at = first; at < end; ) {
            int bit = (int) (at & 63);
            int n = (int) Math.min(64 - bit, end - at);
            Words.getAndOr(bits, (at >>> 6) << 3, Words.mask(bit, n));
            at += n;
        }
    }

    /** @return false when one of the bits was clear; then the rest of the range is left as it is */
    static boolean clear(MemorySegment bits, long first, long count) {
        long end = first + count;
        for (long at = first; at < end; ) {
            int bit = (int) (at & 63);
            int n = (int) Math.min(64 - bit, end - at);
            long mask = Words.mask(bit, n);
            if ((Words.getAndAnd(bits, (at >>> 6) << 3, ~mask) & mask) != mask) {
                return false;
            }
            at += n;
        }
        return true;
    }

    /** @return false when one of the bits was set; then none is changed by this call */
    static boolean trySet(MemorySegment bits, long first, long count) {
        long end = first + count;
        for (long at = first; at < end; ) {
            int bit = (int) (at & 63);
            int n = (int) Math.min(64 - bit, end - at);
            long mask = Words.mask(bit, n);
            long word = (at >>> 6) << 3;
            long before = Words.getAndOr(bits, word, mask) & mask;
            if (before != 0) {
                Words.getAndAnd(bits, word, ~(mask & ~before));
                clear(bits, first, at - first);
                return false;
            }
            at += n;
        }
        return true;
    }
}
