package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.util.UUID;

/**
 * The first 512 bytes of a log. Written once, before the file has its name.
 *
 * <pre>
 *   0  magic "RGNSTLOG"     8  crc        12 length      16 version    20 allocation step
 *  24  instance id, high   32  instance id, low          40 generation 48 floor LSN
 *  56  inode of this log   64  logs before this generation may be copies
 *  72  image: generation   80  inode      88 born: seconds             96 born: nanoseconds, 100 generation of the inode
 * 104  the image before:  112  inode     120 born: seconds            128 born: nanoseconds, 132 generation of the inode
 * 136  image: nonce       144  the image before: nonce                152 born: seconds of this log
 * 160  born: nanoseconds of this log, 164 generation of its inode
 * 168  zero up to 512
 * </pre>
 *
 * <p>Allocation step: a file whose frames end at {@code e} has at least {@code step * (e / step + 2)} bytes, made so
 * and synced before those frames were written, while no frame is longer than a step. A shorter file was truncated; no
 * crash leaves one.
 *
 * <p>Floor LSN: every lower one was durable before this log was made. Replay of the logs before this one must get there.
 *
 * <p>Inodes, times of birth and nonces are how a copy put back in the place of the directory is found out: see
 * {@link FileIdentity}. A field of 0 is not known and not compared.
 *
 * @param instance       id of the store
 * @param generation     of this log, as in its name
 * @param step           bytes, a multiple of 4096
 * @param floorLsn       all lower ones were durable when this log was made
 * @param identity       of this log's file
 * @param acceptedBefore logs of lower generations were accepted as copies: their identities are not compared
 * @param image          the official image when this log was made
 * @param previous       the one before, a spare
 */
record LogHeader(UUID instance, long generation, int step, long floorLsn, FileIdentity identity,
                 long acceptedBefore, ImageStamp image, ImageStamp previous) {
    static final int LENGTH = 512;
    /** "RGNSTLOG" read as a little-endian number. */
    static final long MAGIC = 0x474f4c54534e4752L;
    static final int STEP_OFFSET = 20;
    static final int INSTANCE_OFFSET = 24;
    static final int GENERATION_OFFSET = 40;
    static final int FLOOR_LSN_OFFSET = 48;
    static final int INODE_OFFSET = 56;
    static final int ACCEPTED_BEFORE_OFFSET = 64;
    static final int IMAGE_OFFSET = 72;
    static final int PREVIOUS_OFFSET = 104;
    static final int IMAGE_NONCE_OFFSET = 136;
    static final int PREVIOUS_NONCE_OFFSET = 144;
    static final int BIRTH_OFFSET = 152;
    static final int STEP_UNIT = 4096;
    static final int MAX_STEP = 16 << 20;

    /** @return the length that a log whose frames end at {@code end} must have */
    static long allocation(long end, int step) {
        return (end / step + 2) * step;
    }

    Chunk encode() {
        Chunk chunk = new Chunk(LENGTH);
        chunk.putInt(STEP_OFFSET, step);
        chunk.putLong(INSTANCE_OFFSET, instance.getMostSignificantBits());
        chunk.putLong(INSTANCE_OFFSET + 8, instance.getLeastSignificantBits());
        chunk.putLong(GENERATION_OFFSET, generation);
        chunk.putLong(FLOOR_LSN_OFFSET, floorLsn);
        chunk.putLong(INODE_OFFSET, identity.inode());
        chunk.putLong(ACCEPTED_BEFORE_OFFSET, acceptedBefore);
        encode(chunk, IMAGE_OFFSET, IMAGE_NONCE_OFFSET, image);
        encode(chunk, PREVIOUS_OFFSET, PREVIOUS_NONCE_OFFSET, previous);
        encodeBirth(chunk, BIRTH_OFFSET, identity);
        FileHeader.seal(chunk, MAGIC, LENGTH);
        return chunk;
    }

    private static void encode(Chunk chunk, int offset, int nonceOffset, ImageStamp stamp) {
        chunk.putLong(offset, stamp.generation());
        chunk.putLong(offset + 8, stamp.identity().inode());
        encodeBirth(chunk, offset + 16, stamp.identity());
        chunk.putLong(nonceOffset, stamp.nonce());
    }

    private static void encodeBirth(Chunk chunk, int offset, FileIdentity identity) {
        chunk.putLong(offset, identity.seconds());
        chunk.putInt(offset + 8, identity.nanos());
        chunk.putInt(offset + 12, identity.generation());
    }

    private static ImageStamp stamp(Chunk chunk, int offset, int nonceOffset) {
        return new ImageStamp(chunk.getLong(offset), identity(chunk, offset + 8, offset + 16),
                chunk.getLong(nonceOffset));
    }

    private static FileIdentity identity(Chunk chunk, int inodeOffset, int birthOffset) {
        return new FileIdentity(chunk.getLong(inodeOffset), chunk.getLong(birthOffset), chunk.getInt(birthOffset + 8),
                chunk.getInt(birthOffset + 12));
    }

    /**
     * @param file       a log
     * @param resource   its name for messages
     * @param generation as in its name
     * @return its header, valid
     */
    static LogHeader read(LogFile file, String resource, long generation) throws IOException {
        Chunk chunk = FileHeader.read(file, resource, MAGIC, LENGTH);
        UUID instance = new UUID(chunk.getLong(INSTANCE_OFFSET), chunk.getLong(INSTANCE_OFFSET + 8));
        LogHeader header = new LogHeader(instance, chunk.getLong(GENERATION_OFFSET), chunk.getInt(STEP_OFFSET),
                chunk.getLong(FLOOR_LSN_OFFSET), identity(chunk, INODE_OFFSET, BIRTH_OFFSET),
                chunk.getLong(ACCEPTED_BEFORE_OFFSET), stamp(chunk, IMAGE_OFFSET, IMAGE_NONCE_OFFSET),
                stamp(chunk, PREVIOUS_OFFSET, PREVIOUS_NONCE_OFFSET));
        if (header.generation != generation) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected generation " + generation
                    + " as in its name, found " + header.generation + "; was the file renamed?");
        }
        if (header.step < STEP_UNIT || header.step > MAX_STEP || header.step % STEP_UNIT != 0) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected an allocation step of "
                    + STEP_UNIT + " to " + MAX_STEP + " bytes, found " + header.step);
        }
        return header;
    }
}
