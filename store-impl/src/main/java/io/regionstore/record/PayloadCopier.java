package io.regionstore.record;

import io.regionstore.RegionStoreException;
import io.regionstore.memory.CallerMemory;
import io.regionstore.memory.LateFaults;
import io.regionstore.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/**
 * Copies payloads and computes their CRC32C in one pass, through a block on the heap that stays in the first-level
 * cache. The checksum is that of the bytes that were stored, even if the caller changes its source meanwhile, and bytes
 * that cannot be trusted are never given to native code. Not thread-safe; allocates nothing after construction.
 */
public final class PayloadCopier {
    private static final int BLOCK = 8192;

    private final byte[] block = new byte[BLOCK];
    private final CRC32C crc = new CRC32C();

    /**
     * Stores a payload.
     *
     * @param source payload
     * @param region where to
     * @param offset first byte there
     * @return CRC32C of the stored bytes
     * @throws io.regionstore.RegionStoreException INVALID_ARGUMENT when the source cannot be read
     * @throws InternalError when the region does not answer
     */
    public int store(MemorySegment source, Memory region, long offset) {
        try {
            return copy(source, region, offset);
        } catch (RuntimeException | InternalError e) {
            RegionStoreException unreadable = CallerMemory.unreadable("payload", source, e);
            if (unreadable != null) {
                throw unreadable;
            }
            throw e;
        }
    }

    private int copy(MemorySegment source, Memory region, long offset) {
        long length = source.byteSize();
        crc.reset();
        for (long at = 0; at < length; at += BLOCK) {
            int n = (int) Math.min(BLOCK, length - at);
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, block, 0, n);
            crc.update(block, 0, n);
            region.copyIn(block, 0, offset + at, n);
        }
        LateFaults.raise();
        return (int) crc.getValue();
    }

    /**
     * Computes the checksum of bytes in the region.
     *
     * @param region where from
     * @param offset first byte
     * @param length bytes
     * @return their CRC32C
     * @throws InternalError when some of them cannot be read
     */
    public int checksum(Memory region, long offset, long length) {
        crc.reset();
        for (long at = 0; at < length; at += BLOCK) {
            int n = (int) Math.min(BLOCK, length - at);
            region.copyOut(offset + at, block, 0, n);
            crc.update(block, 0, n);
        }
        LateFaults.raise();
        return (int) crc.getValue();
    }
}
