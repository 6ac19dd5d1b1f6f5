package io.regionstore.log;

import java.lang.foreign.MemorySegment;

/**
 * The table, as {@link MetadataDirectory#writeImage} reads it, while writers go on. The other methods are called after
 * {@link #awaitApplied} has returned.
 */
public interface ImageSource {
    /**
     * Returns when every append up to an LSN has been applied to the table. Appends with higher LSNs may go on.
     *
     * @param lsn the last one that will not be replayed over the image
     */
    void awaitApplied(long lsn);

    /** @return capacity of the table in slots */
    long tableSlots();

    /** @return a bound: slots from here on are zero but for what appends after the awaited LSN wrote */
    long usedSlots();

    /**
     * Copies slots as they are. A slot that is being written may be copied torn: its frame is replayed over it.
     *
     * @param firstSlot   index
     * @param destination 32 bytes for each slot
     */
    void copy(long firstSlot, MemorySegment destination);
}
