package io.regionstore.device;

import java.lang.foreign.MemorySegment;

/**
 * Write-back of the pages of a mapped file: {@code msync(MS_SYNC)}, which returns when the bytes, and what the file
 * system needs to find them, are durable. Thread-safe; allocates once for a thread.
 */
public final class PageWriteback {
    private static final ThreadLocal<MemorySegment> CALL_STATE = ThreadLocal.withInitial(Native::newCallState);

    private PageWriteback() {
    }

    /**
     * @param address first byte, inside a mapping
     * @param length  bytes
     * @throws io.regionstore.RegionStoreException IO_ERROR: nothing is known of the bytes of the range on disk
     */
    public static void persist(long address, long length) {
        long start = address & -Native.PAGE;
        int result = Native.msync(CALL_STATE.get(), start, address + length - start);
        if (result < 0) {
            throw Errno.failure("msync", "a mapping of a file", -result);
        }
    }
}
