package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.regionstore.proof.SimulatedFiles;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Freezes the format: literal numbers, none taken from the classes under test. */
class DescriptorTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(4096, 4096);
    private static final UUID INSTANCE = new UUID(0x0102030405060708L, 0x1112131415161718L);

    private static byte[] log(SimulatedFiles files, int generation) {
        return files.contents(String.format("log-%016x", generation));
    }

    private static ByteBuffer le(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int crc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private static int seed(long generation) {
        byte[] bytes = new byte[24];
        le(bytes).putLong(0x0102030405060708L).putLong(0x1112131415161718L).putLong(generation);
        return crc(bytes, 0, 24);
    }

    @Test
    void shouldLayOutFramesAsFrozen() {
        SimulatedFiles files = new SimulatedFiles();
        try (MetadataDirectory directory =
                     MetadataDirectory.create(files, INSTANCE, 64, TestTable.header(7), SMALL)) {
            directory.start();
            byte[] slots = new byte[72];
            Arrays.fill(slots, (byte) 0x5a);
            directory.awaitDurable(directory.append(MemorySegment.ofArray(slots), 8, 40, 2, 9));
            directory.appendRetire(41);
            directory.appendHeader(TestTable.header(8));
        }
        byte[] log = log(files, 1);
        ByteBuffer frames = le(log);
        int first = 512;
        assertEquals(crc(log, first + 4, first + 112) ^ seed(1), frames.getInt(first));
        assertEquals(112, frames.getInt(first + 4));
        assertEquals(1, frames.getLong(first + 8));
        assertEquals(0, frames.getLong(first + 16));
        assertEquals(1, frames.getInt(first + 24));
        assertEquals(2, frames.getInt(first + 28));
        assertEquals(40, frames.getLong(first + 32));
        assertEquals(9, frames.getLong(first + 40));
        assertEquals(0x5a5a5a5a5a5a5a5aL, frames.getLong(first + 48));
        assertEquals(0x5a5a5a5a5a5a5a5aL, frames.getLong(first + 104));
        int second = first + 112;
        assertEquals(crc(log, second + 4, second + 48) ^ seed(1), frames.getInt(second));
        assertEquals(48, frames.getInt(second + 4));
        assertEquals(2, frames.getLong(second + 8));
        assertEquals(1, frames.getLong(second + 16));
        assertEquals(2, frames.getInt(second + 24));
        assertEquals(0, frames.getInt(second + 28));
        assertEquals(-1, frames.getLong(second + 32));
        assertEquals(41, frames.getLong(second + 40));
        int third = second + 48;
        assertEquals(560, frames.getInt(third + 4));
        assertEquals(3, frames.getLong(third + 8));
        assertEquals(3, frames.getInt(third + 24));
        assertEquals(-1, frames.getLong(third + 40));
        assertEquals(0x0808080808080808L, frames.getLong(third + 48));
        assertEquals(0, frames.getLong(third + 560));
        assertEquals(8192, log.length, "two steps, for frames that end in the first");
    }

    @Test
    void shouldLayOutHeaderOfLogAsFrozen() throws Exception {
        SimulatedFiles files = new SimulatedFiles();
        TestTable table = new TestTable(64);
        try (MetadataDirectory directory =
                     MetadataDirectory.create(files, INSTANCE, 64, TestTable.header(7), SMALL)) {
            directory.start();
            directory.append(MemorySegment.ofArray(new byte[32]), 0, 0, 1, -1);
            directory.writeImage(table);
        }
        byte[] log = log(files, 3);
        ByteBuffer header = le(log);
        assertEquals("RGNSTLOG", new String(log, 0, 8, StandardCharsets.US_ASCII));
        assertEquals(crc(log, 12, 512), header.getInt(8));
        assertEquals(512, header.getInt(12));
        assertEquals(1, header.getInt(16));
        assertEquals(4096, header.getInt(20));
        assertEquals(0x0102030405060708L, header.getLong(24));
        assertEquals(0x1112131415161718L, header.getLong(32));
        assertEquals(3, header.getLong(40));
        assertEquals(2, header.getLong(48));
        assertEquals(files.identity("log-0000000000000003").inode(), header.getLong(56));
        assertEquals(0, header.getLong(64));
        FileIdentity image = files.identity("image-0000000000000002");
        assertEquals(2, header.getLong(72));
        assertEquals(image.inode(), header.getLong(80));
        assertEquals(image.seconds(), header.getLong(88));
        assertEquals(image.nanos(), header.getInt(96));
        assertEquals(image.generation(), header.getInt(100));
        assertEquals(1, header.getLong(104));
        assertEquals(files.identity("image-0000000000000001").inode(), header.getLong(112));
        assertEquals(le(files.contents("image-0000000000000002")).getLong(80), header.getLong(136));
        assertEquals(le(files.contents("image-0000000000000001")).getLong(80), header.getLong(144));
        FileIdentity own = files.identity("log-0000000000000003");
        assertEquals(own.seconds(), header.getLong(152));
        assertEquals(own.nanos(), header.getInt(160));
        assertEquals(own.generation(), header.getInt(164));
        assertArrayEquals(new byte[344], Arrays.copyOfRange(log, 168, 512));
    }

    @Test
    void shouldLayOutImageAsFrozenAndLeaveZeroBlocksOut() {
        SimulatedFiles files = new SimulatedFiles();
        TestTable table = new TestTable(5000);
        table.bytes[4097 * 32] = 0x77; // third block, of 904 slots
        try (MetadataDirectory directory =
                     MetadataDirectory.create(files, INSTANCE, 6000, TestTable.header(7), SMALL)) {
            directory.start();
            directory.appendHeader(TestTable.header(9));
            directory.writeImage(table);
        }
        byte[] image = files.contents("image-0000000000000002");
        ByteBuffer header = le(image);
        assertEquals("RGNSTIMG", new String(image, 0, 8, StandardCharsets.US_ASCII));
        assertEquals(crc(image, 12, 1024), header.getInt(8));
        assertEquals(1024, header.getInt(12));
        assertEquals(1, header.getInt(16));
        assertEquals(0x0102030405060708L, header.getLong(24));
        assertEquals(0x1112131415161718L, header.getLong(32));
        assertEquals(2, header.getLong(40));
        assertEquals(5000, header.getLong(48));
        assertEquals(2, header.getLong(56));
        assertEquals(1, header.getLong(64));
        assertEquals(1024 + 16 + 904 * 32, header.getLong(72));
        assertNotEquals(0, header.getLong(80));
        assertArrayEquals(new byte[424], Arrays.copyOfRange(image, 88, 512));
        assertEquals(1024 + 16 + 904 * 32, image.length);
        assertEquals(0x0909090909090909L, header.getLong(512));
        assertEquals(0x0909090909090909L, header.getLong(1016));
        assertEquals(crc(image, 1028, image.length) ^ seed(2), header.getInt(1024));
        assertEquals(904, header.getInt(1028));
        assertEquals(4096, header.getLong(1032));
        assertEquals(0x77, header.getLong(1040 + 32));
    }

    @Test
    void shouldSeedChecksumsWithStoreAndGeneration() {
        assertEquals(seed(5), Chunk.seed(INSTANCE, 5));
        assertNotEquals(Chunk.seed(INSTANCE, 5), Chunk.seed(INSTANCE, 6));
        assertNotEquals(Chunk.seed(INSTANCE, 5), Chunk.seed(new UUID(1, 2), 5));
    }
}
