package io.regionstore.engine;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Slots and extents that were superseded or deleted and wait until that is durable and their readers are gone. Belongs
 * to a lane; grows only by what readers keep pinned. Readers are asked for once in a while, for all that wait; these are
 * then gone through little by little, so that no write pays for many others.
 */
final class RetiredRecords {
    /** Takes back what is free again. */
    interface Recycler {
        /** Begins to load what {@link #recycle} will need soon. */
        void prefetch(long offset, long length);

        void recycle(long slot, int runLength, long offset, long length);
    }

    /** So many wait before readers are asked for. */
    private static final int BATCH = 32;
    /** Gone through with each write; more than one, since each retires one. */
    private static final int STEP = 2;
    /** So far ahead is loaded what will be needed. */
    private static final int AHEAD = 2 * STEP;

    private final Pins.Snapshot pinned = new Pins.Snapshot();
    private Queue waiting = new Queue();
    /** Those that the snapshot of readers was taken for. */
    private Queue asked = new Queue();
    private int due = BATCH;

    /** Columns, of one length. */
    private static final class Queue {
        private long[] slots = new long[2 * BATCH];
        private int[] runs = new int[2 * BATCH];
        private long[] offsets = new long[2 * BATCH];
        private long[] lengths = new long[2 * BATCH];
        private long[] stamps = new long[2 * BATCH];
        private int count;

        /** All columns are replaced, or none. */
        void makeRoom(int entries) {
            if (entries <= slots.length) {
                return;
            }
            int larger = Math.max(entries, slots.length * 2);
            long[] moreSlots = Arrays.copyOf(slots, larger);
            int[] moreRuns = Arrays.copyOf(runs, larger);
            long[] moreOffsets = Arrays.copyOf(offsets, larger);
            long[] moreLengths = Arrays.copyOf(lengths, larger);
            long[] moreStamps = Arrays.copyOf(stamps, larger);
            slots = moreSlots;
            runs = moreRuns;
            offsets = moreOffsets;
            lengths = moreLengths;
            stamps = moreStamps;
        }

        /** There is room. */
        void add(long slot, int runLength, long offset, long length, long stamp) {
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

    /**
     * Sets aside the memory that the next {@link #add} and what follows it may need, so that a commit that was begun needs
     * none. What this throws changed nothing.
     *
     * @param pins readers
     */
    void makeRoom(Pins pins) {
        int all = waiting.count + asked.count + 1;
        waiting.makeRoom(all);
        asked.makeRoom(all); // the two change places, and all may be kept waiting
        pins.makeRoom(pinned);
    }

    /** After {@link #makeRoom}. */
    void add(long slot, int runLength, long offset, long length, long stamp) {
        waiting.add(slot, runLength, offset, length, stamp);
    }

    boolean isDue() {
        return asked.count > 0 || waiting.count >= due;
    }

    /**
     * Goes through a few of those that wait, and gives back what may be used again.
     *
     * @param reusable what has a stamp up to this is durably retired
     * @param pins     readers
     * @param recycler takes it
     */
    void recycleSome(long reusable, Pins pins, Recycler recycler) {
        if (asked.count == 0) {
            askReaders(pins);
        }
        goThrough(Math.min(STEP, asked.count), reusable, recycler);
    }

    /** As {@link #recycleSome}, but all of them. */
    void recycleAll(long reusable, Pins pins, Recycler recycler) {
        goThrough(asked.count, reusable, recycler);
        askReaders(pins);
        goThrough(asked.count, reusable, recycler);
    }

    /** Only a snapshot that is complete is believed: until then those that wait go on waiting. */
    private void askReaders(Pins pins) {
        VarHandle.fullFence();
        if (pins.take(pinned)) {
            Queue empty = asked;
            asked = waiting;
            waiting = empty;
            due = BATCH;
        }
    }

    private void goThrough(int some, long reusable, Recycler recycler) {
        for (int left = some; left > 0; left--) {
            int i = asked.count - 1;
            if (i >= AHEAD) {
                recycler.prefetch(asked.offsets[i - AHEAD], asked.lengths[i - AHEAD]);
            }
            if (asked.stamps[i] <= reusable && !pinned.contains(asked.slots[i])) {
                recycler.recycle(asked.slots[i], asked.runs[i], asked.offsets[i], asked.lengths[i]);
            } else {
                asked.move(i, waiting);
                due++;
            }
            asked.count = i; // last: whatever throws, what waits is known to wait, and nothing is used again
        }
    }
}
