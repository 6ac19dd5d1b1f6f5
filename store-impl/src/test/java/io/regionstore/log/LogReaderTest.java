package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Logs made byte by byte: where frames end, what is a torn end and what is damage. */
class LogReaderTest {
    private static final UUID INSTANCE = new UUID(5, 6);
    private static final int STEP = 4096;
    private static final long GENERATION = 3;
    private static final SlotLimit LIMIT = new SlotLimit(64, 1);

    private final Chunk log = new Chunk(16 * STEP);
    private final List<String> told = new ArrayList<>();
    private int end = 512;
    private int size = 2 * STEP;
    private BytesFile file;

    private final Replay sink = new Replay() {
        @Override
        public void begin(long tableSlots, MemorySegment header) {
            throw new AssertionError("a log holds no image");
        }

        @Override
        public void slots(long firstSlot, MemorySegment bytes) {
            throw new AssertionError("a log holds no blocks");
        }

        @Override
        public void write(long firstSlot, MemorySegment bytes) {
            assertTrue(bytes.isReadOnly());
            told.add("write " + firstSlot + " " + bytes.byteSize() + " " + bytes.get(ValueLayout.JAVA_BYTE, 0));
        }

        @Override
        public void retire(long slot) {
            told.add("retire " + slot);
        }

        @Override
        public void header(MemorySegment header) {
            assertTrue(header.isReadOnly());
            told.add("header " + header.byteSize() + " " + header.get(ValueLayout.JAVA_BYTE, 511));
        }
    };

    private static int crcSeed() {
        return Chunk.seed(INSTANCE, GENERATION);
    }

    /** Puts a frame at the end, its checksum right. */
    private int frame(long lsn, long durable, int kind, int slots, long first, long retired, int payload) {
        int at = end;
        log.bytes.asSlice(at + 48, payload).fill((byte) lsn);
        put(at, 48 + payload, lsn, durable, kind, slots, first, retired);
        end += 48 + payload;
        return at;
    }

    private void put(int at, int length, long lsn, long durable, int kind, int slots, long first, long retired) {
        log.putInt(at + 4, length);
        log.putLong(at + 8, lsn);
        log.putLong(at + 16, durable);
        log.putInt(at + 24, kind);
        log.putInt(at + 28, slots);
        log.putLong(at + 32, first);
        log.putLong(at + 40, retired);
        seal(at, length);
    }

    private void seal(int at, int length) {
        log.putInt(at, log.crc32c(at + 4, at + length) ^ crcSeed());
    }

    private int slots(long lsn, int slots) {
        return frame(lsn, lsn - 1, 1, slots, lsn, -1, 32 * slots);
    }

    private LogReader reader() throws IOException {
        LogHeader header =
                new LogHeader(INSTANCE, GENERATION, STEP, 1, FileIdentity.NONE, 0, ImageStamp.NONE, ImageStamp.NONE);
        log.bytes.asSlice(0, 512).copyFrom(header.encode().bytes);
        file = new BytesFile(Arrays.copyOf(log.bytes.toArray(ValueLayout.JAVA_BYTE), size));
        return new LogReader(file, "dir/log", GENERATION);
    }

    private LogReader replayed(long next) throws IOException {
        LogReader reader = reader();
        assertEquals(next, reader.replay(1, LIMIT, sink));
        return reader;
    }

    private String refused(ErrorCode code) throws IOException {
        LogReader reader = reader();
        RegionStoreException e =
                assertThrows(RegionStoreException.class, () -> reader.replay(1, LIMIT, sink));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().startsWith(code + ": dir/log: "), e.getMessage());
        return e.getMessage();
    }

    private static void assertSays(String message, String part) {
        assertTrue(message.contains(part), message);
    }

    @Test
    void shouldDeliverFramesInOrderEachWithItsRetirementAfterItsSlots() throws IOException {
        frame(1, 0, 1, 2, 40, 9, 64);
        frame(2, 1, 2, 0, -1, 41, 0);
        frame(3, 1, 3, 0, -1, -1, 512);
        frame(4, 3, 1, 1, 0, 0, 32);
        try (LogReader reader = replayed(5)) {
            assertEquals(List.of("write 40 64 1", "retire 9", "retire 41", "header 512 3", "write 0 32 4", "retire 0"),
                    told);
            assertEquals(4, reader.frames());
            assertEquals(512 + 112 + 48 + 560 + 80, reader.end());
            assertFalse(reader.torn());
            assertEquals("dir/log", reader.resource());
            assertEquals(GENERATION, reader.header().generation());
            assertFalse(file.closed);
        }
        assertTrue(file.closed);
    }

    @Test
    void shouldReadLogWithoutFrames() throws IOException {
        LogReader reader = replayed(1);
        assertEquals(0, reader.frames());
        assertEquals(512, reader.end());
        assertFalse(reader.torn());
    }

    @Test
    void shouldDeliverTheSameWhenReplayedAgain() throws IOException {
        for (int lsn = 1; lsn <= 200; lsn++) {
            slots(lsn, 1);
        }
        size = 6 * STEP;
        LogReader reader = replayed(201);
        List<String> first = List.copyOf(told);
        told.clear();
        assertEquals(201, reader.replay(1, LIMIT, sink));
        assertEquals(first, told);
        assertEquals(200, reader.frames());
        assertEquals(512 + 200 * 80, reader.end());
    }

    @Test
    void shouldReadEachStretchOfALongLogOnce() throws IOException {
        for (int lsn = 1; lsn <= 300; lsn++) {
            slots(lsn, 1); // 102.4 frames in each window of two steps
        }
        size = 8 * STEP;
        replayed(301);
        assertEquals(300, told.size());
        assertEquals(1 + 4, file.reads, "header, and windows of 8192 bytes, a little less each, to 32768");
    }

    @Test
    void shouldReadFramesUpToOneStepLong() throws IOException {
        frame(1, 0, 1, 126, 0, -1, 4032);
        frame(2, 1, 1, 126, 0, -1, 4032);
        slots(3, 1);
        size = 4 * STEP;
        assertEquals(3, replayed(4).frames());
    }

    @Test
    void shouldTakeFrameOfExactlyOneStepButNoLongerOne() throws IOException {
        // No kind is that long, but what makes a frame is its length and checksum; then its kind is looked at.
        put(512, STEP, 1, 0, 9, 0, -1, -1);
        size = 4 * STEP;
        assertSays(refused(ErrorCode.METADATA_VERSION), "offset 512: a frame of kind 9 with 0 slots and 4096 bytes");
        put(512, STEP + 8, 1, 0, 9, 0, -1, -1);
        assertTrue(replayed(1).torn(), "no log of this step holds such a frame");
    }

    @Test
    void shouldTakeShortestFrameButNoneWhoseLengthIsImpossible() throws IOException {
        put(512, 48, 1, 0, 2, 0, -1, 7);
        replayed(2);
        assertEquals(List.of("retire 7"), told);
        for (int length : new int[] {40, 47, 52, 49, 0, -8}) {
            log.bytes.asSlice(512, 128).fill((byte) 0);
            log.putLong(520, 1);
            log.putInt(516, length);
            if (length > 4) {
                seal(512, length);
            }
            LogReader reader = replayed(1);
            assertTrue(reader.torn(), "length " + length);
            assertEquals(0, reader.frames());
        }
    }

    @Test
    void shouldRefuseFrameOfUnknownKindOrShape() throws IOException {
        frame(1, 0, 4, 0, -1, -1, 0);
        assertSays(refused(ErrorCode.METADATA_VERSION), "offset 512: a frame of kind 4 with 0 slots and 48 bytes");
        for (int[] shape : new int[][] {{1, 2, 32}, {1, 0, 0}, {1, -1, 32}, {2, 1, 0}, {2, 0, 8}, {3, 1, 512},
            {3, 0, 504}, {0, 0, 0}}) {
            end = 512;
            frame(1, 0, shape[0], shape[1], -1, -1, shape[2]);
            assertSays(refused(ErrorCode.METADATA_VERSION), "open it with the release that wrote it");
        }
        assertEquals(List.of(), told);
    }

    @Test
    void shouldRefuseGapBetweenFrames() throws IOException {
        slots(1, 1);
        slots(3, 1);
        assertSays(refused(ErrorCode.METADATA_CORRUPT),
                "offset 592: expected the frame of LSN 2, found LSN 3: frames in between are lost");
    }

    @Test
    void shouldRefuseFramesOfLowerLsn() throws IOException {
        slots(1, 1);
        slots(1, 1);
        assertSays(refused(ErrorCode.METADATA_CORRUPT), "expected the frame of LSN 2, found LSN 1");
    }

    @Test
    void shouldRefuseSlotsBeyondWhatTheTableCanHaveGrownTo() throws IOException {
        long first = LIMIT.at(1);
        frame(1, 0, 1, 2, first - 2, first - 1, 64);
        frame(2, 1, 2, 0, -1, first + 127, 0);
        replayed(3);
        assertEquals(List.of("write " + (first - 2) + " 64 1", "retire " + (first - 1), "retire " + (first + 127)), told);
        long[][] beyond = {{1, 2, first - 1, -1}, {1, 1, 1L << 62, -1}, {1, 1, Long.MAX_VALUE, -1}, {1, 1, -1, -1},
            {1, 1, Long.MIN_VALUE, -1}, {2, 0, -1, first}, {2, 0, -1, Long.MAX_VALUE}, {2, 0, -1, -2},
            {1, 1, 0, first}, {3, 0, -1, first}};
        for (long[] frame : beyond) {
            told.clear();
            end = 512;
            log.bytes.asSlice(512, 2048).fill((byte) 0);
            frame(1, 0, (int) frame[0], (int) frame[1], frame[2], frame[3],
                    frame[0] == 3 ? 512 : 32 * (int) frame[1]);
            String message = refused(ErrorCode.METADATA_CORRUPT);
            assertSays(message, "offset 512: expected slots below " + first + ", found " + frame[1] + " from ");
            assertSays(message, "the retirement of " + frame[3] + ";");
            assertEquals(List.of(), told, "refused before the table hears of it");
        }
    }

    @Test
    void shouldLetLimitFollowFramesAndTable() {
        assertEquals((1L << 25) + 2 * 64, LIMIT.at(1));
        assertEquals((1L << 25) + 2 * 64 + 128 * 1000, LIMIT.at(1001));
        assertEquals((1L << 25) + (1L << 37) + 128, new SlotLimit(1L << 36, 7).at(8));
        assertTrue(SlotLimit.isTable(1) && SlotLimit.isTable(1L << 36));
        assertFalse(SlotLimit.isTable(0) || SlotLimit.isTable((1L << 36) + 1) || SlotLimit.isTable(-1));
    }

    @Test
    void shouldCutTornEndWithoutWitness() throws IOException {
        slots(1, 1);
        int torn = slots(2, 1);
        slots(3, 1);
        log.putInt(torn, ~log.getInt(torn));
        put(torn + 80, 80, 3, 1, 1, 1, 0, -1); // says that LSN 1 was durable, not 2
        LogReader reader = replayed(2);
        assertTrue(reader.torn());
        assertEquals(1, reader.frames());
        assertEquals(592, reader.end());
    }

    @Test
    void shouldRefuseUnreadableFrameThatALaterOneCallsDurable() throws IOException {
        slots(1, 1);
        int bad = slots(2, 1);
        slots(3, 1); // says that LSN 2 was durable
        log.putInt(bad, ~log.getInt(bad));
        assertSays(refused(ErrorCode.METADATA_CORRUPT), "offset 592: the frame of LSN 2 cannot be read, but LSN 3 at"
                + " offset 672 says that it was durable");
    }

    @Test
    void shouldFindWitnessAtAnyMultipleOfEightAndAtTheVeryEnd() throws IOException {
        slots(1, 1);
        log.putInt(512, ~log.getInt(512));
        for (int at : new int[] {520, 600, 8192 - 48}) {
            log.bytes.asSlice(520, 2 * STEP - 520).fill((byte) 0);
            put(at, 48, 2, 1, 2, 0, -1, 5);
            assertSays(refused(ErrorCode.METADATA_CORRUPT), "offset " + at + " says");
        }
    }

    @Test
    void shouldFindWitnessWhereAStretchThatIsReadAtOnceBegins() throws IOException {
        slots(1, 1);
        log.putInt(512, ~log.getInt(512));
        size = 4 * STEP;
        put(512 + 2 * STEP, 48, 2, 1, 2, 0, -1, 5);
        assertSays(refused(ErrorCode.METADATA_CORRUPT), "offset " + (512 + 2 * STEP) + " says");
    }

    @Test
    void shouldReadStretchOfOneWord() throws IOException {
        size = 512 + 2 * STEP + 8;
        assertFalse(replayed(1).torn());
    }

    @Test
    void shouldIgnoreLeftoversOfFramesThatAreNotNewer() throws IOException {
        slots(1, 1);
        log.putInt(512, ~log.getInt(512));
        put(640, 48, 1, 1, 2, 0, -1, 5); // not newer than what is missing
        assertTrue(replayed(1).torn());
    }

    @Test
    void shouldCallTornWhatIsNotZeroUpToTheLastWord() throws IOException {
        slots(1, 1);
        log.putLong(2 * STEP - 8, 1);
        assertTrue(replayed(2).torn());
        log.putLong(2 * STEP - 8, 0);
        assertFalse(replayed(2).torn());
        log.putLong(592, 1L << 63);
        assertTrue(replayed(2).torn());
    }

    @Test
    void shouldReadFrameThatEndsWithTheFile() throws IOException {
        // A frame that ends with the file leaves less than is made ahead: the file was cut.
        while (end < 2 * STEP - 80) {
            slots((end - 512) / 80 + 1, 1);
        }
        int payload = 2 * STEP - end - 48;
        assertEquals(0, payload % 32);
        frame((end - 512) / 80 + 1, 0, 1, payload / 32, 0, -1, payload);
        assertEquals(2 * STEP, end);
        assertSays(refused(ErrorCode.METADATA_TRUNCATED), "expected at least 16384 bytes, found 8192");
        assertEquals(96, told.size());
    }

    @Test
    void shouldNotTakeFrameThatReachesPastTheEnd() throws IOException {
        put(512, 4096, 1, 0, 9, 0, -1, -1);
        int at = 2 * STEP - 48;
        log.bytes.asSlice(512, 2 * STEP).fill((byte) 0);
        log.putInt(at + 4, 56);
        log.putLong(at + 8, 4);
        assertTrue(replayed(1).torn());
    }

    @Test
    void shouldAskForTheRoomThatWasMadeAhead() throws IOException {
        size = 2 * STEP - 1;
        RegionStoreException e = assertThrows(RegionStoreException.class, this::reader);
        assertEquals(ErrorCode.METADATA_TRUNCATED, e.code());
        assertSays(e.getMessage(), "dir/log: expected at least 8192 bytes, found 8191");
        assertTrue(file.closed, "closed when the constructor throws");
        size = 2 * STEP;
        reader();
        frame(1, 0, 1, 110, 0, -1, 3520);
        size = 3 * STEP;
        replayed(2); // ends at 4080
        end = 512;
        frame(1, 0, 1, 111, 0, -1, 3552);
        replayed(2); // ends at 4112
        size = 3 * STEP - 8;
        assertSays(refused(ErrorCode.METADATA_TRUNCATED), "expected at least 12288 bytes, found 12280");
    }

    @Test
    void shouldRefuseFileThatShrinksWhileItIsRead() throws IOException {
        slots(1, 1);
        LogReader reader = reader();
        file.end = 559;
        RegionStoreException e =
                assertThrows(RegionStoreException.class, () -> reader.replay(1, LIMIT, sink));
        assertEquals(ErrorCode.METADATA_TRUNCATED, e.code());
        assertSays(e.getMessage(), "dir/log: ended while it was read");
        file.end = 592; // just the frame
        LogReader again = reader();
        file.end = 592;
        assertThrows(RegionStoreException.class, () -> again.replay(1, LIMIT, sink), "what follows it is missing");
        assertEquals(1, told.size());
    }

    @Test
    void shouldCloseFileWhenHeaderIsRefused() throws IOException {
        reader();
        assertThrows(RegionStoreException.class, () -> new LogReader(file, "dir/log", GENERATION + 1));
        assertTrue(file.closed);
    }
}
