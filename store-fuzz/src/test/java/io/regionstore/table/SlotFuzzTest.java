package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.regionstore.RegionStore;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Any bytes are slots: each is free, a record within its bounds, or invalid, and the walk over them ends. */
class SlotFuzzTest {
    private static final int SLOTS = 64;
    private static final long REGION = 1 << 20;
    private static final long SEED = 42;

    @FuzzTest(maxDuration = "15s")
    void read(byte[] data) {
        if (data.length == 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(SLOTS * 32L, 64);
            MemorySegment.copy(data, 1, bytes, ValueLayout.JAVA_BYTE, 0, (int) Math.min(data.length - 1, bytes.byteSize()));
            SlotTable table = new SlotTable(new MappedMemory(bytes, FlushMethod.NONE), 0, SLOTS);
            if ((data[0] & 1) != 0) {
                seal(table, bytes);
            }
            walk(table);
        }
    }

    /** Makes the checksum of every slot that claims to be a head right, so that what it protects is reached. */
    private static void seal(SlotTable table, MemorySegment bytes) {
        SlotChecksum checksum = new SlotChecksum(SEED);
        for (int slot = 0; slot < SLOTS; slot++) {
            long tail = table.tail(slot);
            if (!SlotDescriptor.isHead(tail)) {
                continue;
            }
            int continuations = 0;
            if (SlotDescriptor.kind(table.versionWord(slot)) == SlotDescriptor.EXTENDED && slot + 1 < SLOTS) {
                int keyLength = SlotTable.keyLengthOf(table.streamWord(slot, 0));
                continuations = SlotDescriptor.slotsUsed(keyLength) - 1;
                if (keyLength > RegionStore.MAX_KEY_LENGTH || slot + continuations >= SLOTS) {
                    continue;
                }
                for (int word = 0; word < continuations * 3; word++) {
                    checksum.streamWord(word, table.streamWord(slot, word));
                }
            }
            bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, slot * 32L + 24, checksum.tail(slot, table.keyWord(slot),
                    table.extentWord(slot), table.versionWord(slot), SlotDescriptor.payloadChecksum(tail), continuations));
        }
    }

    private static void walk(SlotTable table) {
        SlotReader reader = new SlotReader(table, SEED, REGION);
        int visited = 0;
        for (long slot = 0; slot < SLOTS; slot += reader.runLength()) {
            SlotReader.State state = reader.read(slot);
            assertTrue(++visited <= SLOTS && reader.runLength() > 0);
            if (state == SlotReader.State.RECORD) {
                assertTrue(slot + reader.runLength() <= SLOTS);
                assertTrue(reader.offset() >= 0 && reader.length() >= 0 && reader.offset() + reader.length() <= REGION);
                assertTrue(reader.keyLength() >= 0 && reader.keyLength() <= RegionStore.MAX_KEY_LENGTH);
                assertEquals(reader.keyLength() == 0 ? 8 : reader.keyLength(), table.keyBytes(slot).length);
                table.keyHash(slot, SEED);
            }
        }
    }
}
