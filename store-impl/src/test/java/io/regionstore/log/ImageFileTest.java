package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Blocks of an image: which are written, and which are taken. */
class ImageFileTest {
    private static final UUID INSTANCE = new UUID(5, 6);
    private static final String NAME = "image-0000000000000004";

    private final SimulatedFiles files = new SimulatedFiles();

    private byte[] write(TestTable table) throws IOException {
        ImageStamp stamp = ImageFile.write(files, INSTANCE, 4, 9, TestTable.header(3), table, () -> { });
        byte[] written = files.contents(NAME);
        long nonce = ImageHeader.read(new BytesFile(written), NAME, 4).nonce();
        assertEquals(new ImageStamp(4, files.identity(NAME), nonce), stamp);
        assertNotEquals(0, nonce);
        assertEquals(0, files.openFiles());
        return written;
    }

    /** A table whose slots from, to hold the number of the slot. */
    private static TestTable table(int slots, int from, int to) {
        TestTable table = new TestTable(slots);
        for (int slot = from; slot < to; slot++) {
            table.bytes[slot * 32 + 31] = (byte) (slot % 101 + 1);
        }
        return table;
    }

    private static TestTable read(byte[] bytes, int slots) throws IOException {
        TestTable found = new TestTable(slots);
        read(bytes, found);
        assertEquals(1, found.begun);
        return found;
    }

    private static void read(byte[] bytes, Replay sink) throws IOException {
        BytesFile file = new BytesFile(bytes);
        ImageFile.read(file, "dir/image", ImageHeader.read(file, "dir/image", 4), sink);
    }

    private static Chunk chunk(byte[] bytes) {
        Chunk chunk = new Chunk(bytes.length);
        chunk.bytes.copyFrom(MemorySegment.ofArray(bytes));
        return chunk;
    }

    private static void sealHeader(Chunk image) {
        image.putInt(8, image.crc32c(12, 1024));
    }

    private static void sealBlock(Chunk image, int at, int slots) {
        image.putInt(at, image.crc32c(at + 4, at + 16 + 32 * slots) ^ Chunk.seed(INSTANCE, 4));
    }

    private static String refused(Chunk image) {
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> read(image.bytes.toArray(ValueLayout.JAVA_BYTE), new TestTable(10_000)));
        assertEquals(ErrorCode.METADATA_CORRUPT, e.code());
        assertTrue(e.getMessage().startsWith("METADATA_CORRUPT: dir/image: "), e.getMessage());
        return e.getMessage();
    }

    private static void assertSays(String message, String part) {
        assertTrue(message.contains(part), message);
    }

    @Test
    void shouldReadBackTablesOfAnyNumberOfBlocks() throws IOException {
        for (int slots : new int[] {1, 2047, 2048, 2049, 4096, 5000}) {
            TestTable table = table(slots, 0, slots);
            byte[] image = write(table);
            assertEquals(1024 + (slots + 2047) / 2048 * 16 + slots * 32, image.length);
            TestTable found = read(image, slots);
            assertArrayEquals(table.bytes, found.bytes);
            assertEquals(3, found.header[0]);
            files.remove(NAME);
        }
    }

    @Test
    void shouldLeaveOutBlocksOfZerosOnly() throws IOException {
        TestTable table = table(6145, 2048, 2049);
        table.bytes[6145 * 32 - 1] = 5;
        byte[] image = write(table);
        assertEquals(1024 + 16 + 65536 + 16 + 32, image.length);
        assertArrayEquals(table.bytes, read(image, 6145).bytes);
        files.remove(NAME);
        assertEquals(1024, write(new TestTable(6145)).length);
    }

    @Test
    void shouldAskForSlotsInUseOnlyEachOnce() throws IOException {
        List<String> asked = new ArrayList<>();
        TestTable table = new TestTable(6145) {
            @Override
            public long usedSlots() {
                return 2050;
            }

            @Override
            public void copy(long firstSlot, MemorySegment destination) {
                asked.add(firstSlot + "+" + destination.byteSize() / 32);
                destination.fill((byte) 1);
            }
        };
        byte[] image = write(table);
        assertEquals(List.of("0+2048", "2048+2"), asked);
        assertEquals(6145, chunk(image).getLong(48), "the table is longer");
    }

    @Test
    void shouldReplaceTemporaryFileThatWasLeft() throws IOException {
        try (LogFile left = files.create(NAME + ".tmp")) {
            left.write(new Chunk(4096).range(0, 4096), 0);
        }
        assertEquals(1024, write(new TestTable(64)).length);
    }

    @Test
    void shouldCloseFileAndGiveNoNameWhenTableFails() {
        TestTable table = new TestTable(64) {
            @Override
            public void copy(long firstSlot, MemorySegment destination) {
                throw new IllegalStateException("table is gone");
            }
        };
        assertThrows(IllegalStateException.class, () -> write(table));
        assertEquals(0, files.openFiles());
        assertEquals(List.of(NAME + ".tmp"), List.copyOf(files.names()));
    }

    @Test
    void shouldRefuseBlockWhoseNumbersCannotBe() throws IOException {
        byte[] image = write(table(4000, 0, 4000));
        int second = 1024 + 16 + 65536;
        for (int slots : new int[] {0, -1, 2049, 1953, 1951, Integer.MIN_VALUE}) {
            Chunk damaged = chunk(image);
            damaged.putInt(second + 4, slots);
            if (slots > 0 && slots < 1952) {
                sealBlock(damaged, second, 1952);
            }
            assertSays(refused(damaged), "offset " + second + ": the checksum of block 1 does not match");
        }
        for (long first : new long[] {-1, Long.MIN_VALUE, 0, 2047, 2049, Long.MAX_VALUE}) {
            Chunk damaged = chunk(image);
            damaged.putLong(second + 8, first);
            sealBlock(damaged, second, 1952);
            assertSays(refused(damaged), "offset " + second + ": expected slots from 2048 and below 4000, found 1952 from "
                    + first);
        }
    }

    @Test
    void shouldRefuseImageWithFewerOrMoreBlocksThanItSays() throws IOException {
        byte[] image = write(table(4000, 0, 4000));
        Chunk fewer = chunk(image);
        fewer.putLong(64, 1);
        sealHeader(fewer);
        assertSays(refused(fewer), "expected blocks up to offset 129056, found them up to 66576");
        Chunk more = chunk(image);
        more.putLong(64, 3);
        sealHeader(more);
        assertSays(refused(more), "offset 129056: the checksum of block 2 does not match");
        more.putLong(64, Long.MAX_VALUE);
        sealHeader(more);
        assertSays(refused(more), "block 2 does not match");
    }

    @Test
    void shouldRefuseTablesThatCannotBe() throws IOException {
        byte[] image = write(new TestTable(64));
        for (long slots : new long[] {0, -1, (1L << 36) + 1, Long.MAX_VALUE}) {
            Chunk damaged = chunk(image);
            damaged.putLong(48, slots);
            sealHeader(damaged);
            assertSays(refused(damaged), "expected 1 to 68719476736 slots, found " + slots);
        }
        Chunk longest = chunk(image);
        longest.putLong(48, 1L << 36);
        sealHeader(longest);
        read(longest.bytes.toArray(ValueLayout.JAVA_BYTE), new TestTable(1));
    }

    @Test
    void shouldRefuseBlockThatTheFileEndsIn() throws IOException {
        Chunk image = chunk(write(table(1, 0, 1)));
        for (int length : new int[] {1025, 1039, 1040, 1071}) {
            Chunk cut = new Chunk(length);
            cut.bytes.copyFrom(image.bytes.asSlice(0, length));
            cut.putLong(72, length);
            sealHeader(cut);
            assertSays(refused(cut), "offset 1024: the checksum of block 0 does not match");
        }
    }
}
