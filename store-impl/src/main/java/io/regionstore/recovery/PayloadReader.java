package io.regionstore.recovery;

import io.regionstore.memory.Memory;
import io.regionstore.record.PayloadCopier;

/**
 * Compares payloads with their checksums where the memory under them may be bad. A load that fails is no signal here but
 * an {@link InternalError}. Not thread-safe.
 */
public final class PayloadReader {
    private final PayloadCopier copier = new PayloadCopier();
    private final Memory region;

    /** What was found. */
    public enum Finding {
        /** The bytes that were written. */
        INTACT,
        /** Other bytes. */
        DAMAGED,
        /** Some of the bytes cannot be read: a memory error, or a file that was cut short. */
        UNREADABLE
    }

    /** @param region the payloads */
    public PayloadReader(Memory region) {
        this.region = region;
    }

    /**
     * Reads and compares. Neither a system call nor anything else is spent on memory that is good.
     *
     * @param offset   first byte
     * @param length   bytes
     * @param checksum CRC32C of what was written
     * @return whether it matches
     * @throws InternalError when some of the bytes cannot be read
     */
    boolean matches(long offset, long length, int checksum) {
        return copier.checksum(region, offset, length) == checksum;
    }

    /**
     * Probes, reads and compares.
     *
     * @param offset   first byte
     * @param length   bytes
     * @param checksum CRC32C of what was written
     * @return what was found
     */
    public Finding read(long offset, long length, int checksum) {
        if (length > 0 && !region.isReadable(offset, length)) {
            return Finding.UNREADABLE;
        }
        try {
            return matches(offset, length, checksum) ? Finding.INTACT : Finding.DAMAGED;
        } catch (InternalError e) {
            return Finding.UNREADABLE;
        }
    }
}
