package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.device.AnonymousMemory;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import io.regionstore.table.KeyHash;
import io.regionstore.table.SlotImage;
import io.regionstore.table.SlotTable;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** Readers against a key that leaves a slot, comes back to it, and leaves it again. */
class ReaderRaceTest {
    private static final long SEED = 1;
    private static final long HASH = KeyHash.of(1L, SEED);

    private int tailLoads;
    private SlotTable table;
    private RecordIndex index;

    @Test
    void shouldNotMissAKeyThatCameBackToItsSlot() {
        try (Arena arena = Arena.ofShared()) {
            Memory real = new MappedMemory(AnonymousMemory.reserve(4096, arena), FlushMethod.NONE);
            Memory memory = (Memory) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Memory.class},
                    (proxy, method, args) -> {
                        boolean tail = method.getName().equals("getLongAcquire");
                        int load = tail ? ++tailLoads : 0;
                        if (load == 1) {
                            put(5, 6); // the reader has found slot 5 and is about to see it retired
                        } else if (load == 2) {
                            put(5, 7); // it has found slot 5 again
                        }
                        Object value = method.invoke(real, args);
                        if (load == 1) {
                            put(6, 5); // before it looks again
                        }
                        return value;
                    });
            table = new SlotTable(memory, 0, 64);
            try (RecordIndex opened = new RecordIndex(table, 64, 64, 0)) {
                index = opened;
                put(RecordIndex.NONE, 5);
                assertEquals(7, new RecordReader(table, index, memory, null, SEED).findLive(1, null, HASH));
            }
        }
    }

    private void put(long old, long slot) {
        SlotImage image = new SlotImage(SEED);
        long stripe = index.stripe(HASH);
        image.longKey(1, 0);
        image.seal(slot, index.nextVersion(stripe), 0, 0, 0);
        table.write(slot, image);
        index.set(stripe, HASH, old, slot, 0);
        if (old != RecordIndex.NONE) {
            table.retire(old);
        }
    }
}
