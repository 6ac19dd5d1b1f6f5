package io.regionstore.memory;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.lang.foreign.MemorySegment;

/**
 * Byte-addressable medium: the one seam through which every store, flush and fence to a region or to metadata in place
 * goes, so that a simulated medium sees them all. Offsets and lengths are in bytes; 8-byte accesses are aligned to 8
 * bytes, little-endian and never torn by a crash.
 *
 * <p>Order: a crash that keeps caches coherent (PROCESS, KERNEL) leaves a prefix of one thread's stores if each store
 * that must come after the ones before it is a {@linkplain #putLongRelease release}. One that loses caches (PLATFORM)
 * leaves any subset of the lines not {@linkplain #flush flushed} before the last {@link #fence}.
 *
 * <p>Thread-safe in the way memory is: no method waits. Access after the medium is closed throws
 * {@link IllegalStateException}.
 */
public interface Memory {
    /** Bytes of a page on every processor that has larger ones as well. */
    long SMALLEST_PAGE = 4096;

    /** @return bytes */
    long size();

    /**
     * @param offset a multiple of 8
     * @return the 8 bytes there
     */
    long getLong(long offset);

    /**
     * @param offset a multiple of 8
     * @return the 8 bytes there; later loads see at least what was stored before them
     */
    long getLongAcquire(long offset);

    /**
     * @param offset a multiple of 8
     * @param value  stored with no order to other stores
     */
    void putLong(long offset, long value);

    /**
     * @param offset a multiple of 8
     * @param value  stored after every earlier store of this thread
     */
    void putLongRelease(long offset, long value);

    /**
     * Copies into the medium.
     *
     * @param source       heap array
     * @param sourceOffset first byte
     * @param offset       where to
     * @param length       bytes
     */
    void copyIn(byte[] source, int sourceOffset, long offset, int length);

    /**
     * Copies out of the medium.
     *
     * @param offset            where from
     * @param destination       heap array
     * @param destinationOffset first byte
     * @param length            bytes
     */
    void copyOut(long offset, byte[] destination, int destinationOffset, int length);

    /**
     * Copies out of the medium.
     *
     * @param offset            where from
     * @param destination       any segment
     * @param destinationOffset first byte
     * @param length            bytes
     */
    void copyOut(long offset, MemorySegment destination, long destinationOffset, long length);

    /**
     * Probes a range that may not be there, or be bad, for all the checks before: where it matters, in recovery.
     *
     * @param offset first byte
     * @param length bytes, at least 1
     * @return false when some of it is known to be unreadable
     */
    default boolean isReadable(long offset, long length) {
        return true;
    }

    /**
     * Sees to it that a range can be stored to: takes its blocks from the file system, where the medium is a file that has
     * holes. Called before the first store to an extent; costs a load where there is nothing to do.
     *
     * @param offset first byte
     * @param length bytes
     * @throws RegionStoreException NO_SPACE naming the file system
     */
    default void provide(long offset, long length) {
    }

    /**
     * Says what it means that the medium did not answer a load or a store.
     *
     * @param fault what the JVM made of it
     * @return the exception for users: IO_ERROR, NO_SPACE or MEDIUM_LOST
     */
    default RegionStoreException explain(InternalError fault) {
        return new RegionStoreException(ErrorCode.IO_ERROR, "expected memory that answers, found a memory error; use"
                + " another medium", fault);
    }

    /**
     * Says that bytes were stored through {@link #segment()}, outside this seam: a user filled a reservation.
     *
     * @param offset first byte
     * @param length bytes
     */
    void stored(long offset, long length);

    /**
     * Stores what is there once more, a word a page, so that {@link FlushMethod#PAGES} writes back pages that the kernel
     * holds for clean. It marks a page clean even when its write-back failed, and a later flush of it does nothing and
     * succeeds. A crash in the middle changes nothing: the bytes stay what they are.
     *
     * @param offset a multiple of 8
     * @param length bytes
     */
    default void rewrite(long offset, long length) {
        // Not a plain load and store, which a compiler may leave out.
        for (long at = offset; at < offset + length; at = (at & -SMALLEST_PAGE) + SMALLEST_PAGE) {
            putLongRelease(at, getLongAcquire(at));
        }
    }

    /**
     * Starts writing the lines of a range back to the medium. Done when a {@link #fence} after it is.
     *
     * @param offset first byte
     * @param length bytes
     */
    void flush(long offset, long length);

    /**
     * Waits until every flush of this thread to this medium is done, and to every other one that is flushed by the same
     * {@link FlushMethod}.
     */
    void fence();

    /** @return the whole medium, writable, for views and reservations only */
    MemorySegment segment();
}
