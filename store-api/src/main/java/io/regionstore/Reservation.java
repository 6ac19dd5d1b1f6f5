package io.regionstore;

import java.lang.foreign.MemorySegment;

/**
 * An extent set aside to be filled in place: the write without a copy. Not thread-safe. Until it is committed it is
 * volatile: a crash frees it.
 */
public interface Reservation extends AutoCloseable {
    /** @return the extent, writable, of the length asked for; its bytes are undefined until written */
    MemorySegment segment();

    /** @return bytes from the start of the region to the extent */
    long offset();

    /** @return bytes */
    long length();

    /**
     * Makes the bytes a record. They must not be written any more: neither during this call nor after it.
     *
     * @param key the key
     * @return the record's version
     */
    long commit(long key);

    /**
     * As {@link #commit(long)}, for a key of bytes.
     *
     * @param key 1 to {@value RegionStore#MAX_KEY_LENGTH} bytes
     * @return the record's version
     */
    long commit(MemorySegment key);

    /** Gives the extent back. Does nothing after a commit. */
    void abandon();

    /** Abandons the extent unless it was committed. Idempotent. */
    @Override
    default void close() {
        abandon();
    }
}
