package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.index.ExtentHint;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.Memory;
import io.regionstore.memory.Prefetch;
import io.regionstore.record.PayloadCopier;
import io.regionstore.recovery.SlotSet;
import io.regionstore.table.KeyHash;
import io.regionstore.table.SlotTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Reads that take no lock and no pin. A slot's tail is loaded first; if it is still the same after the slot's words, or
 * the payload, were read, they belong together: no extent is written again before its slot's tail was changed. A read
 * that lost this race starts again.
 */
final class RecordReader {
    private final SlotTable table;
    private final RecordIndex index;
    private final Memory region;
    private final SlotSet unverified;
    private final long seed;
    private final ExtentHint hint;
    private final long lastWord;

    RecordReader(SlotTable table, RecordIndex index, Memory region, SlotSet unverified, long seed) {
        this.table = table;
        this.index = index;
        this.region = region;
        this.unverified = unverified;
        this.seed = seed;
        hint = new ExtentHint(region.size());
        lastWord = (region.size() & -Long.BYTES) - Long.BYTES;
    }

    /**
     * Loads the first word of a key's payload, if it is where the index says, ahead of the slot that really knows: so the
     * two are waited for at the same time.
     *
     * @throws InternalError when the memory there cannot be read, or some time later: see {@link #copy}
     */
    void prefetchPayload(long hash) {
        int found = index.hint(hash);
        long offset = hint.offset(found);
        if (found >= 0 && offset <= lastWord) {
            Prefetch.keep(region.getLong(offset));
        }
    }

    long hash(long key) {
        return KeyHash.of(key, seed);
    }

    long hash(MemorySegment key) {
        return KeyHash.of(key, seed);
    }

    /**
     * A copy that nobody changes, for a lookup that ended with {@link RecordIndex#SAME_HASH}. The first lookup of a key of
     * bytes needs none: what it finds has the bytes that were hashed, and so it does when it finds no slot of their hash.
     */
    static MemorySegment copyOf(MemorySegment key) {
        return MemorySegment.ofArray(key.toArray(ValueLayout.JAVA_BYTE));
    }

    /**
     * The slot of a key, which was live in between; {@link RecordIndex#NONE} when the key has no record, or
     * {@link RecordIndex#SAME_HASH}.
     */
    long findLive(long longKey, MemorySegment key, long hash) {
        while (true) {
            long slot = find(longKey, key, hash);
            if (slot < 0 || isHead(table.tail(slot))) {
                return slot;
            }
            // retired: it was replaced, and the index leads to its successor by now, or it is being deleted; unless the
            // key came back to this very slot meanwhile and was replaced again, which the stripe's versions tell
            long versions = index.lastVersion(hash);
            if (find(longKey, key, hash) == slot && !isHead(table.tail(slot)) && index.lastVersion(hash) == versions) {
                return RecordIndex.NONE;
            }
        }
    }

    boolean hasKey(long slot, long longKey, MemorySegment key, long hash) {
        return key == null ? table.hasKey(slot, longKey) : table.hasKey(slot, key, hash);
    }

    SlotTable table() {
        return table;
    }

    Memory region() {
        return region;
    }

    private long find(long longKey, MemorySegment key, long hash) {
        return key == null ? index.find(longKey, hash) : index.find(key, hash);
    }

    /** What was a head may be in the middle of another record's run by now, whose tails are not 0. */
    private static boolean isHead(long tail) {
        return (tail & 1) != 0;
    }

    private boolean unchanged(long slot, long tail) {
        VarHandle.acquireFence();
        return table.tail(slot) == tail;
    }

    long version(long key) {
        return version(key, null, hash(key));
    }

    long version(MemorySegment key) {
        long version = version(0, key, hash(key));
        if (version == RecordIndex.SAME_HASH) {
            MemorySegment copied = copyOf(key);
            version = version(0, copied, hash(copied));
        }
        return Math.max(version, RegionStore.ABSENT);
    }

    private long version(long longKey, MemorySegment key, long hash) {
        while (true) {
            long slot = findLive(longKey, key, hash);
            if (slot < 0) {
                return slot;
            }
            long tail = table.tail(slot);
            boolean same = hasKey(slot, longKey, key, hash);
            long version = table.version(slot);
            if (isHead(tail) && same && unchanged(slot, tail)) {
                return version;
            }
        }
    }

    long copy(long key, MemorySegment destination, long destinationOffset) {
        return copy(key, null, hash(key), destination, destinationOffset);
    }

    long copy(MemorySegment key, MemorySegment destination, long destinationOffset) {
        long length = copy(0, key, hash(key), destination, destinationOffset);
        if (length == RecordIndex.SAME_HASH) {
            MemorySegment copied = copyOf(key);
            length = copy(0, copied, hash(copied), destination, destinationOffset);
        }
        return Math.max(length, RegionStore.ABSENT);
    }

    private long copy(long longKey, MemorySegment key, long hash, MemorySegment destination, long destinationOffset) {
        try {
            prefetchPayload(hash);
            return copyNow(longKey, key, hash, destination, destinationOffset);
        } catch (InternalError e) { // the memory is bad, here or where the hint was wrong
            return copyNow(longKey, key, hash, destination, destinationOffset);
        }
    }

    private long copyNow(long longKey, MemorySegment key, long hash, MemorySegment destination, long destinationOffset) {
        while (true) {
            long slot = findLive(longKey, key, hash);
            if (slot < 0) {
                return slot;
            }
            long tail = table.tail(slot);
            boolean same = hasKey(slot, longKey, key, hash);
            long offset = table.offset(slot);
            long length = table.length(slot);
            if (!isHead(tail) || !same || !unchanged(slot, tail)) {
                continue;
            }
            if (length > destination.byteSize() - destinationOffset) {
                throw new RegionStoreException(ErrorCode.DESTINATION_TOO_SMALL, "destination: expected room for "
                        + length + " bytes, found " + (destination.byteSize() - destinationOffset));
            }
            boolean check = unverified != null && unverified.contains(slot);
            if (length > 0) {
                try {
                    region.copyOut(offset, destination, destinationOffset, length);
                } catch (InternalError e) {
                    throw unreadable(slot, offset, length, e);
                }
            }
            if (unchanged(slot, tail)) {
                if (check) {
                    verifyFirst(slot, tail, offset, length);
                }
                return length;
            }
        }
    }

    /** Verifies a payload whose check opening deferred; the slot must be pinned, or a change is found afterwards. */
    void verifyFirst(long slot, long tail, long offset, long length) {
        if (unverified == null || !unverified.contains(slot)) {
            return;
        }
        int found = checksum(new PayloadCopier(), slot, offset, length);
        if (!unchanged(slot, tail)) {
            return; // replaced meanwhile, by bytes that are right
        }
        requireChecksum(slot, SlotTable.payloadChecksum(tail), found, offset, length);
        unverified.remove(slot);
    }

    int checksum(PayloadCopier copier, long slot, long offset, long length) {
        try {
            return copier.checksum(region, offset, length);
        } catch (InternalError e) {
            throw unreadable(slot, offset, length, e);
        }
    }

    /** HotSpot makes an InternalError of a load that the memory does not answer. */
    private RegionStoreException unreadable(long slot, long offset, long length, InternalError cause) {
        return new RegionStoreException(ErrorCode.CONTENTS_DAMAGED, String.format("the record %s at offset %d, %d bytes:"
                + " expected memory that can be read, found a memory error, or a file that was cut short; close the store,"
                + " and open it with DamagePolicy.DROP to serve the others", KeyText.of(table, slot), offset, length),
                cause);
    }

    void requireChecksum(long slot, int expected, int found, long offset, long length) {
        if (found != expected) {
            throw new RegionStoreException(ErrorCode.CONTENTS_DAMAGED, String.format("the record %s at offset %d, %d"
                    + " bytes: expected checksum 0x%08x, found 0x%08x; the region was changed from outside, or lost",
                    KeyText.of(table, slot), offset, length, expected, found));
        }
    }
}
