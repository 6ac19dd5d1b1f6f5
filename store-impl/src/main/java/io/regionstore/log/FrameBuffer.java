package io.regionstore.log;

import java.lang.foreign.MemorySegment;

/** Frames in memory, one behind the other, on their way to the log. Not thread-safe. */
final class FrameBuffer {
    private final Chunk chunk;
    /** Bytes of the frames. */
    int fill;

    FrameBuffer(int capacity) {
        chunk = new Chunk(capacity);
    }

    boolean hasRoom(int length) {
        return fill + length <= chunk.capacity();
    }

    /** @return the frames, from 0 to {@link #fill} */
    Chunk bytes() {
        return chunk;
    }

    /**
     * Writes a frame behind the others, for which there is room; see {@link FrameDescriptor} for the fields. It is one of
     * them when the caller has added its length to {@link #fill}.
     */
    void compose(int seed, long lsn, long durableLsn, int kind, int slots, long firstSlot, long retired,
             MemorySegment source, long sourceOffset, long payload) {
        int at = fill;
        int length = FrameDescriptor.PAYLOAD_OFFSET + (int) payload;
        MemorySegment.copy(source, sourceOffset, chunk.bytes, at + FrameDescriptor.PAYLOAD_OFFSET, payload);
        chunk.putInt(at + FrameDescriptor.LENGTH_OFFSET, length);
        chunk.putLong(at + FrameDescriptor.LSN_OFFSET, lsn);
        chunk.putLong(at + FrameDescriptor.DURABLE_LSN_OFFSET, durableLsn);
        chunk.putInt(at + FrameDescriptor.KIND_OFFSET, kind);
        chunk.putInt(at + FrameDescriptor.SLOTS_OFFSET, slots);
        chunk.putLong(at + FrameDescriptor.FIRST_SLOT_OFFSET, firstSlot);
        chunk.putLong(at + FrameDescriptor.RETIRED_SLOT_OFFSET, retired);
        int crc = chunk.crc32c(at + FrameDescriptor.LENGTH_OFFSET, at + length) ^ seed;
        chunk.putInt(at + FrameDescriptor.CRC_OFFSET, crc);
    }
}
