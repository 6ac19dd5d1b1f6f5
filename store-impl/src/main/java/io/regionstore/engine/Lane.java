package io.regionstore.engine;

import io.regionstore.record.PayloadCopier;
import io.regionstore.table.KeyCopy;
import io.regionstore.table.SlotImage;
import java.util.Arrays;

/** What one writer at a time works with: scratch space, slots and extents at hand, counters. Held while a write runs. */
final class Lane extends LaneLock {
    final int id;
    final PayloadCopier copier = new PayloadCopier();
    final SlotImage image;
    final KeyCopy key = new KeyCopy();
    final RetiredRecords retired = new RetiredRecords();
    /** Slots announced as next, by the log2 of their run; {@link InPlaceCommit} only. */
    final long[] readySlots = new long[7];
    /** The slot it retired last, if no fence came since; {@link InPlaceCommit} only. */
    long unflushed = NO_SLOT;
    /** Fences this lane has done; {@link InPlaceCommit} only. */
    long fences;
    /** Of this lane's last append; {@link LoggedCommit} only. */
    long lastLsn;
    /**
     * Whether the holder has begun something that must be ended or undone: a change of the allocators, of a stripe of the
     * index, of the media. What throws then lets the store fail. Stored without a call, like the lock.
     */
    boolean changing;

    // written by the holder, published when the lane is released; read by whoever counts, who may be a moment behind
    long payloadBytes;
    long paddingBytes;

    Lane(int id, long seed) {
        this.id = id;
        image = new SlotImage(seed);
        Arrays.fill(readySlots, NO_SLOT);
    }

    /** No slot is held ready. */
    static final long NO_SLOT = -1;

    void count(long length, int sign) {
        payloadBytes += sign * length;
        paddingBytes += sign * (-length & 7);
    }
}
