package io.regionstore.engine;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Slots and extents that were superseded or deleted and wait until that is durable and their readers are gone. Belongs
 * to a lane; grows only by what readers keep pinned. Readers are asked for once in a while, for all that wait; what none
 * of them pins is then given back little by little, so that no write pays for many others.
 */
final class RetiredRecords {
    /** Takes back what is free again. */
    interface Recycler {
        /** Loads what {@link #recycle} will need. Several of these wait for memory at the same time. */
        void prefetch(long offset, long length);

        void recycle(long slot, int runLength, long offset, long length);
    }

    /** So many wait before readers are asked for. */
    private static final int BATCH = 32;
    /** Given back by each write; more than one, since each retires one. */
    private static final int STEP = 2;

    private final Pins.Snapshot pinned = new Pins.Snapshot();
    private final Queue waiting = new Queue();
    /** No reader has these any more. */
    private final Queue ready = new Queue();
    private int due = BATCH;

    /** Columns. */
    private static final class Queue {
        private long[] slots = new long[2 * BATCH];
        private int[] runs = new int[2 * BATCH];
        private long[] offsets = new long[2 * BATCH];
        private long[] lengths = new long[2 * BATCH];
        private long[] stamps = new long[2 * BATCH];
        private int count;

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

        void move(int i, Queue to) {
            to.add(slots[i], runs[i], offsets[i], lengths[i], stamps[i]);
        }
    }

    void add(long slot, int runLength, long offset, long length, long stamp) {
        waiting.add(slot, runLength, offset, length, stamp);
    }

    boolean isDue() {
        return ready.count > 0 || waiting.count >= due;
    }

    /**
     * Gives back a few of those that may be used again.
     *
     * @param reusable what has a stamp up to this is durably retired
     * @param pins     readers
     * @param recycler takes it
     */
    void recycleSome(long reusable, Pins pins, Recycler recycler) {
        if (ready.count == 0) {
            findReady(reusable, pins, recycler);
        }
        recycle(STEP, recycler);
    }

    /** As {@link #recycleSome}, but all of them. */
    void recycleAll(long reusable, Pins pins, Recycler recycler) {
        findReady(reusable, pins, recycler);
        recycle(ready.count, recycler);
    }

    private void findReady(long reusable, Pins pins, Recycler recycler) {
        VarHandle.fullFence();
        pins.take(pinned);
        int all = waiting.count;
        waiting.count = 0;
        for (int i = 0; i < all; i++) {
            if (waiting.stamps[i] <= reusable && !pinned.contains(waiting.slots[i])) {
                recycler.prefetch(waiting.offsets[i], waiting.lengths[i]);
                waiting.move(i, ready);
            } else {
                waiting.move(i, waiting);
            }
        }
        due = waiting.count + BATCH;
    }

    private void recycle(int most, Recycler recycler) {
        for (int left = Math.min(most, ready.count); left > 0; left--) {
            int i = --ready.count;
            recycler.recycle(ready.slots[i], ready.runs[i], ready.offsets[i], ready.lengths[i]);
        }
    }
}
