package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.index.ExtentHint;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.CallerMemory;
import io.regionstore.memory.LateFaults;
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
    /** Copies of a record that can be read, none of which succeeded, after which the destination is to blame. */
    private static final int COPIES = 3;

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
     * @throws InternalError when the memory there cannot be read, or some time later: see {@link LateFaults}
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
        try {
            return KeyHash.of(key, seed);
        } catch (RuntimeException | InternalError e) {
            RegionStoreException unreadable = CallerMemory.unreadable("key", key, e);
            if (unreadable != null) {
                throw unreadable;
            }
            throw e;
        }
    }

    /** The hash of the key in a slot that is pinned. */
    long keyHash(long pinned) {
        return table.keyHash(pinned, seed);
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
        try {
            return versionNow(longKey, key, hash);
        } catch (InternalError e) {
            throw blameLookup(key, e);
        }
    }

    private long versionNow(long longKey, MemorySegment key, long hash) {
        while (true) {
            long slot = findLive(longKey, key, hash);
            if (slot < 0) {
                LateFaults.raise();
                return slot;
            }
            long tail = table.tail(slot);
            boolean same = hasKey(slot, longKey, key, hash);
            long version = table.version(slot);
            if (isHead(tail) && same && unchanged(slot, tail)) {
                LateFaults.raise();
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
        } catch (InternalError e) {
            return copyAgain(longKey, key, hash, destination, destinationOffset);
        }
    }

    /**
     * Copies without a hint, which may have been what led to bad memory. When that fails too, looks where: in the key, the
     * metadata, the payload or, if all of them can be read, the destination. A copy that lost a race may have met memory
     * which is no longer the record's, so what is found to be good is copied once more.
     */
    private long copyAgain(long longKey, MemorySegment key, long hash, MemorySegment destination, long destinationOffset) {
        for (int attempt = 0; ; attempt++) {
            try {
                return copyNow(longKey, key, hash, destination, destinationOffset);
            } catch (InternalError e) {
                requireReadable(longKey, key, hash, e);
                if (attempt == COPIES) {
                    throw CallerMemory.unanswering("destination", e);
                }
            }
        }
    }

    private long copyNow(long longKey, MemorySegment key, long hash, MemorySegment destination, long destinationOffset) {
        while (true) {
            long slot = findLive(longKey, key, hash);
            if (slot < 0) {
                LateFaults.raise();
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
                LateFaults.raise();
                throw new RegionStoreException(ErrorCode.DESTINATION_TOO_SMALL, "destination: expected room for "
                        + length + " bytes, found " + (destination.byteSize() - destinationOffset));
            }
            boolean check = isUnverified(slot);
            if (length > 0) {
                region.copyOut(offset, destination, destinationOffset, length);
            }
            if (unchanged(slot, tail)) {
                LateFaults.raise();
                if (!check || isIntact(longKey, key, slot, tail, offset, length)) {
                    return length;
                }
            }
        }
    }

    /**
     * Compares the payload that was copied, whose check opening deferred.
     *
     * @return false when the record was replaced meanwhile, so that what was copied was perhaps compared with another's
     *     bytes
     * @throws RegionStoreException CONTENTS_DAMAGED
     */
    private boolean isIntact(long longKey, MemorySegment key, long slot, long tail, long offset, long length) {
        int found = new PayloadCopier().checksum(region, offset, length);
        if (!unchanged(slot, tail)) {
            return false;
        }
        if (found != SlotTable.payloadChecksum(tail)) {
            throw damaged(KeyText.of(longKey, key), offset, length, SlotTable.payloadChecksum(tail), found);
        }
        unverified.remove(slot);
        return true;
    }

    private boolean isUnverified(long slot) {
        return unverified != null && unverified.contains(slot);
    }

    /**
     * Compares a payload whose check opening deferred, if it did so. The slot is pinned, so the payload is what the tail says
     * also if the record was replaced meanwhile.
     *
     * @throws RegionStoreException CONTENTS_DAMAGED
     */
    void verifyFirst(long pinned, long tail, long offset, long length) {
        if (isUnverified(pinned)) {
            verify(new PayloadCopier(), pinned, tail, offset, length);
            unverified.remove(pinned);
        }
    }

    /**
     * Compares the payload of a pinned slot with the checksum in its tail.
     *
     * @throws RegionStoreException CONTENTS_DAMAGED
     */
    void verify(PayloadCopier copier, long pinned, long tail, long offset, long length) {
        int found;
        try {
            found = copier.checksum(region, offset, length);
        } catch (InternalError e) {
            throw unreadable(KeyText.of(table, pinned), offset, length, e);
        }
        if (found != SlotTable.payloadChecksum(tail)) {
            throw damaged(KeyText.of(table, pinned), offset, length, SlotTable.payloadChecksum(tail), found);
        }
    }

    /**
     * Says whose memory did not answer in a lookup, which loads the key and the metadata.
     *
     * @param key of bytes, or null
     */
    RegionStoreException blameLookup(MemorySegment key, InternalError fault) {
        RegionStoreException blamed = key == null ? null : CallerMemory.unreadable("key", key, fault);
        return blamed != null ? blamed : table.memory().explain(fault);
    }

    /** Throws what is wrong with a key, its slot or its payload, if one of them cannot be read. */
    private void requireReadable(long longKey, MemorySegment key, long hash, InternalError fault) {
        long slot;
        long tail;
        long offset;
        long length;
        try {
            slot = findLive(longKey, key, hash);
            tail = table.tail(Math.max(slot, 0));
            offset = table.offset(Math.max(slot, 0));
            length = table.length(Math.max(slot, 0));
            LateFaults.raise();
        } catch (InternalError e) {
            throw blameLookup(key, e);
        }
        if (slot >= 0 && unchanged(slot, tail) && length > 0 && !answers(offset, length) && unchanged(slot, tail)) {
            throw unreadable(KeyText.of(longKey, key), offset, length, fault);
        }
    }

    private boolean answers(long offset, long length) {
        try {
            if (!region.isReadable(offset, length)) {
                return false;
            }
            new PayloadCopier().checksum(region, offset, length);
            return true;
        } catch (InternalError e) {
            return false;
        }
    }

    private static RegionStoreException unreadable(String key, long offset, long length, InternalError cause) {
        return new RegionStoreException(ErrorCode.CONTENTS_DAMAGED, String.format("the record %s at offset %d, %d bytes:"
                + " expected memory that can be read, found a memory error, or a file that was cut short; close the store,"
                + " and open it with DamagePolicy.DROP to serve the others", key, offset, length), cause);
    }

    private static RegionStoreException damaged(String key, long offset, long length, int expected, int found) {
        return new RegionStoreException(ErrorCode.CONTENTS_DAMAGED, String.format("the record %s at offset %d, %d"
                + " bytes: expected checksum 0x%08x, found 0x%08x; the region was changed from outside, or lost",
                key, offset, length, expected, found));
    }
}
