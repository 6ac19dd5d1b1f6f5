package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.index.ExtentHint;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.Memory;
import io.regionstore.recovery.SlotSet;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.KeyCopy;
import io.regionstore.table.KeyHash;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotDescriptor;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;

/**
 * Puts and deletes. The path of a put: claim a lane, copy the key, reserve an extent, copy the payload and compute its
 * checksum, take a slot; then, under the lock of the key's stripe: look up, seal, commit, point the index at the new slot, retire the
 * old one. Nothing is allocated on the heap.
 *
 * <p><b>Errors.</b> A thread may run out of heap or stack at any call. While a write changes what all share,
 * {@link Lane#changing} is set; what is thrown then makes the store take no more writes, since nobody knows how far it came,
 * and what may have been committed is never given back. What is thrown at other times changed nothing. The handlers that
 * see to it make no call, which would fail as well: they store to fields.
 */
final class RecordWriter {
    /** Expected version of an unconditional write. */
    static final long ANY_VERSION = Long.MIN_VALUE;

    private static final long REGION_FULL = -2;
    private static final long METADATA_FULL = -3;
    private static final int RECLAIMS = 8;
    /** Failed attempts to lock a stripe after which a thread looks whether it will ever be unlocked. */
    private static final int LOOKS_AT_FAILURE_FROM = 64;
    /** Versions that a header update allows ahead, for each stripe. */
    private static final long CEILING_STEP = 1L << 20;

    private final Lanes lanes;
    private final Memory region;
    private final SlotTable table;
    private final SlotAllocator slots;
    private final RecordIndex index;
    private final ExtentHint hint;
    private final ExtentAllocator extents;
    private final CommitProtocol commits;
    private final SlotSet unverified;
    private final Pins pins;
    private final long seed;
    private final long alignment;
    private final Medium regionMedium;
    private final RetiredRecords.Recycler[] recyclers;
    private final Object reclaimLock = new Object();
    private StoreHeader header;
    private volatile long ceiling;
    private final Health health;

    RecordWriter(StoreParts parts, Pins pins) {
        lanes = parts.lanes();
        region = parts.region();
        table = parts.table();
        slots = parts.slots();
        index = parts.index();
        hint = new ExtentHint(region.size());
        extents = parts.extents();
        commits = parts.commits();
        unverified = parts.unverified();
        this.pins = pins;
        alignment = parts.config().alignment();
        regionMedium = parts.config().region();
        health = parts.health();
        header = parts.header();
        seed = header.seed();
        ceiling = header.versionCeiling();
        recyclers = new RetiredRecords.Recycler[lanes.all().length];
        for (int i = 0; i < recyclers.length; i++) {
            recyclers[i] = new LaneRecycler(i);
        }
    }

    /** Gives slots and extents back to the allocators, through one lane. */
    private final class LaneRecycler implements RetiredRecords.Recycler {
        private final int lane;

        LaneRecycler(int lane) {
            this.lane = lane;
        }

        @Override
        public void prefetch(long offset, long length) {
            if (length > 0) {
                extents.prefetch(offset);
            }
        }

        @Override
        public void recycle(long slot, int runLength, long offset, long length) {
            slots.free(lane, slot, runLength);
            if (length > 0) {
                extents.free(lane, offset, length);
            }
        }
    }

    synchronized StoreHeader header() {
        return header;
    }

    /** @param key of bytes, or null for a long one; loaded once for each attempt, and an attempt that failed wrote nothing */
    long put(long longKey, MemorySegment key, long expected, MemorySegment payload) {
        requireFits(payload.byteSize());
        for (int attempt = 0; ; attempt++) {
            long result = tryPut(longKey, key, expected, payload);
            if (result > REGION_FULL) {
                return result;
            }
            reclaimOrThrow(attempt, result, payload.byteSize(), alignment);
        }
    }

    /**
     * Another lane may take what was reclaimed before this one comes back: lanes keep nothing at hand for a while, and it is
     * tried again while there is enough in all. That is counted after reclaiming, since what lanes have retired counts as
     * used until then.
     */
    private void reclaimOrThrow(int attempt, long what, long length, long extentAlignment) {
        slots.noteScarcity();
        reclaim();
        boolean enough = what == METADATA_FULL ? slots.usedSlots() < slots.limit() : extents.freeBytes() >= length;
        if (attempt == RECLAIMS || attempt > 0 && !enough) {
            throw full(what, length, extentAlignment);
        }
    }

    private long tryPut(long longKey, MemorySegment key, long expected, MemorySegment payload) {
        Lane lane = lanes.claim();
        try {
            requireWritable();
            KeyCopy copied = key == null ? null : lane.key;
            long hash = key == null ? KeyHash.of(longKey, seed) : copied.take(key, seed);
            long offset = allocate(lane, payload.byteSize(), alignment);
            long result = offset == ExtentAllocator.NONE ? REGION_FULL
                    : put(lane, longKey, copied, hash, expected, payload, offset);
            lanes.release(lane);
            return result;
        } catch (Throwable e) {
            if (lane.changing) {
                health.failure = e;
            }
            lane.lock = LaneLock.FREE;
            throw e;
        }
    }

    /** @return offset of an extent; 0 for a length of 0; or {@link ExtentAllocator#NONE} */
    private long allocate(Lane lane, long length, long extentAlignment) {
        if (length == 0) {
            return 0;
        }
        lane.changing = true;
        long offset = extents.allocate(lane.id, length, extentAlignment);
        lane.changing = offset != ExtentAllocator.NONE; // until the extent has an owner
        return offset;
    }

    /** Stores a payload in an extent and commits it; gives the extent back when it is certain that the commit was not begun. */
    private long put(Lane lane, long longKey, KeyCopy key, long hash, long expected, MemorySegment payload, long offset) {
        long length = payload.byteSize();
        long version = RegionStore.ABSENT;
        try {
            lane.changing = false;
            index.prefetch(hash);
            region.provide(offset, length);
            int checksum = lane.copier.store(payload, region, offset);
            version = commit(lane, longKey, key, hash, expected, offset, length, checksum);
        } catch (InternalError e) { // what HotSpot makes of a store that the memory does not answer
            if (lane.changing) {
                throw e;
            }
            throw region.explain(e);
        } finally {
            // refused, or the caller's segment was closed or not this thread's
            if (version < 0 && length > 0 && !lane.changing) {
                lane.changing = true;
                extents.free(lane.id, offset, length);
                lane.changing = false;
            }
        }
        return version;
    }

    /**
     * Commits a stored payload. Where a medium fails, slot and extent stay set aside, since the commit may be durable or
     * not, and the store takes no more writes: what it acknowledged must not be undone by what it could not.
     *
     * <p>It stays one method of more than 325 bytes of code: HotSpot then compiles it by itself. Cut into smaller ones, it
     * was compiled into its callers, ran out of their inlining budget, and puts took 100 ns longer.
     *
     * @return the version, or ABSENT when the version is not the expected one, or METADATA_FULL; the extent is then still
     *         the caller's
     */
    private long commit(Lane lane, long longKey, KeyCopy key, long hash, long expected, long offset, long length,
                        int checksum) {
        if (key == null) {
            lane.image.longKey(longKey, length);
        } else {
            lane.image.bytesKey(key, hash);
        }
        int runLength = lane.image.runLength();
        lane.retired.makeRoom(pins);
        lane.changing = true;
        long slot = commits.takeSlot(lane, runLength);
        if (slot == CommitProtocol.NO_SLOT) {
            lane.changing = false;
            return METADATA_FULL;
        }
        long stripe = index.stripe(hash);
        long version = RegionStore.ABSENT;
        boolean begun = false;
        lock(stripe);
        try {
            requireWritable(); // what a failed write left of the stripe is not to be built upon
            long old = find(longKey, key, hash);
            if (expected == ANY_VERSION || expected == (old == RecordIndex.NONE ? RegionStore.ABSENT
                    : table.version(old))) {
                begun = true;
                version = index.nextVersion(stripe);
                if (version > ceiling) {
                    raiseCeiling(version);
                }
                lane.image.seal(slot, version, offset, length, checksum);
                if (unverified != null) {
                    unverified.remove(slot);
                }
                commits.publish(lane, stripe, slot, offset, length, old);
                index.set(stripe, hash, old, slot, hint.of(offset));
                if (old != RecordIndex.NONE) {
                    retire(lane, old);
                    commits.retire(lane, stripe, old);
                }
            }
        } catch (Throwable e) {
            if (begun) {
                health.failure = e; // whether the commit is durable is in doubt; said before others get the stripe
            }
            throw e;
        } finally {
            index.unlock(stripe);
            if (!begun) {
                commits.untakeSlot(lane, slot, runLength);
                lane.changing = false;
            }
        }
        if (begun) {
            tidyUp(lane, length);
        }
        return version;
    }

    /**
     * What is left to do after a commit or a delete, whose caller is told that it went through, whatever happens here. An
     * Error here leaves what the lane and the allocators count undone: no more writes, then.
     */
    private void tidyUp(Lane lane, long stored) {
        try {
            lane.count(stored, 1);
            recycleIfDue(lane);
        } catch (Throwable e) {
            health.failure = e;
        }
    }

    /** A holder that an Error left without the means to unlock has let the store fail before. */
    private void lock(long stripe) {
        for (int attempt = 0; !index.tryLock(stripe); attempt++) {
            if (attempt > LOOKS_AT_FAILURE_FROM) {
                requireWritable();
            }
            RecordIndex.Backoff.pause(attempt);
        }
    }

    /** Queues what a slot holds, while its words are still there. */
    private void retire(Lane lane, long slot) {
        long length = table.length(slot);
        lane.count(length, -1);
        lane.retired.add(slot, table.runLength(slot), table.offset(slot), length, commits.stamp(lane));
    }

    private void recycleIfDue(Lane lane) {
        if (slots.isScarce()) {
            lane.retired.recycleAll(commits.reusable(lane), pins, recyclers[lane.id]);
        } else if (lane.retired.isDue()) {
            lane.retired.recycleSome(commits.reusable(lane), pins, recyclers[lane.id]);
        }
    }

    private long find(long longKey, KeyCopy key, long hash) {
        return key == null ? index.find(longKey, hash) : index.find(key, hash);
    }

    /** @param key of bytes, or null for a long one; loaded once */
    boolean delete(long longKey, MemorySegment key, long expected) {
        Lane lane = lanes.claim();
        try {
            requireWritable();
            KeyCopy copied = key == null ? null : lane.key;
            long hash = key == null ? KeyHash.of(longKey, seed) : copied.take(key, seed);
            boolean deleted = delete(lane, longKey, copied, hash, expected);
            lanes.release(lane);
            return deleted;
        } catch (Throwable e) {
            if (lane.changing) {
                health.failure = e;
            }
            lane.lock = LaneLock.FREE;
            throw e;
        }
    }

    private boolean delete(Lane lane, long longKey, KeyCopy key, long hash, long expected) {
        lane.retired.makeRoom(pins);
        long stripe = index.stripe(hash);
        boolean begun = false;
        lane.changing = true;
        lock(stripe);
        try {
            requireWritable();
            long slot = find(longKey, key, hash);
            if (slot != RecordIndex.NONE && (expected == ANY_VERSION || expected == table.version(slot))) {
                begun = true;
                commits.delete(lane, stripe, slot);
                retire(lane, slot);
                index.remove(stripe, hash, slot);
            }
        } catch (Throwable e) {
            if (begun) {
                health.failure = e; // before others get the stripe
            }
            throw e;
        } finally {
            index.unlock(stripe);
            lane.changing = begun;
        }
        if (begun) {
            tidyUp(lane, 0);
        }
        return begun;
    }

    /** @return offset of an extent; 0 for a length of 0 */
    long reserve(long length, long extentAlignment) {
        if (length < 0) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "reserve: expected a length of 0 or more, found "
                    + length);
        }
        requireFits(length);
        if (length == 0) {
            lanes.requireOpen();
            return 0;
        }
        for (int attempt = 0; ; attempt++) {
            long offset = tryReserve(length, extentAlignment);
            if (offset != ExtentAllocator.NONE) {
                return offset;
            }
            reclaimOrThrow(attempt, REGION_FULL, length, extentAlignment);
        }
    }

    private long tryReserve(long length, long extentAlignment) {
        Lane lane = lanes.claim();
        try {
            requireWritable(); // what is stored in the extent would be lost, or faults: the region may have been cut
            long offset = allocate(lane, length, extentAlignment);
            if (offset != ExtentAllocator.NONE) {
                provide(lane, offset, length);
            }
            lanes.release(lane);
            return offset;
        } catch (Throwable e) {
            if (lane.changing) {
                health.failure = e;
            }
            lane.lock = LaneLock.FREE;
            throw e;
        }
    }

    /** A user's stores to a reservation must not be the first to find that there is no block. */
    private void provide(Lane lane, long offset, long length) {
        boolean provided = false;
        try {
            region.provide(offset, length);
            provided = true;
        } finally {
            if (!provided) {
                extents.free(lane.id, offset, length);
                lane.changing = false;
            }
        }
    }

    /** Commits an extent that its user filled in place. */
    long commitReserved(long longKey, MemorySegment key, long offset, long length) {
        for (int attempt = 0; ; attempt++) {
            long version = tryCommitReserved(longKey, key, offset, length);
            if (version != METADATA_FULL) {
                return version;
            }
            reclaimOrThrow(attempt, METADATA_FULL, length, RegionStore.GRANULE);
        }
    }

    private long tryCommitReserved(long longKey, MemorySegment key, long offset, long length) {
        Lane lane = lanes.claim();
        try {
            requireWritable();
            KeyCopy copied = key == null ? null : lane.key;
            long hash = key == null ? KeyHash.of(longKey, seed) : copied.take(key, seed);
            region.stored(offset, length);
            int checksum = lane.copier.checksum(region, offset, length);
            long version = commit(lane, longKey, copied, hash, ANY_VERSION, offset, length, checksum);
            lanes.release(lane);
            return version;
        } catch (Throwable e) {
            if (lane.changing) {
                health.failure = e;
            }
            lane.lock = LaneLock.FREE;
            throw e;
        }
    }

    /** Gives an extent back, but for a store that takes no more writes: who knows what its allocators are worth? */
    void abandon(long offset, long length) {
        if (length == 0) {
            return;
        }
        Lane lane = lanes.claim();
        try {
            if (!failed()) {
                lane.changing = true;
                extents.free(lane.id, offset, length);
            }
            lanes.release(lane);
        } catch (Throwable e) {
            if (lane.changing) {
                health.failure = e;
            }
            lane.lock = LaneLock.FREE;
            throw e;
        }
    }

    /** Takes back everything that lanes hold ready or have retired and readers do not pin; nothing from a failed store. */
    void reclaim() {
        synchronized (reclaimLock) {
            for (int i = 0; i < lanes.all().length; i++) {
                lanes.requireOpen();
                Lane lane = lanes.claim(i);
                try {
                    if (!failed()) {
                        reclaim(lane);
                    }
                    lanes.release(lane);
                } catch (Throwable e) {
                    if (lane.changing) {
                        health.failure = e;
                    }
                    lane.lock = LaneLock.FREE;
                    throw e;
                }
            }
        }
    }

    private void reclaim(Lane lane) {
        lane.retired.makeRoom(pins);
        lane.changing = true;
        commits.settle(lane);
        lane.retired.recycleAll(commits.reusable(lane), pins, recyclers[lane.id]);
        extents.drain(lane.id);
        slots.drain(lane.id);
    }

    /** No version above the ceiling is given out before the header that allows it is durable. */
    private synchronized void raiseCeiling(long version) {
        if (version > ceiling) {
            header = header.withCeiling(Math.min(SlotDescriptor.MAX_VERSION, version + CEILING_STEP));
            commits.writeHeader(header);
            ceiling = header.versionCeiling();
        }
    }

    /** Whether a commit failed, so that the media may hold more than this session knows. */
    boolean failed() {
        return health.failed();
    }

    private void requireWritable() {
        Throwable failure = health.failure;
        if (failure instanceof RegionStoreException lost && lost.code() == ErrorCode.MEDIUM_LOST) {
            throw new RegionStoreException(ErrorCode.MEDIUM_LOST, lost.getMessage() + "; until then no more writes are taken,"
                    + " and reads go on where the bytes are", lost);
        }
        if (failure != null) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, commits.resource() + ": an earlier write failed, so no"
                    + " more are taken; reads go on; close the store and open it again", failure);
        }
    }

    private void requireFits(long length) {
        if (length > region.size()) {
            throw new RegionStoreException(ErrorCode.PAYLOAD_TOO_LARGE, regionMedium + ": expected a payload of at most "
                    + region.size() + " bytes, the size of the region, found " + length);
        }
    }

    /** What gives a new store more slots than this one has: the capacity that was asked for, or the medium, is the limit. */
    private String moreSlots() {
        long bytes = header().metadataLength();
        long room = (bytes - HeaderDescriptor.TABLE) / SlotDescriptor.SLOT_LENGTH & -64;
        if (bytes == 0) {
            return "a larger slotCapacity"; // a directory, whose table grew as far as it may
        }
        return room > slots.limit() ? "a slotCapacity of up to " + room + ", for which this medium has room"
                : "a larger metadata medium: this one has room for " + room + " slots";
    }

    private RegionStoreException full(long what, long length, long extentAlignment) {
        if (what == METADATA_FULL) {
            return new RegionStoreException(ErrorCode.METADATA_FULL, commits.resource() + ": expected free slots, side by"
                    + " side for a long key, found " + slots.usedSlots() + " of " + slots.limit() + " in use; delete"
                    + " records, or create a store with " + moreSlots());
        }
        try {
            return new RegionStoreException(ErrorCode.REGION_FULL, regionMedium + ": expected a free extent of " + length
                    + " bytes aligned to " + extentAlignment + ", found " + extents.largestFreeExtent(extentAlignment)
                    + " bytes at most and " + extents.freeBytes()
                    + " free in all; delete records, or release views that pin replaced ones");
        } catch (IllegalStateException e) { // no lane is held: another thread may have closed the store
            lanes.requireOpen();
            throw e;
        }
    }
}
