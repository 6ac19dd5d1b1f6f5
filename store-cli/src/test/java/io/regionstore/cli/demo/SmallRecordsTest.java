package io.regionstore.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SmallRecordsTest {
    private static final long SEED = 7;
    private static final int KEYS = 100;

    @ParameterizedTest
    @EnumSource
    void shouldUseAllKeysAndManyLengths(SmallRecords records) {
        Set<Integer> keys = new HashSet<>();
        Set<Integer> lengths = new HashSet<>();
        for (long sequence = 1; sequence <= 10_000; sequence++) {
            keys.add(records.key(SEED, sequence, KEYS));
            int length = records.length(SEED, sequence);
            assertTrue(length >= 0 && length <= SmallRecords.LONGEST_PAYLOAD);
            lengths.add(length);
        }
        assertEquals(KEYS, keys.size());
        assertTrue(lengths.size() > 25);
    }

    @Test
    void shouldDeleteOnlyThroughPut() {
        long deletes = 0;
        for (long sequence = 1; sequence <= 10_000; sequence++) {
            deletes += SmallRecords.PUT.isDelete(SEED, sequence) ? 1 : 0;
            assertFalse(SmallRecords.AGRONA.isDelete(SEED, sequence));
            assertFalse(SmallRecords.CHRONICLE.isDelete(SEED, sequence));
        }
        assertTrue(deletes > 1_500 && deletes < 2_500, "deletes " + deletes);
    }

    @Test
    void shouldPutEmptyPayloadsToo() {
        boolean empty = false;
        for (long sequence = 1; sequence <= 1_000; sequence++) {
            empty |= SmallRecords.PUT.length(SEED, sequence) == 0;
        }
        assertTrue(empty);
    }

    @Test
    void shouldGiveEveryWriteOtherBytes() {
        Set<ByteBuffer> payloads = new HashSet<>();
        for (SmallRecords records : SmallRecords.values()) {
            for (long sequence = 1; sequence <= 1_000; sequence++) {
                MemorySegment payload = MemorySegment.ofArray(new byte[16]);
                records.fill(payload, SEED, sequence, 16);
                assertEquals(sequence, payload.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
                payloads.add(ByteBuffer.wrap(payload.toArray(ValueLayout.JAVA_BYTE)));
            }
        }
        assertEquals(3_000, payloads.size());
    }

    @Test
    void shouldCutTheLastWordShort() {
        MemorySegment whole = MemorySegment.ofArray(new byte[24]);
        SmallRecords.PUT.fill(whole, SEED, 5, 24);
        for (int length = 16; length < 24; length++) {
            MemorySegment cut = MemorySegment.ofArray(new byte[24]);
            SmallRecords.PUT.fill(cut, SEED, 5, length);
            assertEquals(-1, cut.asSlice(0, length).mismatch(whole.asSlice(0, length)));
            assertEquals(-1, cut.asSlice(length).mismatch(MemorySegment.ofArray(new byte[24 - length])));
        }
    }

    @Test
    void shouldKeepKeysOfWritersApart() {
        assertFalse(SmallRecords.AGRONA.longKey(5) == SmallRecords.PUT.longKey(5));
        Set<ByteBuffer> keys = new HashSet<>();
        for (int key = 0; key < 10_000; key++) {
            byte[] bytes = SmallRecords.byteKey(key);
            assertTrue(bytes.length >= 16 && bytes.length <= 255);
            keys.add(ByteBuffer.wrap(bytes));
        }
        assertEquals(10_000, keys.size());
    }
}
