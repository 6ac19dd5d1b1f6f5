package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 128 slots at 64 of a medium that has a slot more. */
class SlotTableTest {
    private static final long SEED = 77;
    private static final int BASE = 64;
    private static final int SLOTS = 128;
    private static final int[] KEY_LENGTHS = {1, 7, 8, 9, 15, 16, 17, 24, 39, 40, 41, 1023, 1024};

    private final RecordingMemory memory = new RecordingMemory(BASE + (SLOTS + 1) * 32);
    private final SlotTable table = new SlotTable(memory, BASE, SLOTS);
    private final SlotImage image = new SlotImage(SEED);

    private static byte[] key(int length, int first) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (first + i * 7);
        }
        return key;
    }

    private static MemorySegment segment(byte[] key) {
        return MemorySegment.ofArray(key);
    }

    static KeyCopy copy(byte[] key) {
        KeyCopy copy = new KeyCopy();
        copy.take(segment(key), SEED);
        return copy;
    }

    private void put(long slot, byte[] key, long hash) {
        image.bytesKey(copy(key), hash);
        image.seal(slot, 5, 800, 3, 0x11223344);
        table.write(slot, image);
    }

    private void put(long slot, long key, long length) {
        image.longKey(key, length);
        image.seal(slot, 6, 1600, length, 0x55667788);
        table.write(slot, image);
    }

    @Test
    void shouldReadBackWhatARecordIs() {
        put(3, -9, 0xFFFF_FFFFL);
        assertEquals(-9, table.keyWord(3));
        assertEquals(0, table.keyLength(3));
        assertEquals(1600, table.offset(3));
        assertEquals(0xFFFF_FFFFL, table.length(3));
        assertEquals(6, table.version(3));
        assertEquals(1, table.runLength(3));
        assertEquals(0x55667788, SlotTable.payloadChecksum(table.tail(3)));
        put(4, -9, 0x7_0000_0001L);
        assertEquals(0, table.keyLength(4));
        assertEquals(0x7_0000_0001L, table.length(4));
        assertEquals(2, table.runLength(4));
        put(64, key(100, 1), 12345);
        assertEquals(12345, table.keyWord(64));
        assertEquals(100, table.keyLength(64));
        assertEquals(3, table.length(64));
        assertEquals(800, table.offset(64));
        assertEquals(5, table.version(64));
        assertEquals(8, table.runLength(64));
        assertSame(memory, table.memory());
        assertEquals(SLOTS, table.capacity());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 30, 41, 1024})
    void shouldStoreTheHeadsTailLastSoThatACrashBeforeLeavesAFreeSlot(int keyLength) {
        if (keyLength == 0) {
            put(64, 99, 3);
        } else {
            put(64, key(keyLength, 1), 12345);
        }
        int slots = image.slots();
        List<byte[]> images = memory.images();
        assertEquals(slots * 4, images.size(), "every word once");
        for (int i = 0; i < images.size(); i++) {
            SlotTable crashed = new SlotTable(RecordingMemory.with(images.get(i)), BASE, SLOTS);
            SlotReader.State expected = i == images.size() - 1 ? SlotReader.State.RECORD : SlotReader.State.FREE;
            assertEquals(expected, new SlotReader(crashed, SEED, 1 << 20).read(64), "after store " + i);
        }
        List<String> events = new ArrayList<>(memory.takeEvents());
        int head = BASE + 64 * 32;
        assertEquals(List.of("put " + head, "put " + (head + 8), "put " + (head + 16), "release " + (head + 24)),
                events.subList(events.size() - 4, events.size()), "the head, and nothing is flushed");
        for (int at = head + 32; at < head + slots * 32; at += 8) {
            assertTrue(events.contains("put " + at), "a word of a continuation at " + at);
        }
        assertArrayEquals(image.segment().asSlice(0, slots * 32L).toArray(ValueLayout.JAVA_BYTE),
                Arrays.copyOfRange(memory.bytes(), head, head + slots * 32));
        assertArrayEquals(new byte[32], Arrays.copyOfRange(memory.bytes(), head + slots * 32, head + slots * 32 + 32));
    }

    @Test
    void shouldRetireByOneStoreAndFlushTheSlotsAskedFor() {
        put(64, key(100, 1), 12345);
        memory.takeEvents();
        table.retire(64);
        assertEquals(List.of("release " + (BASE + 64 * 32 + 24)), memory.takeEvents());
        assertEquals(0, table.tail(64));
        assertEquals(12345, table.keyWord(64), "nothing else changes");
        table.flush(64, 6);
        assertEquals(List.of("flush " + (BASE + 64 * 32) + "+192"), memory.takeEvents());
    }

    @Test
    void shouldRestoreSlotsFromBytesAlignedInAnyWay() {
        put(64, key(30, 1), 12345);
        byte[] bytes = new byte[3 * 32 + 1];
        System.arraycopy(memory.bytes(), BASE + 64 * 32, bytes, 1, 3 * 32);
        RecordingMemory other = new RecordingMemory(memory.bytes().length);
        new SlotTable(other, BASE, SLOTS).restore(64, MemorySegment.ofArray(bytes).asSlice(1));
        assertArrayEquals(memory.bytes(), other.bytes());
    }

    // keys

    @Test
    void shouldKnowALongKeyFromAKeyOfBytesWithThatHash() {
        put(2, 4711, 8);
        put(4, 4712, 1L << 32);
        put(8, key(10, 1), 4713);
        assertTrue(table.hasKey(2, 4711));
        assertFalse(table.hasKey(2, 4712));
        assertTrue(table.hasKey(4, 4712));
        assertFalse(table.hasKey(8, 4713));
        assertTrue(table.hasKey(8, segment(key(10, 1)), 4713));
        assertFalse(table.hasKey(8, segment(key(10, 1)), 4712));
        assertTrue(table.hasKey(8, copy(key(10, 1)), 4713));
        assertFalse(table.hasKey(8, copy(key(10, 1)), 4712));
        assertFalse(table.hasKey(2, copy(key(10, 1)), 4711));
        assertFalse(table.hasKey(4, copy(key(10, 1)), 4712));
        assertFalse(table.hasKey(2, segment(key(10, 1)), 4711));
        assertFalse(table.hasKey(4, segment(key(10, 1)), 4712));
        assertFalse(table.hasKey(2, segment(new byte[0]), 4711), "also where the kind alone tells");
    }

    @Test
    void shouldTellKeysThatDifferInTheirLastByteOrTheirLength() {
        for (int length : KEY_LENGTHS) {
            byte[] key = key(length, 1);
            put(64, key, 12345);
            // another tenant's bytes behind what the key needs
            for (long at = BASE + (64L + image.slots()) * 32; at < BASE + SLOTS * 32L; at += 8) {
                memory.putLong(at, at);
            }
            assertTrue(table.hasKey(64, segment(key), 12345), "length " + length);
            assertTrue(table.hasKey(64, copy(key), 12345), "copied, length " + length);
            assertFalse(table.hasKey(64, segment(Arrays.copyOf(key, length + 1)), 12345), "longer than " + length);
            assertFalse(table.hasKey(64, segment(Arrays.copyOf(key, length - 1)), 12345), "shorter than " + length);
            assertFalse(table.hasKey(64, copy(Arrays.copyOf(key, length - 1)), 12345), "copied, shorter than " + length);
            for (int at : new int[] {0, length / 2, length - 1}) {
                byte[] other = key.clone();
                other[at] ^= (byte) 0x80;
                assertFalse(table.hasKey(64, segment(other), 12345), "length " + length + ", another byte " + at);
                assertFalse(table.hasKey(64, copy(other), 12345), "copied, length " + length + ", another byte " + at);
            }
            assertArrayEquals(key, table.keyBytes(64));
        }
    }

    @Test
    void shouldCompareTheKeysOfTwoRecords() {
        for (int length : KEY_LENGTHS) {
            byte[] key = key(length, 1);
            for (long at = BASE; at < BASE + SLOTS * 32L; at += 8) {
                memory.putLong(at, at);
            }
            put(0, key, 12345);
            put(64, key, 12345);
            assertTrue(table.sameKey(0, 64), "length " + length);
            for (int at : new int[] {0, length / 2, length - 1}) {
                byte[] other = key.clone();
                other[at] ^= (byte) 0x80;
                put(64, other, 12345);
                assertFalse(table.sameKey(0, 64), "length " + length + ", another byte " + at);
            }
            put(64, Arrays.copyOf(key, Math.max(1, length - 1)), 12345);
            assertEquals(length == 1, table.sameKey(0, 64), "length " + length);
            put(64, key, 12346);
            assertFalse(table.sameKey(0, 64), "another hash");
        }
        put(0, 1, 1);
        put(2, 1, 1L << 32);
        put(4, 2, 1);
        assertTrue(table.sameKey(0, 2));
        assertFalse(table.sameKey(0, 4));
        put(8, key(5, 1), 1);
        assertFalse(table.sameKey(0, 8), "a long that equals a hash");
    }

    @Test
    void shouldGiveTheHashAndTheBytesOfEitherKey() {
        put(0, 0x0807060504030201L, 1);
        put(2, -2, 1L << 32);
        put(4, key(5, 1), 4711);
        assertEquals(KeyHash.of(0x0807060504030201L, SEED), table.keyHash(0, SEED));
        assertEquals(KeyHash.of(-2, SEED), table.keyHash(2, SEED));
        assertEquals(4711, table.keyHash(4, SEED));
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, table.keyBytes(0));
        assertArrayEquals(new byte[] {-2, -1, -1, -1, -1, -1, -1, -1}, table.keyBytes(2));
    }

    // what a reader may meet while the slot changes under it: it must stay inside the table

    @Test
    void shouldNotLookForAContinuationBehindTheLastSlot() {
        put(SLOTS - 1, key(10, 1), 4711); // its continuation lies behind the table
        assertEquals(0, table.keyLength(SLOTS - 1));
        assertEquals(3, table.length(SLOTS - 1));
        assertFalse(table.hasKey(SLOTS - 1, segment(key(10, 1)), 4711));
        put(SLOTS - 2, key(10, 1), 4711);
        assertEquals(10, table.keyLength(SLOTS - 2));
        assertTrue(table.hasKey(SLOTS - 2, segment(key(10, 1)), 4711));
    }

    @Test
    void shouldNotCompareAKeyThatWouldEndBehindTheLastSlot() {
        put(SLOTS - 2, key(30, 1), 4711);
        assertEquals(30, table.keyLength(SLOTS - 2));
        assertFalse(table.hasKey(SLOTS - 2, segment(key(30, 1)), 4711));
        put(SLOTS - 3, key(30, 1), 4711);
        assertTrue(table.hasKey(SLOTS - 3, segment(key(30, 1)), 4711));
    }
}
