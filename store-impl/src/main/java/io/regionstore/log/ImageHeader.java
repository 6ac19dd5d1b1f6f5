package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/**
 * The first 1,024 bytes of an image, and its blocks.
 *
 * <pre>
 *   0  magic "RGNSTIMG"     8  crc        12 length      16 version    20 zero
 *  24  instance id, high   32  instance id, low          40 generation 48 slots of the table
 *  56  first LSN to replay 64  blocks     72 length of the file
 *  80  nonce               88  zero up to 512
 * 512  the store's header up to 1024
 *
 *  a block, of up to 2,048 slots; blocks of zeros only are left out
 *  0        4        8                16
 *  +--------+--------+----------------+-----------
 *  |  crc   | slots  |   first slot   | slots ...
 *  +--------+--------+----------------+-----------
 * </pre>
 *
 * <p>The crc of a block is CRC32C of its bytes from 4 on, XOR {@link Chunk#seed}. A log gets the file's stamp only after
 * all of it is durable: so, where a log names it, any part that does not match is damage, never a crash.
 *
 * @param instance    id of the store
 * @param generation  of the image and of the first log to replay
 * @param tableSlots  capacity of the table
 * @param firstLsn    of the first frame in that log
 * @param blocks      that follow
 * @param fileLength  bytes of the file
 * @param nonce       random, repeated by the log that names the image: another image of this name has another one
 * @param storeHeader 512 bytes
 */
record ImageHeader(UUID instance, long generation, long tableSlots, long firstLsn, long blocks, long fileLength,
                   long nonce, MemorySegment storeHeader) {
    static final int LENGTH = 1024;
    /** "RGNSTIMG" read as a little-endian number. */
    static final long MAGIC = 0x474d4954534e4752L;
    static final int INSTANCE_OFFSET = 24;
    static final int GENERATION_OFFSET = 40;
    static final int TABLE_SLOTS_OFFSET = 48;
    static final int FIRST_LSN_OFFSET = 56;
    static final int BLOCKS_OFFSET = 64;
    static final int FILE_LENGTH_OFFSET = 72;
    static final int NONCE_OFFSET = 80;
    static final int STORE_HEADER_OFFSET = 512;

    static final int BLOCK_CRC_OFFSET = 0;
    static final int BLOCK_SLOTS_OFFSET = 4;
    static final int BLOCK_FIRST_SLOT_OFFSET = 8;
    static final int BLOCK_PAYLOAD_OFFSET = 16;
    static final int BLOCK_SLOTS = 2048;

    Chunk encode() {
        Chunk chunk = new Chunk(LENGTH);
        chunk.putLong(INSTANCE_OFFSET, instance.getMostSignificantBits());
        chunk.putLong(INSTANCE_OFFSET + 8, instance.getLeastSignificantBits());
        chunk.putLong(GENERATION_OFFSET, generation);
        chunk.putLong(TABLE_SLOTS_OFFSET, tableSlots);
        chunk.putLong(FIRST_LSN_OFFSET, firstLsn);
        chunk.putLong(BLOCKS_OFFSET, blocks);
        chunk.putLong(FILE_LENGTH_OFFSET, fileLength);
        chunk.putLong(NONCE_OFFSET, nonce);
        MemorySegment.copy(storeHeader, 0, chunk.bytes, STORE_HEADER_OFFSET, FrameDescriptor.STORE_HEADER_LENGTH);
        FileHeader.seal(chunk, MAGIC, LENGTH);
        return chunk;
    }

    /**
     * @param file       an image
     * @param resource   its name for messages
     * @param generation as in its name
     * @return its header, valid, with the length of the file compared
     */
    static ImageHeader read(LogFile file, String resource, long generation) throws IOException {
        Chunk chunk = FileHeader.read(file, resource, MAGIC, LENGTH);
        ImageHeader header = new ImageHeader(
                new UUID(chunk.getLong(INSTANCE_OFFSET), chunk.getLong(INSTANCE_OFFSET + 8)),
                chunk.getLong(GENERATION_OFFSET), chunk.getLong(TABLE_SLOTS_OFFSET), chunk.getLong(FIRST_LSN_OFFSET),
                chunk.getLong(BLOCKS_OFFSET), chunk.getLong(FILE_LENGTH_OFFSET),
                chunk.getLong(NONCE_OFFSET),
                chunk.bytes.asSlice(STORE_HEADER_OFFSET, FrameDescriptor.STORE_HEADER_LENGTH).asReadOnly());
        if (header.generation != generation) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected generation " + generation
                    + " as in its name, found " + header.generation + "; was the file renamed?");
        }
        long size = file.size();
        if (size != header.fileLength) {
            throw new RegionStoreException(
                    size < header.fileLength ? ErrorCode.METADATA_TRUNCATED : ErrorCode.METADATA_CORRUPT,
                    resource + ": expected " + header.fileLength + " bytes, found " + size);
        }
        return header;
    }
}
