package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;

/** Reads one log from its first frame to its last valid one. Writes nothing. Not thread-safe. */
final class LogReader implements AutoCloseable {
    private final LogFile file;
    private final String resource;
    private final LogHeader header;
    private final long size;
    private final int seed;
    private Chunk window;
    private long windowStart;
    private int windowLength;
    private long end = LogHeader.LENGTH;
    private long frames;
    private boolean torn;

    /**
     * @param file       a log; closed with this, and when this constructor throws
     * @param resource   its name for messages
     * @param generation as in its name
     */
    LogReader(LogFile file, String resource, long generation) throws IOException {
        this.file = file;
        this.resource = resource;
        try {
            header = LogHeader.read(file, resource, generation);
            size = file.size();
            requireLength(LogHeader.LENGTH);
            seed = Chunk.seed(header.instance(), generation);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    LogHeader header() {
        return header;
    }

    String resource() {
        return resource;
    }

    /** @return offset behind the last valid frame */
    long end() {
        return end;
    }

    long frames() {
        return frames;
    }

    /** @return whether bytes of an unfinished write follow the last valid frame */
    boolean torn() {
        return torn;
    }

    /**
     * Delivers every valid frame.
     *
     * @param firstLsn that the first frame must have
     * @param limit    of the slots
     * @param sink     told in the order of the LSNs
     * @return the LSN after the last one
     * @throws RegionStoreException METADATA_CORRUPT, METADATA_TRUNCATED or METADATA_VERSION
     */
    long replay(long firstLsn, SlotLimit limit, Replay sink) throws IOException {
        window = new Chunk(2 * header.step());
        windowLength = 0;
        end = LogHeader.LENGTH;
        frames = 0;
        long lsn = firstLsn;
        for (int at = frameAt(end); at >= 0; at = frameAt(end)) {
            long found = window.getLong(at + FrameDescriptor.LSN_OFFSET);
            if (found != lsn) {
                throw corrupt("expected the frame of LSN " + lsn + ", found LSN " + found
                        + ": frames in between are lost");
            }
            deliver(at, limit.at(lsn), sink);
            end += window.getInt(at + FrameDescriptor.LENGTH_OFFSET);
            frames++;
            lsn++;
        }
        requireLength(end);
        inspectRest(lsn);
        window = null;
        return lsn;
    }

    private void deliver(int at, long limit, Replay sink) {
        int kind = window.getInt(at + FrameDescriptor.KIND_OFFSET);
        int slots = window.getInt(at + FrameDescriptor.SLOTS_OFFSET);
        int length = window.getInt(at + FrameDescriptor.LENGTH_OFFSET);
        long firstSlot = window.getLong(at + FrameDescriptor.FIRST_SLOT_OFFSET);
        long retired = window.getLong(at + FrameDescriptor.RETIRED_SLOT_OFFSET);
        long payload = FrameDescriptor.payloadLength(kind, slots);
        if (payload != length - FrameDescriptor.PAYLOAD_OFFSET) {
            // Its checksum is right, so a release wrote it that knows more kinds.
            throw new RegionStoreException(ErrorCode.METADATA_VERSION, resource + ": offset " + end
                    + ": a frame of kind " + kind + " with " + slots + " slots and " + length + " bytes is unknown;"
                    + " open it with the release that wrote it");
        }
        requireSlots(kind == FrameDescriptor.SLOTS ? firstSlot : 0, slots, retired, limit);
        var bytes = window.bytes.asSlice(at + FrameDescriptor.PAYLOAD_OFFSET, payload).asReadOnly();
        if (kind == FrameDescriptor.HEADER) {
            sink.header(bytes);
        } else if (kind == FrameDescriptor.SLOTS) {
            sink.write(firstSlot, bytes);
        }
        if (retired != FrameDescriptor.NO_SLOT) {
            sink.retire(retired);
        }
    }

    private void requireSlots(long firstSlot, int slots, long retired, long limit) {
        if (firstSlot < 0 || firstSlot > limit - slots || retired < FrameDescriptor.NO_SLOT || retired >= limit) {
            throw corrupt("expected slots below " + limit + ", found " + slots + " from " + firstSlot
                    + " and the retirement of " + retired);
        }
    }

    /**
     * @param offset of the file
     * @return where a frame with a valid checksum starts in the window, or -1
     */
    private int frameAt(long offset) throws IOException {
        int at = load(offset, FrameDescriptor.PAYLOAD_OFFSET);
        if (at < 0) {
            return -1;
        }
        int length = window.getInt(at + FrameDescriptor.LENGTH_OFFSET);
        if (length < FrameDescriptor.PAYLOAD_OFFSET || length > header.step()
                || length % FrameDescriptor.ALIGNMENT != 0) {
            return -1;
        }
        at = load(offset, length);
        if (at < 0) {
            return -1;
        }
        int crc = window.crc32c(at + FrameDescriptor.LENGTH_OFFSET, at + length) ^ seed;
        return crc == window.getInt(at + FrameDescriptor.CRC_OFFSET) ? at : -1;
    }

    private int load(long offset, int length) throws IOException {
        if (offset + length > size) {
            return -1;
        }
        if (offset < windowStart || offset + length > windowStart + windowLength) {
            windowStart = offset;
            windowLength = file.read(window.range(0, window.capacity()), offset);
            if (windowLength < length) {
                throw new RegionStoreException(ErrorCode.METADATA_TRUNCATED, resource + ": ended while it was read");
            }
        }
        return (int) (offset - windowStart);
    }

    /** Tells the torn end of a crash, which is no loss, from damage to frames that were durable. */
    private void inspectRest(long missingLsn) throws IOException {
        for (long offset = end; offset + Long.BYTES <= size; offset += FrameDescriptor.ALIGNMENT) {
            if (window.getLong(load(offset, Long.BYTES)) == 0) {
                continue;
            }
            torn = true;
            int at = frameAt(offset);
            if (at < 0) {
                continue;
            }
            long lsn = window.getLong(at + FrameDescriptor.LSN_OFFSET);
            if (lsn > missingLsn && window.getLong(at + FrameDescriptor.DURABLE_LSN_OFFSET) >= missingLsn) {
                throw corrupt("the frame of LSN " + missingLsn + " cannot be read, but LSN " + lsn + " at offset "
                        + offset + " says that it was durable");
            }
        }
    }

    private void requireLength(long framesEnd) {
        long expected = LogHeader.allocation(framesEnd, header.step());
        if (size < expected) {
            throw new RegionStoreException(ErrorCode.METADATA_TRUNCATED, resource + ": expected at least " + expected
                    + " bytes, found " + size + "; restore a backup of region and metadata");
        }
    }

    private RegionStoreException corrupt(String finding) {
        return new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": offset " + end + ": " + finding
                + "; check the disk, then restore a backup of region and metadata");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
