package io.regionstore;

import java.lang.foreign.MemorySegment;

/**
 * An extent set aside to be filled in place: the write without a copy. Not thread-safe. Until it is committed it is
 * volatile: a crash frees it.
 *
 * <p>Its segments die when it is committed, abandoned or closed, or when the store is closed: every access throws
 * {@link IllegalStateException} then, so that no late write changes a record. After a commit that threw and left the
 * reservation open, {@link #segment()} gives a new one over the same bytes.
 *
 * <p>A reservation that is dropped without close keeps its extent until the garbage collector has found that neither it
 * nor a segment of it can be reached; the store's health then tells of the leak.
 */
public interface Reservation extends AutoCloseable {
    /**
     * The extent, for one thread: the one that calls this first. Another one's access throws {@link WrongThreadException}.
     * Only that thread can commit or abandon, as long as it lives; others get INVALID_ARGUMENT.
     *
     * @return the extent, writable, of the length asked for; its bytes are undefined until written
     */
    MemorySegment segment();

    /**
     * The extent, for all threads. To end its use, a commit has to stop all threads of the JVM for a moment, which takes
     * tens of microseconds: ask for it only where several threads fill one extent, or another one commits.
     *
     * @return the extent, writable, of the length asked for; its bytes are undefined until written
     */
    MemorySegment sharedSegment();

    /** @return bytes from the start of the region to the extent */
    long offset();

    /** @return bytes */
    long length();

    /**
     * Makes the bytes a record, and ends the use of every segment first.
     *
     * @param key the key
     * @return the record's version
     * @throws RegionStoreException METADATA_FULL, INVALID_ARGUMENT when a segment is another thread's or a system call
     *                              still uses it: the reservation is then still open
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
