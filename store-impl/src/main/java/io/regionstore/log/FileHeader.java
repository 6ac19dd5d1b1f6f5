package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;

/**
 * What the headers of logs and images have in common, in every version of the format.
 *
 * <pre>
 *  0                8        12       16        20
 *  +----------------+--------+--------+---------+------------------------
 *  |     magic      |  crc   | length | version | as the version says ...
 *  +----------------+--------+--------+---------+------------------------
 * </pre>
 *
 * The crc is CRC32C of bytes 12 to length. Magic is outside it, so that a damaged magic is told from a foreign file.
 */
final class FileHeader {
    static final int MAGIC_OFFSET = 0;
    static final int CRC_OFFSET = 8;
    static final int LENGTH_OFFSET = 12;
    static final int VERSION_OFFSET = 16;
    static final int MAX_LENGTH = 4096;
    static final int VERSION = 1;

    private FileHeader() {
    }

    /** Completes a header whose other fields are set. */
    static void seal(Chunk header, long magic, int length) {
        header.putLong(MAGIC_OFFSET, magic);
        header.putInt(LENGTH_OFFSET, length);
        header.putInt(VERSION_OFFSET, VERSION);
        header.putInt(CRC_OFFSET, header.crc32c(LENGTH_OFFSET, length));
    }

    /**
     * @param file     open
     * @param resource its name for messages
     * @param magic    expected
     * @param length   expected of this version
     * @return the header, valid
     * @throws RegionStoreException METADATA_FOREIGN, METADATA_TRUNCATED, METADATA_CORRUPT or METADATA_VERSION
     */
    static Chunk read(LogFile file, String resource, long magic, int length) throws IOException {
        Chunk header = new Chunk(MAX_LENGTH);
        int found = file.read(header.range(0, MAX_LENGTH), 0);
        boolean ours = header.getLong(MAGIC_OFFSET) == magic;
        if (found < length) {
            throw ours || found < 8
                    ? new RegionStoreException(ErrorCode.METADATA_TRUNCATED, resource + ": expected a header of "
                            + length + " bytes, found a file of " + found + "; restore is not possible from it")
                    : foreign(resource);
        }
        int stated = header.getInt(LENGTH_OFFSET);
        boolean intact = stated > VERSION_OFFSET && stated <= found
                && header.crc32c(LENGTH_OFFSET, stated) == header.getInt(CRC_OFFSET);
        if (!ours && !intact) {
            throw foreign(resource);
        }
        if (!ours || !intact) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": the "
                    + (ours ? "checksum of the header does not match" : "magic number is damaged")
                    + "; check the disk, then restore a backup of region and metadata");
        }
        int version = header.getInt(VERSION_OFFSET);
        if (version != VERSION) {
            throw new RegionStoreException(ErrorCode.METADATA_VERSION, resource + ": expected format version "
                    + VERSION + ", found " + version + "; open it with a release that knows that version");
        }
        if (stated != length) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected a header of " + length
                    + " bytes, found one of " + stated);
        }
        return header;
    }

    private static RegionStoreException foreign(String resource) {
        return new RegionStoreException(ErrorCode.METADATA_FOREIGN, resource + ": expected a file of regionstore, found"
                + " other contents; give the store a directory of its own");
    }
}
