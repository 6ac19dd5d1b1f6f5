package io.regionstore.index;

/**
 * About where an extent is, in 28 bits: to the cache line in regions up to 16 GiB, to the 2^n bytes in larger ones. A
 * reader that has it can load the payload while it waits for the slot. Never trusted.
 */
public final class ExtentHint {
    /** Bits of a hint. */
    public static final int BITS = 28;
    private static final int LINE_SHIFT = 6;

    private final int shift;

    /** @param regionLength bytes */
    public ExtentHint(long regionLength) {
        shift = Math.max(LINE_SHIFT, 64 - Long.numberOfLeadingZeros(regionLength) - BITS);
    }

    /**
     * @param offset of an extent
     * @return its hint
     */
    public int of(long offset) {
        return (int) (offset >>> shift);
    }

    /**
     * @param hint from {@link #of}
     * @return an offset, at most that of the extent
     */
    public long offset(int hint) {
        return (long) hint << shift;
    }
}
