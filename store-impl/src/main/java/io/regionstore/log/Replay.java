package io.regionstore.log;

import java.lang.foreign.MemorySegment;

/**
 * Told by {@link MetadataDirectory#open} what the table held, by one thread. Segments are valid during the call only.
 * Slots are physical and writes idempotent: applied in the order given, they leave the table as of the last commit.
 */
public interface Replay {
    /**
     * A table of zeros; whatever was told before is void. Called once, and again if the newest image proves damaged half
     * way through and the one before it is used.
     *
     * @param tableSlots capacity of the table when the image was written; later frames may go past it if it grew,
     *                   no further than in proportion to their number
     * @param header     the store's header in the image
     */
    void begin(long tableSlots, MemorySegment header);

    /**
     * A block of the image.
     *
     * @param firstSlot index of the first slot
     * @param bytes     32 for each slot
     */
    void slots(long firstSlot, MemorySegment bytes);

    /**
     * A commit.
     *
     * @param firstSlot index of the first slot
     * @param bytes     32 for each slot
     */
    void write(long firstSlot, MemorySegment bytes);

    /**
     * The tail of a slot, its last 8 bytes, becomes zero.
     *
     * @param slot index
     */
    void retire(long slot);

    /**
     * A newer header.
     *
     * @param header 512 bytes
     */
    void header(MemorySegment header);
}
