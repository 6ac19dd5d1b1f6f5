package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which files make the store, what is said when one of them is not right, and which older states are found out. */
class RecoveryTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(4096, 4096);
    private static final UUID INSTANCE = new UUID(11, 12);
    private static final int SLOTS = 64;
    private static final String IMAGE_1 = FileNames.image(1);
    private static final String IMAGE_2 = FileNames.image(2);
    private static final String LOG_1 = FileNames.log(1);
    private static final String LOG_2 = FileNames.log(2);
    private static final String LOG_3 = FileNames.log(3);

    private final SimulatedFiles files = new SimulatedFiles();
    private final TestTable table = new TestTable(SLOTS);
    private TestTable found;

    /** Two commits in log 1, none in log 2, image 2, three commits in log 3. */
    @BeforeEach
    void makeStore() {
        try (MetadataDirectory directory =
                     MetadataDirectory.create(files, INSTANCE, SLOTS, TestTable.header(1), SMALL)) {
            directory.start();
            commit(directory, 1);
            commit(directory, 2);
            directory.writeImage(table);
            for (int i = 3; i < 6; i++) {
                commit(directory, i);
            }
        }
    }

    private void commit(MetadataDirectory directory, int i) {
        byte[] slot = new byte[TestTable.SLOT];
        Arrays.fill(slot, (byte) i);
        directory.awaitDurable(directory.append(MemorySegment.ofArray(slot), 0, i, 1, -1));
        table.write(i, MemorySegment.ofArray(slot));
    }

    private MetadataDirectory open(Options options) {
        found = new TestTable(SLOTS);
        return MetadataDirectory.open(files, found, options);
    }

    private void reopen(Options options) {
        try (MetadataDirectory directory = open(options)) {
            directory.start();
        }
    }

    private void assertRefused(ErrorCode code, String message) {
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> open(SMALL));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().startsWith(code + ": simulated" + message), e.getMessage());
        assertEquals(0, files.openFiles());
    }

    private void flip(String name, int offset) {
        byte[] bytes = files.contents(name);
        bytes[offset] ^= 1;
        files.replace(name, bytes);
    }

    private void touch(String name) throws IOException {
        files.create(name).close();
    }

    @Test
    void shouldTellWhatItFound() throws IOException {
        touch("a-letter");
        try (MetadataDirectory directory = open(SMALL)) {
            assertArrayEquals(table.bytes, found.bytes);
            assertEquals(1, found.begun);
            assertEquals(INSTANCE, directory.instance());
            assertEquals(3, directory.replayedFrames());
            assertEquals(5, directory.replayedUpTo());
            assertTrue(directory.cleanTail());
            assertFalse(directory.restored());
            assertEquals(List.of("files that are not the store's were left alone: [a-letter]"), directory.notes());
            assertEquals(-1, directory.header().mismatch(TestTable.header(1)));
            assertTrue(directory.header().isReadOnly());
        }
        assertEquals(0, files.openFiles());
    }

    @Test
    void shouldTellNothingOfAStoreJustMade() {
        SimulatedFiles fresh = new SimulatedFiles();
        try (MetadataDirectory directory =
                     MetadataDirectory.create(fresh, INSTANCE, SLOTS, TestTable.header(4), SMALL)) {
            assertEquals(INSTANCE, directory.instance());
            assertEquals(0, directory.replayedFrames());
            assertEquals(0, directory.replayedUpTo());
            assertTrue(directory.cleanTail());
            assertFalse(directory.restored());
            assertEquals(List.of(), directory.notes());
            assertEquals(-1, directory.header().mismatch(TestTable.header(4)));
            assertTrue(directory.header().isReadOnly());
            directory.start();
            assertEquals(1, directory.appendRetire(1));
        }
        MetadataDirectory unused = MetadataDirectory.create(new SimulatedFiles(), INSTANCE, SLOTS,
                TestTable.header(4), SMALL);
        unused.close();
        assertEquals(ErrorCode.CLOSED,
                assertThrows(RegionStoreException.class, () -> unused.appendRetire(1)).code());
        SimulatedFiles released = new SimulatedFiles();
        MetadataDirectory.create(released, INSTANCE, SLOTS, TestTable.header(4), SMALL).close();
        assertEquals(0, released.openFiles());
    }

    @Test
    void shouldTakeNoStoreOfImpossibleSize() {
        for (long slots : new long[] {0, -1, (1L << 36) + 1}) {
            RegionStoreException e = assertThrows(RegionStoreException.class, () -> MetadataDirectory.create(
                    new SimulatedFiles(), INSTANCE, slots, TestTable.header(1), SMALL));
            assertEquals("INVALID_ARGUMENT: simulated: expected a table of 1 to 68719476736 slots, found " + slots,
                    e.getMessage());
        }
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> MetadataDirectory.create(
                new SimulatedFiles(), INSTANCE, 64, MemorySegment.ofArray(new byte[511]), SMALL));
        assertEquals("INVALID_ARGUMENT: header: expected 512 bytes, found 511", e.getMessage());
    }

    @Test
    void shouldSayWhatThereIsInsteadOfAStore() throws IOException {
        SimulatedFiles other = new SimulatedFiles();
        String expected = ": simulated: expected the metadata of a store, found ";
        String remedy = "; name its directory, or create a store";
        assertEquals(ErrorCode.NOT_FOUND + expected + "an empty directory" + remedy, refusal(other));
        other.create("LOCK").close();
        assertEquals(ErrorCode.NOT_FOUND + expected + "an empty directory" + remedy, refusal(other));
        other.create("letter").close();
        assertEquals(ErrorCode.METADATA_FOREIGN + expected + "other files: [letter]" + remedy, refusal(other));
        assertTrue(MetadataDirectory.isEmpty(other), "create says what is wrong with it");
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> MetadataDirectory.create(other, INSTANCE, SLOTS, TestTable.header(1), SMALL));
        assertEquals("METADATA_FOREIGN: simulated: expected an empty directory, found [letter]; give the store one of its"
                + " own", e.getMessage());
        other.create(LOG_1 + ".tmp").close();
        assertEquals(ErrorCode.NOT_FOUND + expected + "what a create left that did not finish" + remedy,
                refusal(other));
        assertEquals("NOT_FOUND: expected the metadata of a store, found nothing; name its directory, or create a store",
                refusal(null));
        e = assertThrows(RegionStoreException.class,
                () -> MetadataDirectory.create(files, INSTANCE, SLOTS, TestTable.header(1), SMALL));
        assertEquals("ALREADY_EXISTS: simulated: expected no store, found one; open it, or name another directory",
                e.getMessage());
    }

    private static String refusal(LogFiles files) {
        return assertThrows(RegionStoreException.class,
                () -> MetadataDirectory.open(files, new TestTable(SLOTS), SMALL)).getMessage();
    }

    @Test
    void shouldSayWhichLogIsMissing() {
        files.remove(LOG_3);
        files.remove(LOG_2);
        assertRefused(ErrorCode.METADATA_TRUNCATED, ": expected " + LOG_2 + " beside the image of that generation,"
                + " found no such file; restore a backup of region and metadata");
        files.remove(LOG_1);
        assertRefused(ErrorCode.METADATA_TRUNCATED, ": expected " + LOG_2 + " beside the image");
        files.remove(IMAGE_1);
        files.remove(IMAGE_2);
        assertRefused(ErrorCode.NOT_FOUND, ": expected the metadata of a store, found an empty directory");
    }

    @Test
    void shouldTakeLogOfTheImagesOwnGenerationForTheNewest() {
        // What is left of a crash between image and second switch: the newest log names the image before.
        files.remove(LOG_3);
        open(SMALL).close();
        assertEquals(2, table.bytes[2 * 32]);
        assertEquals(2, found.bytes[2 * 32]);
        assertEquals(0, found.bytes[3 * 32], "that commit was in the log that is gone");
    }

    @Test
    void shouldSayWhichLogInBetweenIsMissing() {
        files.remove(LOG_2);
        assertRefused(ErrorCode.METADATA_TRUNCATED, "/" + LOG_2 + ": expected this log, found no such file; restore a"
                + " backup of region and metadata");
    }

    @Test
    void shouldUseSpareAndSayWhatIsWrongWithTheNewestImage() {
        flip(IMAGE_2, 1030);
        try (MetadataDirectory directory = open(SMALL)) {
            assertArrayEquals(table.bytes, found.bytes);
            assertEquals(2, found.begun, "what was told of the newest image is void");
            assertEquals(5, directory.replayedFrames());
            assertEquals(1, directory.notes().size());
            assertTrue(directory.notes().getFirst().startsWith("the newest image is damaged, the one before it and its"
                    + " logs were used: METADATA_CORRUPT: simulated/" + IMAGE_2 + ": offset 1024: "),
                    directory.notes()::toString);
        }
    }

    @Test
    void shouldKeepTheSpareThroughOpeningsAndNoLongerOnceItWasUsed() {
        reopen(SMALL);
        assertTrue(files.names().containsAll(List.of(IMAGE_1, LOG_1)));
        flip(IMAGE_2, 1030);
        reopen(SMALL);
        assertArrayEquals(table.bytes, found.bytes);
        assertFalse(files.names().contains(IMAGE_2), "of no use");
        MemorySegment log = MemorySegment.ofArray(files.contents(FileNames.log(5)));
        assertEquals(1, log.get(LittleEndian.LONG, 72));
        assertEquals(0, log.get(LittleEndian.LONG, 104), "there is no spare for the spare");
        reopen(SMALL);
        assertArrayEquals(table.bytes, found.bytes);
        flip(IMAGE_1, 900);
        assertRefused(ErrorCode.METADATA_CORRUPT, "/" + IMAGE_1);
    }

    @Test
    void shouldSayWhatIsWrongWithBothImagesNewestFirst() {
        flip(IMAGE_2, 1030);
        flip(IMAGE_1, 900);
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> open(SMALL));
        assertTrue(e.getMessage().startsWith("METADATA_CORRUPT: simulated/" + IMAGE_2), e.getMessage());
        assertEquals(1, e.getSuppressed().length);
        assertTrue(e.getSuppressed()[0].getMessage().contains(IMAGE_1), e.getSuppressed()[0].getMessage());
    }

    @Test
    void shouldRefuseWhenTheSpareHasLostALog() {
        flip(IMAGE_2, 1030);
        files.remove(LOG_1);
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> open(SMALL));
        assertTrue(e.getMessage().startsWith("METADATA_"), e.getMessage());
    }

    @Test
    void shouldSayThatTheNamedImageIsMissing() {
        files.remove(IMAGE_2);
        files.remove(IMAGE_1);
        assertRefused(ErrorCode.METADATA_TRUNCATED, "/" + IMAGE_2 + ": the log names this image, but there is no such"
                + " file; restore a backup of region and metadata");
    }

    @Test
    void shouldNotUseSpareForAnImageOfAnotherVersion() {
        Chunk image = new Chunk(1024);
        image.bytes.copyFrom(MemorySegment.ofArray(files.contents(IMAGE_2)).asSlice(0, 1024));
        image.putInt(16, 2);
        image.putInt(8, image.crc32c(12, 1024));
        byte[] bytes = files.contents(IMAGE_2);
        MemorySegment.ofArray(bytes).copyFrom(image.bytes);
        files.replace(IMAGE_2, bytes);
        assertRefused(ErrorCode.METADATA_VERSION, "/" + IMAGE_2 + ": expected format version 1, found 2");
    }

    @Test
    void shouldNameTheStoreThatAFileBelongsTo() {
        SimulatedFiles other = new SimulatedFiles();
        try (MetadataDirectory directory =
                     MetadataDirectory.create(other, new UUID(1, 1), SLOTS, TestTable.header(1), SMALL)) {
            directory.start();
            directory.writeImage(new TestTable(SLOTS));
        }
        files.replace(LOG_2, other.contents(LOG_2));
        assertRefused(ErrorCode.METADATA_FOREIGN, "/" + LOG_2 + ": expected a file of store " + INSTANCE
                + ", found one of store " + new UUID(1, 1) + "; put the right files together");
        files.replace(IMAGE_2, other.contents(IMAGE_2));
        files.remove(LOG_2);
        assertRefused(ErrorCode.METADATA_TRUNCATED, "/" + LOG_2);
    }

    @Test
    void shouldNameWhatTheCopyIsAndWhatWasExpected() {
        SimulatedFiles copy = files.copy();
        files.copyFrom(copy, IMAGE_2);
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> open(SMALL));
        assertEquals(ErrorCode.METADATA_RESTORED, e.code());
        assertTrue(e.getMessage().startsWith("METADATA_RESTORED: simulated/" + IMAGE_2 + ": expected the file that the"
                + " store wrote (inode "), e.getMessage());
        assertTrue(e.getMessage().endsWith("with acceptRestoredMetadata(true), or --accept-restored on the command line"),
                e.getMessage());
        try (MetadataDirectory directory = open(SMALL.withAcceptRestored(true))) {
            assertTrue(directory.restored());
            assertEquals(List.of("a copy of the directory was accepted"), directory.notes());
        }
        try (MetadataDirectory directory = open(SMALL.withAcceptRestored(true))) {
            directory.start();
        }
        try (MetadataDirectory directory = open(SMALL)) {
            assertFalse(directory.restored());
        }
    }

    @Test
    void shouldAcceptCopiedLogsOnceAndNewerOnesNot() {
        for (String name : List.of(LOG_2, LOG_3)) {
            files.copyFrom(files.copy(), name);
        }
        assertRefused(ErrorCode.METADATA_RESTORED, "/" + LOG_2);
        reopen(SMALL.withAcceptRestored(true)); // log 4 says that those before it may be copies
        reopen(SMALL);
        assertArrayEquals(table.bytes, found.bytes);
        files.copyFrom(files.copy(), FileNames.log(4));
        assertRefused(ErrorCode.METADATA_RESTORED, "/" + FileNames.log(4));
        files.copyFrom(files.copy(), LOG_3);
        try (MetadataDirectory directory = open(SMALL.withAcceptRestored(true))) {
            assertTrue(directory.restored());
        }
    }

    @Test
    void shouldKeepNoSpareForACopyAsItsStampIsOfTheOriginal() {
        files.copyFrom(files.copy(), IMAGE_2);
        reopen(SMALL.withAcceptRestored(true));
        assertFalse(files.names().contains(IMAGE_1));
        assertFalse(files.names().contains(LOG_1));
        flip(IMAGE_2, 1030);
        assertRefused(ErrorCode.METADATA_CORRUPT, "/" + IMAGE_2);
    }

    /** The next log knows how far this one went. */
    @Test
    void shouldFindOutOlderContentsOfALogThatIsNotTheNewest() {
        byte[] newer = files.contents(LOG_3);
        byte[] older = newer.clone();
        Arrays.fill(older, 512 + 2 * 80, older.length, (byte) 0); // as it was one commit before
        reopen(SMALL);
        files.replace(LOG_3, older);
        assertRefused(ErrorCode.METADATA_CORRUPT, "/" + FileNames.log(4) + ": all before LSN 6 was durable, but the logs"
                + " before this one can be read up to LSN 4 only; check the disk, then restore a backup of region and"
                + " metadata");
        files.replace(LOG_3, newer);
        open(SMALL).close();
    }

    /**
     * The newest log in an older state is, byte for byte, what a crash at that moment would have left, so nothing in it
     * can tell; see {@link FileIdentity}. What is found is a state that the store had, and never a mixture.
     */
    @Test
    void shouldTakeOlderContentsOfTheNewestLogForWhatACrashLeft() {
        byte[] older = files.contents(LOG_3);
        Arrays.fill(older, 512 + 2 * 80, older.length, (byte) 0);
        files.replace(LOG_3, older);
        try (MetadataDirectory directory = open(SMALL)) {
            assertEquals(4, directory.replayedUpTo());
            assertTrue(directory.cleanTail());
        }
        Arrays.fill(table.bytes, 5 * 32, 6 * 32, (byte) 0);
        assertArrayEquals(table.bytes, found.bytes);
    }

    @Test
    void shouldSayThatATornEndWasCutAndKeepSayingItOfAnOlderLogNoMore() {
        byte[] torn = files.contents(LOG_3);
        torn[512 + 3 * 80 + 3] = 1;
        files.replace(LOG_3, torn);
        try (MetadataDirectory directory = open(SMALL)) {
            assertFalse(directory.cleanTail());
            assertEquals(List.of("the log ended in a torn write, which was never acknowledged; it was cut"),
                    directory.notes());
            directory.start();
        }
        try (MetadataDirectory directory = open(SMALL)) {
            assertTrue(directory.cleanTail());
            assertEquals(List.of(), directory.notes());
        }
    }

    @Test
    void shouldSayWhichCallFailed() {
        files.failAtCall(1);
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> MetadataDirectory.isEmpty(files));
        assertEquals("IO_ERROR: simulated: listing the directory failed: java.io.IOException: simulated I/O error",
                e.getMessage());
        for (int call = 1; call < 13; call++) {
            files.failAtCall(call);
            assertRefused(ErrorCode.IO_ERROR, ": opening the metadata failed: java.io.IOException: simulated I/O error");
            assertTrue(files.reached());
        }
        for (int call = 2; call < 17; call++) {
            SimulatedFiles fresh = new SimulatedFiles().failAtCall(call);
            e = assertThrows(RegionStoreException.class,
                    () -> MetadataDirectory.create(fresh, INSTANCE, SLOTS, TestTable.header(1), SMALL));
            assertEquals("IO_ERROR: simulated: creating the metadata failed: java.io.IOException: simulated I/O error",
                    e.getMessage());
            assertEquals(0, fresh.openFiles(), "call " + call);
        }
    }
}
