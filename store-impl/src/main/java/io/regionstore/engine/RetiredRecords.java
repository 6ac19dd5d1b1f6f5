package io.regionstore.engine;

import java.util.Arrays;

/**
 * Slots and extents that were superseded or deleted and wait until that is durable and their readers are gone. Belongs
 * to a lane; grows only by what readers keep pinned.
 */
final class RetiredRecords {
    /** Takes back what is free again. */
    interface Recycler {
        void recycle(long slot, int runLength, long offset, long length);
    }

    private static final int BATCH = 32;

    private long[] slots = new long[2 * BATCH];
    private int[] runs = new int[2 * BATCH];
    private long[] offsets = new long[2 * BATCH];
    private long[] lengths = new long[2 * BATCH];
    private long[] stamps = new long[2 * BATCH];
    private final Pins.Snapshot pinned = new Pins.Snapshot();
    private int count;
    private int due = BATCH;

    void add(long slot, int runLength, long offset, long length, long stamp) {
        if (count == slots.length) {
            int larger = count * 2;
            slots = Arrays.copyOf(slots, larger);
            runs = Arrays.copyOf(runs, larger);
            offsets = Arrays.copyOf(offsets, larger);
            lengths = Arrays.copyOf(lengths, larger);
            stamps = Arrays.copyOf(stamps, larger);
        }
        slots[count] = slot;
        runs[count] = runLength;
        offsets[count] = offset;
        lengths[count] = length;
        stamps[count++] = stamp;
    }

    boolean isDue() {
        return count >= due;
    }

    /**
     * Gives back what may be used again.
     *
     * @param reusable what has a stamp up to this is durably retired
     * @param pins     readers
     * @param recycler takes it
     */
    void recycle(long reusable, Pins pins, Recycler recycler) {
        java.lang.invoke.VarHandle.fullFence();
        pins.take(pinned);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (stamps[i] <= reusable && !pinned.contains(slots[i])) {
                recycler.recycle(slots[i], runs[i], offsets[i], lengths[i]);
            } else {
                slots[kept] = slots[i];
                runs[kept] = runs[i];
                offsets[kept] = offsets[i];
                lengths[kept] = lengths[i];
                stamps[kept++] = stamps[i];
            }
        }
        count = kept;
        due = kept + BATCH;
    }
}
