package io.regionstore;

import java.lang.foreign.MemorySegment;

/**
 * Records in a region: a key, a payload, a version. A record changes by copy-on-write, so a crash leaves the old record
 * or the new one, whole. The region holds payload bytes and nothing else.
 *
 * <p>Keys are a {@code long}, or 1 to {@value #MAX_KEY_LENGTH} bytes given as a {@link MemorySegment}; the two kinds
 * never equal one another. Payloads are 0 bytes to the size of the region.
 *
 * <p>All methods are safe for use by many threads. Writers of different keys run in parallel; readers never wait
 * (lock-free: a read is repeated when its record is replaced under it). In steady state put, get, delete and contains
 * allocate nothing on the Java heap. A write returns when it survives the store's {@link FailureDomain}, unless commits
 * are relaxed (see {@link RegionStoreBuilder#relaxedCommits}).
 *
 * <p>After {@link #close()} every method throws {@link RegionStoreException} with {@link ErrorCode#CLOSED}, and segments
 * taken from the store throw {@link IllegalStateException}.
 */
public interface RegionStore extends AutoCloseable {
    /** Longest key, in bytes. */
    int MAX_KEY_LENGTH = 1024;
    /** Smallest alignment and unit of allocation, in bytes. */
    int GRANULE = 8;
    /** Largest alignment, in bytes: 1 GiB. */
    long MAX_ALIGNMENT = 1L << 30;
    /** The version of a key that has no record, and the length of a payload that is not there. */
    long ABSENT = -1;

    /** @return a builder for a new or an existing store */
    static RegionStoreBuilder builder() {
        return new RegionStoreBuilder();
    }

    /**
     * Writes a record, replacing any of the same key.
     *
     * @param key     the key
     * @param payload read once while this method runs
     * @return the record's version: positive, and higher than any earlier version of this key
     * @throws RegionStoreException REGION_FULL, METADATA_FULL, NO_SPACE, PAYLOAD_TOO_LARGE, CLOSED, IO_ERROR; the
     *                              old record, if any, is then unchanged
     */
    long put(long key, MemorySegment payload);

    /**
     * As {@link #put(long, MemorySegment)}, for a key of bytes.
     *
     * @param key     1 to {@value #MAX_KEY_LENGTH} bytes; KEY_SIZE otherwise
     * @param payload read once while this method runs
     * @return the record's version
     */
    long put(MemorySegment key, MemorySegment payload);

    /**
     * Writes a record if the key's version is the expected one.
     *
     * @param key             the key
     * @param expectedVersion the version the key must have, or {@link #ABSENT}
     * @param payload         read once while this method runs
     * @return the new version, or {@link #ABSENT} if the version was another one and nothing was written
     */
    long putIfVersion(long key, long expectedVersion, MemorySegment payload);

    /**
     * As {@link #putIfVersion(long, long, MemorySegment)}, for a key of bytes.
     *
     * @param key             1 to {@value #MAX_KEY_LENGTH} bytes
     * @param expectedVersion the version the key must have, or {@link #ABSENT}
     * @param payload         read once while this method runs
     * @return the new version, or {@link #ABSENT}
     */
    long putIfVersion(MemorySegment key, long expectedVersion, MemorySegment payload);

    /**
     * Copies a payload out. Takes no lock and no pin.
     *
     * @param key               the key
     * @param destination       where to copy to; bytes past the payload may be overwritten when the record is replaced
     *                          during the call
     * @param destinationOffset first byte to write in {@code destination}
     * @return the payload's length in bytes, or {@link #ABSENT}
     * @throws RegionStoreException DESTINATION_TOO_SMALL, naming the length needed
     */
    long get(long key, MemorySegment destination, long destinationOffset);

    /**
     * As {@link #get(long, MemorySegment, long)}, for a key of bytes.
     *
     * @param key               1 to {@value #MAX_KEY_LENGTH} bytes
     * @param destination       where to copy to
     * @param destinationOffset first byte to write in {@code destination}
     * @return the payload's length in bytes, or {@link #ABSENT}
     */
    long get(MemorySegment key, MemorySegment destination, long destinationOffset);

    /**
     * Pins a record and shows it through {@code view}, without a copy. Whatever the view showed before is released.
     *
     * @param key  the key
     * @param view a view of this store
     * @return whether there is a record; if not, the view is empty
     */
    boolean get(long key, RecordView view);

    /**
     * As {@link #get(long, RecordView)}, for a key of bytes.
     *
     * @param key  1 to {@value #MAX_KEY_LENGTH} bytes
     * @param view a view of this store
     * @return whether there is a record
     */
    boolean get(MemorySegment key, RecordView view);

    /**
     * @param key the key
     * @return whether there is a record
     */
    boolean contains(long key);

    /**
     * @param key 1 to {@value #MAX_KEY_LENGTH} bytes
     * @return whether there is a record
     */
    boolean contains(MemorySegment key);

    /**
     * @param key the key
     * @return the record's version, or {@link #ABSENT}
     */
    long version(long key);

    /**
     * @param key 1 to {@value #MAX_KEY_LENGTH} bytes
     * @return the record's version, or {@link #ABSENT}
     */
    long version(MemorySegment key);

    /**
     * Deletes a record.
     *
     * @param key the key
     * @return whether there was one
     */
    boolean delete(long key);

    /**
     * As {@link #delete(long)}, for a key of bytes.
     *
     * @param key 1 to {@value #MAX_KEY_LENGTH} bytes
     * @return whether there was one
     */
    boolean delete(MemorySegment key);

    /**
     * Deletes a record if its version is the expected one.
     *
     * @param key             the key
     * @param expectedVersion the version the record must have
     * @return whether it was deleted
     */
    boolean deleteIfVersion(long key, long expectedVersion);

    /**
     * As {@link #deleteIfVersion(long, long)}, for a key of bytes.
     *
     * @param key             1 to {@value #MAX_KEY_LENGTH} bytes
     * @param expectedVersion the version the record must have
     * @return whether it was deleted
     */
    boolean deleteIfVersion(MemorySegment key, long expectedVersion);

    /**
     * Sets an extent aside, to be filled in place and committed under a key.
     *
     * @param length    bytes, 0 to the size of the region
     * @param alignment a power of two from {@link #GRANULE} to {@link #MAX_ALIGNMENT}, counted from the physical start
     *                  of the region's device where it is known, else from the start of the region
     * @return the reservation; close it, committed or not
     * @throws RegionStoreException BAD_ALIGNMENT, PAYLOAD_TOO_LARGE, REGION_FULL, NO_SPACE, CLOSED
     */
    Reservation reserve(long length, long alignment);

    /** @return a new, empty view of this store, to be reused for many reads by one thread at a time */
    RecordView newView();

    /**
     * Visits every key that has a record from the start of the call to its end, once; if its record is replaced meanwhile,
     * the visit shows one of the versions. A key that comes or goes meanwhile is visited once or not at all. No order is
     * promised. The visitor may write, also keys that it has not seen: the call ends all the same. One view is reused for
     * all visits. Memory does not grow with the number of records.
     *
     * @param visitor called at most once a key; what it throws ends the call
     */
    void forEach(RecordVisitor visitor);

    /** @return the number of records; exact when no write is running */
    long size();

    /**
     * Makes every write that returned before this call durable in the store's failure domain. Only relaxed commits
     * need it.
     */
    void sync();

    /** @return what recovery found when this store was opened */
    RecoveryReport recovery();

    /** @return whether the store takes writes, and what went wrong since it was opened; takes no lock that a write holds */
    StoreHealth health();

    /** @return where the bytes are, counted now */
    SpaceReport space();

    /**
     * Largest free extent at an alignment: the longest payload that a reservation can be sure to get now.
     *
     * @param alignment a power of two from {@link #GRANULE} to {@link #MAX_ALIGNMENT}
     * @return bytes
     */
    long largestFreeExtent(long alignment);

    /**
     * Waits for the writes in progress, makes all durable, marks the metadata as cleanly closed, unmaps and unlocks.
     * Idempotent. Waits for ten seconds at most for system calls that use a segment or buffer of a view, and for reservations
     * whose segment belongs to another thread that lives: what could still write to the region must not find it unlocked.
     *
     * @throws RegionStoreException IO_ERROR when they do not end: the store then takes no more operations, and this call
     *                              can be repeated
     */
    @Override
    void close();
}
