package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the first bytes of a file may be, and what is said about all else. */
class HeadersTest {
    private static final UUID INSTANCE = new UUID(5, 6);
    private static final ImageStamp IMAGE = new ImageStamp(3, new FileIdentity(11, 12, 13, 0), 14);
    private static final ImageStamp PREVIOUS = new ImageStamp(2, new FileIdentity(21, 0, 0, 23), 24);
    private static final LogHeader LOG = new LogHeader(INSTANCE, 4, 4096, 77, new FileIdentity(9, 8, 7, 6), 2, IMAGE, PREVIOUS);

    private static byte[] bytes(Chunk chunk) {
        return chunk.bytes.toArray(ValueLayout.JAVA_BYTE);
    }

    private static LogHeader readLog(byte[] bytes) throws Exception {
        return LogHeader.read(new BytesFile(bytes), "dir/log", 4);
    }

    private static void assertLogRefused(byte[] bytes, ErrorCode code, String message) {
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> readLog(bytes));
        assertEquals(code + ": dir/log: " + message, e.getMessage());
        assertEquals(code, e.code());
    }

    /** A log header with one number changed and the checksum over {@code length} bytes right. */
    private static byte[] log(int offset, int value, int length) {
        Chunk chunk = new Chunk(4096);
        chunk.bytes.asSlice(0, 512).copyFrom(LOG.encode().bytes);
        chunk.putInt(offset, value);
        chunk.putInt(8, chunk.crc32c(12, length));
        return bytes(chunk);
    }

    private static ImageHeader image(long tableSlots, long blocks, long fileLength) {
        return new ImageHeader(INSTANCE, 4, tableSlots, 5, blocks, fileLength, 7, TestTable.header(6));
    }

    @Test
    void shouldReadLogHeaderAsWritten() throws Exception {
        assertEquals(LOG, readLog(bytes(LOG.encode())));
        for (int step : new int[] {4096, 8192, 16 << 20}) {
            assertEquals(step, readLog(log(20, step, 512)).step());
        }
    }

    @Test
    void shouldRefuseStepsOutOfRange() {
        for (int step : new int[] {0, -4096, 4095, 2048, 6000, (16 << 20) + 4096}) {
            assertLogRefused(log(20, step, 512), ErrorCode.METADATA_CORRUPT,
                    "expected an allocation step of 4096 to 16777216 bytes, found " + step);
        }
    }

    @Test
    void shouldRefuseHeaderOfAnotherGeneration() {
        assertLogRefused(log(40, 5, 512), ErrorCode.METADATA_CORRUPT,
                "expected generation 4 as in its name, found 5; was the file renamed?");
    }

    @Test
    void shouldTellTruncatedFilesFromForeignOnes() {
        byte[] whole = bytes(LOG.encode());
        for (int length : new int[] {0, 7, 8, 511}) {
            assertLogRefused(Arrays.copyOf(whole, length), ErrorCode.METADATA_TRUNCATED,
                    "expected a header of 512 bytes, found a file of " + length + "; restore is not possible from it");
        }
        String foreign = "expected a file of regionstore, found other contents; give the store a directory of its own";
        assertLogRefused(Arrays.copyOf("a letter, not a log".getBytes(), 7), ErrorCode.METADATA_TRUNCATED,
                "expected a header of 512 bytes, found a file of 7; restore is not possible from it");
        assertLogRefused(Arrays.copyOf("a letter".getBytes(), 8), ErrorCode.METADATA_FOREIGN, foreign);
        assertLogRefused(Arrays.copyOf("a letter".getBytes(), 511), ErrorCode.METADATA_FOREIGN, foreign);
        assertLogRefused(Arrays.copyOf("a letter".getBytes(), 512), ErrorCode.METADATA_FOREIGN, foreign);
    }

    @Test
    void shouldTellDamagedMagicFromDamagedContents() {
        byte[] bytes = bytes(LOG.encode());
        bytes[0] ^= 1;
        assertLogRefused(bytes, ErrorCode.METADATA_CORRUPT,
                "the magic number is damaged; check the disk, then restore a backup of region and metadata");
        bytes[0] ^= 1;
        for (int offset : new int[] {8, 12, 511}) {
            bytes[offset] ^= 1;
            assertLogRefused(bytes, ErrorCode.METADATA_CORRUPT, "the checksum of the header does not match; check the"
                    + " disk, then restore a backup of region and metadata");
            bytes[offset] ^= 1;
        }
    }

    @Test
    void shouldNotTrustTheStatedLength() {
        String damaged = "the checksum of the header does not match; check the disk, then restore a backup of region"
                + " and metadata";
        for (int stated : new int[] {-1, 0, 12, 16, 4097, Integer.MAX_VALUE}) {
            byte[] bytes = log(12, stated, Math.clamp(stated, 12, 4096));
            assertLogRefused(bytes, ErrorCode.METADATA_CORRUPT, damaged);
        }
        for (int stated : new int[] {20, 504, 520, 4096}) {
            assertLogRefused(log(12, stated, stated), ErrorCode.METADATA_CORRUPT,
                    "expected a header of 512 bytes, found one of " + stated);
        }
    }

    @Test
    void shouldNameOtherVersionsWhateverTheirLength() {
        for (int length : new int[] {512, 4096}) {
            Chunk chunk = new Chunk(4096);
            chunk.bytes.asSlice(0, 512).copyFrom(LOG.encode().bytes);
            chunk.putInt(12, length);
            chunk.putInt(16, 2);
            chunk.putInt(8, chunk.crc32c(12, length));
            assertLogRefused(bytes(chunk), ErrorCode.METADATA_VERSION,
                    "expected format version 1, found 2; open it with a release that knows that version");
        }
    }

    @Test
    void shouldAllocateTheStepOfTheEndAndOneMore() {
        assertEquals(8192, LogHeader.allocation(0, 4096));
        assertEquals(8192, LogHeader.allocation(4095, 4096));
        assertEquals(12288, LogHeader.allocation(4096, 4096));
        assertEquals(6L << 30, LogHeader.allocation((6L << 30) - (32 << 20), 16 << 20));
    }

    @Test
    void shouldReadImageHeaderAsWritten() throws Exception {
        byte[] bytes = bytes(image(64, 0, 1024).encode());
        ImageHeader found = ImageHeader.read(new BytesFile(bytes), "dir/image", 4);
        assertEquals(INSTANCE, found.instance());
        assertEquals(4, found.generation());
        assertEquals(64, found.tableSlots());
        assertEquals(5, found.firstLsn());
        assertEquals(0, found.blocks());
        assertEquals(1024, found.fileLength());
        assertEquals(-1, found.storeHeader().mismatch(TestTable.header(6)));
        assertEquals(true, found.storeHeader().isReadOnly());
    }

    @Test
    void shouldRefuseImageOfOtherLengthOrGeneration() {
        byte[] bytes = bytes(image(64, 0, 2048).encode());
        assertImageRefused(Arrays.copyOf(bytes, 2047), 4, ErrorCode.METADATA_TRUNCATED,
                "expected 2048 bytes, found 2047");
        assertImageRefused(Arrays.copyOf(bytes, 2049), 4, ErrorCode.METADATA_CORRUPT,
                "expected 2048 bytes, found 2049");
        assertImageRefused(Arrays.copyOf(bytes, 2048), 5, ErrorCode.METADATA_CORRUPT,
                "expected generation 5 as in its name, found 4; was the file renamed?");
    }

    private static void assertImageRefused(byte[] bytes, long generation, ErrorCode code, String message) {
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> ImageHeader.read(new BytesFile(bytes), "dir/image", generation));
        assertEquals(code + ": dir/image: " + message, e.getMessage());
        assertEquals(code, e.code());
    }

    @Test
    void shouldKnowThePayloadOfEachKind() {
        assertEquals(32, FrameDescriptor.payloadLength(1, 1));
        assertEquals(32L * Integer.MAX_VALUE, FrameDescriptor.payloadLength(1, Integer.MAX_VALUE));
        assertEquals(0, FrameDescriptor.payloadLength(2, 0));
        assertEquals(512, FrameDescriptor.payloadLength(3, 0));
        for (int[] none : new int[][] {{1, 0}, {1, -1}, {2, 1}, {2, -1}, {3, 1}, {3, -1}, {0, 0}, {4, 0}, {4, 1}}) {
            assertEquals(-1, FrameDescriptor.payloadLength(none[0], none[1]));
        }
    }

    @Test
    void shouldChecksumJustTheRangeAskedFor() {
        Chunk chunk = new Chunk(64);
        assertEquals(64, chunk.capacity());
        chunk.bytes.copyFrom(MemorySegment.ofArray("..123456789.".getBytes()));
        assertEquals(0xE3069283, chunk.crc32c(2, 11), "the check value of CRC-32C");
        assertEquals(9, chunk.range(2, 11).remaining());
        assertEquals(2, chunk.range(2, 11).position());
    }
}
