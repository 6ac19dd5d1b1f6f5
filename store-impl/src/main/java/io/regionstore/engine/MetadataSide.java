package io.regionstore.engine;

import io.regionstore.index.RecordIndex;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import io.regionstore.recovery.SlotSet;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.util.List;
import java.util.function.LongConsumer;

/** Metadata that is open and read, while the store is being opened: in place, or in a directory. */
interface MetadataSide {
    /** The header of the last session, or of create. */
    StoreHeader header();

    /** The slots. */
    SlotTable table();

    /** Slots there are now. */
    long slots();

    /** Slots the table may grow to. */
    long maximumSlots();

    /** Calls with every slot whose payload a crash may have torn. */
    void forEachIntent(LongConsumer visitor);

    /** Whether this may be a copy of the metadata, which the caller accepted. */
    boolean restored();

    /** Findings in words. */
    List<String> notes();

    /**
     * Begins the session: first makes durable what recovery saw and the last session may not have flushed, then retires
     * slots, then forgets old intents and writes the header. A crash in between leaves a store that recovers to the
     * same records: a slot is retired only if a durable one supersedes it, or if it was never acknowledged.
     *
     * @param flushFirst whether the last session may have left stores in caches or unsynced pages
     * @param retired    slots to retire
     * @param header     of this session
     * @param parts      what commits work on
     * @return how commits become durable
     */
    CommitProtocol begin(boolean flushFirst, SlotSet retired, StoreHeader header, Parts parts);

    /**
     * What commits work on.
     *
     * @param slots       free slots
     * @param index       key to slot
     * @param region      payloads
     * @param method      how payloads must be flushed
     * @param lanes       writers' lanes
     * @param health      told what goes wrong in the background
     */
    record Parts(SlotAllocator slots, RecordIndex index, Memory region, FlushMethod method, Lanes lanes,
                 Health health) {
        boolean flushRegion() {
            return method != FlushMethod.NONE;
        }
    }
}
