package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.FailureDomain;
import io.regionstore.device.MappedMedium;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Freezes header, slot and intent line: literal numbers, none taken from the classes under test. */
class FrozenFormatTest {
    private static final long SEED = 0x0123456789ABCDEFL;

    private static ByteBuffer le(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static StoreHeader header(boolean clean, long metadataLength, String path) {
        return new StoreHeader(new UUID(0x0102030405060708L, 0x1112131415161718L), 21, 22, 23, 64, metadataLength, clean,
                FailureDomain.PLATFORM, new StoreHeader.Region(3, 0x2122232425262728L, 0x3130L, 0x4142L, 0x5152L,
                0x6162L, path), new UUID(0x7172737475767778L, 0x0182838485868788L), 24, clean ? 0x8192L : -1);
    }

    @Test
    void shouldLayOutHeaderAsFrozen() {
        byte[] bytes = header(true, 32768, "/dev/dax0.0").encode();
        ByteBuffer b = le(bytes);
        assertEquals(512, bytes.length);
        assertEquals("RGNSTOR1", new String(bytes, 0, 8, StandardCharsets.US_ASCII));
        assertEquals(1, b.getInt(8), "format version");
        assertEquals(1, b.getInt(12), "clean");
        assertEquals(0x0102030405060708L, b.getLong(16));
        assertEquals(0x1112131415161718L, b.getLong(24));
        assertEquals(21, b.getLong(32), "sequence");
        assertEquals(22, b.getLong(40), "opened");
        assertEquals(23, b.getLong(48), "version ceiling");
        assertEquals(64, b.getLong(56), "slots");
        assertEquals(24576, b.getLong(64), "table");
        assertEquals(64 * 32, b.getLong(72));
        assertEquals(8192, b.getLong(80), "intent lines");
        assertEquals(256 * 64, b.getLong(88));
        assertArrayEquals(new byte[32], Arrays.copyOfRange(bytes, 96, 128), "areas for index and allocator");
        assertEquals(32768, b.getLong(128));
        assertEquals(3, b.getInt(136), "region kind");
        assertEquals(2, b.getInt(140), "domain");
        assertEquals(0x2122232425262728L, b.getLong(144));
        assertEquals(0x3130L, b.getLong(152));
        assertEquals(0x4142L, b.getLong(160));
        assertEquals(0x5152L, b.getLong(168));
        assertEquals(0x6162L, b.getLong(176));
        assertEquals(0x7172737475767778L, b.getLong(184));
        assertEquals(0x0182838485868788L, b.getLong(192));
        assertEquals(24, b.getLong(200), "created");
        assertEquals(11, b.getInt(208));
        assertEquals("/dev/dax0.0", new String(bytes, 212, 11, StandardCharsets.UTF_8));
        assertArrayEquals(new byte[500 - 223], Arrays.copyOfRange(bytes, 223, 500));
        assertEquals(0x8193L, b.getLong(500), "records at a clean close, + 1");
        assertEquals(crc(bytes, 508), b.getInt(508));
        assertEquals(header(true, 32768, "/dev/dax0.0"), StoreHeader.decode(bytes, "test"));
    }

    @Test
    void shouldLeaveAreasOutOfHeaderInDirectoryAndCutLongPaths() {
        byte[] bytes = header(false, 0, "p".repeat(400)).encode();
        ByteBuffer b = le(bytes);
        assertEquals(0, b.getInt(12), "not clean");
        assertArrayEquals(new byte[72], Arrays.copyOfRange(bytes, 64, 136));
        assertEquals(288, b.getInt(208));
        assertEquals('p', bytes[499]);
        assertEquals(0, b.getLong(500), "records not known");
        assertEquals(header(false, 0, "p".repeat(288)), StoreHeader.decode(bytes, "test"));
    }

    @Test
    void shouldKeepNumbersOfDomainsAndMediaKinds() {
        assertEquals("[PROCESS, KERNEL, PLATFORM]", Arrays.toString(FailureDomain.values()));
        assertEquals("[DEVICE_DAX, DAX_FILE, FILE, TMPFS_FILE, HUGETLBFS_FILE]",
                Arrays.toString(MappedMedium.Kind.values()));
    }

    @Test
    void shouldKeepPlacesInMediumAndSeed() {
        assertEquals(0, HeaderDescriptor.COPY_A);
        assertEquals(4096, HeaderDescriptor.COPY_B);
        assertEquals(8192, HeaderDescriptor.INTENTS);
        assertEquals(24576, HeaderDescriptor.TABLE);
        assertEquals(256, HeaderDescriptor.MAX_LANES);
        assertEquals(0x1112131415161718L + 31 * 0x0102030405060708L, header(true, 0, "").seed());
    }

    @Test
    void shouldLayOutSimpleSlotAsFrozen() {
        SlotImage image = new SlotImage(SEED);
        image.longKey(0x5152535455565758L, 0x12345678L);
        image.seal(9, 0x616263646566L, 0x7172737475L * 8, 0x12345678L, 0x41424344);
        assertEquals(1, image.slots());
        assertEquals(1, image.runLength());
        byte[] bytes = image.segment().asSlice(0, 32).toArray(ValueLayout.JAVA_BYTE);
        ByteBuffer b = le(bytes);
        assertEquals(0x5152535455565758L, b.getLong(0));
        assertEquals(0x7172737475L << 20 | 0x45678L, b.getLong(8));
        assertEquals(0x616263646566L << 16 | 0x123L << 4 | 1, b.getLong(16));
        byte[] covered = new byte[40];
        le(covered).putLong(SEED + 9).put(bytes, 0, 24).putLong(0x41424344L);
        assertEquals(0x41424344L << 32 | crc(covered, 40) & 0xFFFF_FFFEL | 1, b.getLong(24));
    }

    @Test
    void shouldLayOutRunWithKeyOfBytesAsFrozen() {
        byte[] key = ascii("a key of thirty bytes, exactly");
        assertEquals(30, key.length);
        MemorySegment segment = MemorySegment.ofArray(key);
        SlotImage image = new SlotImage(SEED);
        image.bytesKey(SlotTableTest.copy(ascii("a longer key for which the image was used before, 63 bytes of it")), 1);
        image.bytesKey(SlotTableTest.copy(key), KeyHash.of(segment, SEED));
        image.seal(4, 7, 4096, 0x3_0000_0001L, 0xF1424344);
        assertEquals(3, image.slots());
        assertEquals(4, image.runLength());
        byte[] bytes = image.segment().asSlice(0, 96).toArray(ValueLayout.JAVA_BYTE);
        ByteBuffer b = le(bytes);
        assertEquals(KeyHash.of(segment, SEED), b.getLong(0));
        assertEquals(512L << 20 | 1, b.getLong(8));
        assertEquals(7L << 16 | 2, b.getLong(16));
        byte[] stream = new byte[48];
        le(stream).putLong(3 | 30L << 32).put(key);
        assertArrayEquals(Arrays.copyOf(stream, 24), Arrays.copyOfRange(bytes, 32, 56));
        assertArrayEquals(Arrays.copyOfRange(stream, 24, 48), Arrays.copyOfRange(bytes, 64, 88));
        assertEquals(0x434F4E54_00000002L, b.getLong(56), "CONT, first");
        assertEquals(0x434F4E54_00000004L, b.getLong(88), "CONT, second");
        byte[] covered = new byte[88];
        le(covered).putLong(SEED + 4).put(bytes, 0, 24).putLong((long) 0xF1424344).put(stream);
        assertEquals(0xF1424344L << 32 | crc(covered, 88) & 0xFFFF_FFFEL | 1, b.getLong(24));
    }

    @Test
    void shouldLayOutLongKeyWithPayloadOf4GiBAsFrozen() {
        SlotImage image = new SlotImage(SEED);
        image.bytesKey(SlotTableTest.copy(ascii("the image was used before")), 1);
        image.longKey(-5, 1L << 32);
        image.seal(2, 1, 0, 1L << 32, 0);
        assertEquals(2, image.slots());
        assertEquals(2, image.runLength());
        ByteBuffer b = le(image.segment().asSlice(0, 64).toArray(ValueLayout.JAVA_BYTE));
        assertEquals(-5, b.getLong(0));
        assertEquals(0, b.getLong(8));
        assertEquals(1 << 16 | 2, b.getLong(16));
        assertEquals(1, b.getLong(32), "length >> 32, key length 0");
        assertEquals(0, b.getLong(40));
        assertEquals(0, b.getLong(48));
        assertEquals(0x434F4E54_00000002L, b.getLong(56));
    }

    @Test
    void shouldSetAsideRunsAsFrozen() {
        int[][] keyToSlotsAndRun = {{1, 2, 2}, {16, 2, 2}, {17, 3, 4}, {40, 3, 4}, {41, 4, 4}, {64, 4, 4}, {65, 5, 8},
                {1024, 44, 64}};
        SlotImage image = new SlotImage(SEED);
        for (int[] expected : keyToSlotsAndRun) {
            image.bytesKey(SlotTableTest.copy(new byte[expected[0]]), 0);
            assertEquals(expected[1], image.slots(), "slots of a key of " + expected[0]);
            assertEquals(expected[2], image.runLength(), "run of a key of " + expected[0]);
        }
    }

    /** The numbers come from another implementation, in another language. */
    @Test
    void shouldHashKeysOfBytesAsFrozen() {
        assertEquals(0x91d59e50c7d3fcffL, KeyHash.of(MemorySegment.ofArray(new byte[] {(byte) 0x80}), SEED));
        assertEquals(0xadf505be6f35cc9bL, KeyHash.of(MemorySegment.ofArray(ascii("seventeen bytes!!")), SEED));
    }

    @Test
    void shouldLayOutIntentLinesAsFrozen() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(8192 + 256 * 64, 64);
            IntentLines lines = new IntentLines(new MappedMemory(segment, FlushMethod.NONE), 8192, 256);
            lines.announce(3, 1, 100);
            lines.announce(3, 64, 200);
            lines.advance(255, 8, 300, 301);
            byte[] bytes = segment.toArray(ValueLayout.JAVA_BYTE);
            ByteBuffer b = le(bytes);
            assertEquals(101, b.getLong(8192 + 3 * 64 + 8));
            assertEquals(201, b.getLong(8192 + 3 * 64 + 56));
            assertEquals(301, b.getLong(8192 + 255 * 64));
            assertEquals(302, b.getLong(8192 + 255 * 64 + 32));
            for (int at : new int[] {3 * 64 + 8, 3 * 64 + 56, 255 * 64, 255 * 64 + 32}) {
                b.putLong(8192 + at, 0);
            }
            assertArrayEquals(new byte[bytes.length], bytes);
        }
    }
}
