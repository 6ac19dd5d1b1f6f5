package io.regionstore.bench.subject;

/**
 * One thread's way to a subject. Each method is one operation, as it is timed: the key is made from its number, the
 * value's first 8 bytes are set, and whatever buffers are needed were made before. Not thread-safe.
 */
public interface Session extends AutoCloseable {
    /**
     * Writes a value.
     *
     * @param key   number of the key
     * @param stamp the value's first 8 bytes
     */
    void put(long key, long stamp);

    /**
     * Copies a value out.
     *
     * @param key number of the key
     * @return the value's stamp, or -1 when there is no such key
     */
    default long getCopy(long key) {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads every byte of a value where it is.
     *
     * @param key number of the key
     * @return something that depends on all the bytes, or -1 when there is no such key
     */
    default long getView(long key) {
        throw new UnsupportedOperationException();
    }

    /**
     * As {@link #getView}, and compares the value with its checksum.
     *
     * @param key number of the key
     * @return something that depends on the bytes, or -1 when there is no such key
     */
    default long getVerified(long key) {
        throw new UnsupportedOperationException();
    }

    /**
     * Removes a key.
     *
     * @param key number of the key
     * @return whether it was there
     */
    default boolean delete(long key) {
        throw new UnsupportedOperationException();
    }

    /** Makes what was written visible to other sessions, for subjects that gather operations into transactions. */
    default void flush() {
    }

    @Override
    default void close() {
        flush();
    }
}
