package io.regionstore.cli.demo;

import io.regionstore.RegionStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Puts copies of payloads, and deletes. */
final class PutWriter extends Writer.Small {
    private final MemorySegment buffer;
    private boolean delete;
    private MemorySegment payload;

    PutWriter(RegionStore store, Ledger ledger, long seed, long keys, Arena arena) {
        super(store, ledger, SmallRecords.PUT, seed, keys);
        buffer = arena.allocate(SmallRecords.LONGEST_PAYLOAD, 8);
    }

    @Override
    void prepare(long sequence) {
        super.prepare(sequence);
        delete = records.isDelete(seed, sequence);
        if (!delete) {
            records.fill(buffer, seed, sequence, length);
            payload = buffer.asSlice(0, length);
        }
    }

    @Override
    void write(long sequence) {
        if (delete) {
            store.delete(records.longKey(key));
        } else {
            store.put(records.longKey(key), payload);
        }
    }
}
