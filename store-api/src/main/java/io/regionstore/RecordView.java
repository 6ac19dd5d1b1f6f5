package io.regionstore;

import java.lang.foreign.MemorySegment;

/**
 * A record in place, without a copy. While a view shows a record, the record's extent is pinned: it keeps its bytes
 * even if the record is replaced or deleted. A view is reused for many reads and is not thread-safe; different views
 * are independent.
 *
 * <p>A view that is left pinned costs its one extent, and nothing else waits for it. Segments taken from a view must not
 * be used after {@link #release()}: they then show whatever the store puts there next. After the store is closed they
 * throw {@link IllegalStateException}.
 *
 * <p>Keep the view as long as its segments are used: they do not. A view that is dropped without close keeps its pin until
 * the garbage collector has found it; then the pin comes down, and the store's health tells of the leak.
 */
public interface RecordView extends AutoCloseable {
    /** @return whether a record is shown */
    boolean isPresent();

    /** @return bytes of payload */
    long length();

    /** @return the record's version */
    long version();

    /** @return the payload's CRC32C as it was written */
    int checksum();

    /** @return whether the key is a {@code long} */
    boolean hasLongKey();

    /** @return the key of a record whose key is a {@code long} */
    long longKey();

    /** @return the key's bytes, copied; 8 little-endian bytes for a {@code long} */
    byte[] keyBytes();

    /** @return the payload, read-only, {@link #length()} bytes long */
    MemorySegment segment();

    /** @return the whole region, read-only; the payload starts at {@link #offset()}. Allocates nothing. */
    MemorySegment region();

    /** @return bytes from the start of the region to the payload */
    long offset();

    /**
     * Compares the payload with its checksum.
     *
     * @throws RegionStoreException CONTENTS_DAMAGED when they differ
     */
    void verify();

    /** Unpins the record. The view is then empty and can be used again. */
    void release();

    /** Unpins the record and gives the view up. Idempotent. */
    @Override
    void close();
}
