package io.regionstore.table;

import io.regionstore.RegionStoreException;
import io.regionstore.memory.CallerMemory;
import io.regionstore.memory.LateFaults;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A writer's own copy of a key of bytes. The caller's bytes are loaded once, so hash, slot and lookup agree on the key
 * even if the caller changes its bytes meanwhile; which of these bytes the copy has is then any mix of old and new ones.
 * Not thread-safe; a lane reuses one.
 */
public final class KeyCopy {
    /** From there, so that the class is initialized when a store is opened, and not by a write. */
    private static final ValueLayout.OfLong LONG = KeyHash.LONG;

    /** As much as a run has room for, which is a bit more than the longest key. */
    private final long[] words = new long[(SlotDescriptor.MAX_RUN - 1) * SlotDescriptor.CONTINUATION_BYTES / Long.BYTES];
    private int length;

    /** Makes an empty one. */
    public KeyCopy() {
    }

    /**
     * Copies a key, and hashes the copy.
     *
     * @param key  1 to 1,024 bytes, in any kind of segment
     * @param seed the store's seed
     * @return its hash
     * @throws io.regionstore.RegionStoreException INVALID_ARGUMENT when the key cannot be read
     */
    public long take(MemorySegment key, long seed) {
        try {
            long hash = copy(key, seed);
            LateFaults.raise();
            return hash;
        } catch (RuntimeException | InternalError e) {
            RegionStoreException unreadable = CallerMemory.unreadable("key", key, e);
            if (unreadable != null) {
                throw unreadable;
            }
            throw e;
        }
    }

    private long copy(MemorySegment key, long seed) {
        length = (int) key.byteSize();
        int whole = length / Long.BYTES;
        long hash = KeyHash.begin(length, seed);
        for (int i = 0; i < whole; i++) {
            long word = key.get(LONG, i * 8L);
            words[i] = word;
            hash = KeyHash.add(hash, word);
        }
        if (whole * Long.BYTES < length) {
            long word = KeyHash.partialWord(key, whole * 8L, length);
            words[whole] = word;
            hash = KeyHash.add(hash, word);
        }
        return KeyHash.end(hash);
    }

    /** @return bytes of the key that was copied last */
    public int length() {
        return length;
    }

    /** 8 bytes of the key, zeros past its end. */
    long word(int index) {
        return index * Long.BYTES < length ? words[index] : 0;
    }
}
