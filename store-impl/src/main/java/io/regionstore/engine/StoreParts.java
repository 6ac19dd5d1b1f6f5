package io.regionstore.engine;

import io.regionstore.RecoveryReport;
import io.regionstore.StoreConfig;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.Memory;
import io.regionstore.recovery.SlotSet;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;

/**
 * What opening hands to the engine, recovered and durable.
 *
 * @param config       as the user gave it
 * @param header       of this session
 * @param region       payloads
 * @param table        slots
 * @param slots        free slots
 * @param index        key to slot
 * @param extents      free extents
 * @param lanes        writers' lanes
 * @param commits      how commits become durable
 * @param unverified   slots whose payload is checked at its first read, or null
 * @param payloadBytes live payload
 * @param paddingBytes of live payload
 * @param resources    closed last, in reverse order
 * @param report       what recovery found
 * @param health       whether writes are taken
 */
record StoreParts(StoreConfig config, StoreHeader header, Memory region, SlotTable table, SlotAllocator slots,
                  RecordIndex index, ExtentAllocator extents, Lanes lanes, CommitProtocol commits, SlotSet unverified,
                  long payloadBytes, long paddingBytes, Resources resources, RecoveryReport report,
                  Health health) {
}
