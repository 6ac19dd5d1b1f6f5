package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import io.regionstore.proof.SimulatedFiles.Survival;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Damages files in place and opens the store. */
class DamageTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(4096, 4096);
    private static final UUID INSTANCE = new UUID(11, 12);
    private static final int SLOTS = 64;
    private static final String IMAGE_1 = FileNames.image(1);
    private static final String IMAGE_2 = FileNames.image(2);
    private static final String LOG_2 = FileNames.log(2);
    private static final String LOG_3 = FileNames.log(3);

    private final SimulatedFiles files = new SimulatedFiles();
    private final List<byte[]> states = new ArrayList<>();
    private TestTable table;

    /** Image 2 is official, image 1 its spare; three commits in log 1, one in log 2, five in log 3. */
    @BeforeEach
    void makeStore() {
        table = new TestTable(SLOTS);
        try (MetadataDirectory directory = MetadataDirectory.create(files, INSTANCE, SLOTS, TestTable.header(1), SMALL)) {
            directory.start();
            states.add(table.bytes.clone());
            commit(directory, 0);
            commit(directory, 1);
            commit(directory, 2);
            directory.writeImage(new TestTable(SLOTS) {
                @Override
                public void awaitApplied(long lsn) {
                    commit(directory, 3);
                }

                @Override
                public void copy(long firstSlot, MemorySegment destination) {
                    table.copy(firstSlot, destination);
                }
            });
            for (int i = 4; i < 9; i++) {
                commit(directory, i);
            }
        }
    }

    private void commit(MetadataDirectory directory, int i) {
        byte[] slot = new byte[TestTable.SLOT];
        Arrays.fill(slot, (byte) (i + 1));
        directory.awaitDurable(directory.append(MemorySegment.ofArray(slot), 0, i, 1, i < 2 ? -1 : i - 2));
        table.write(i, MemorySegment.ofArray(slot));
        if (i >= 2) {
            table.retire(i - 2);
        }
        states.add(table.bytes.clone());
    }

    private TestTable open() {
        TestTable found = new TestTable(SLOTS);
        MetadataDirectory.open(files, found, SMALL).close();
        return found;
    }

    private ErrorCode refusal() {
        return assertThrows(RegionStoreException.class, this::open).code();
    }

    private void flip(String name, int offset, int bits) {
        byte[] bytes = files.contents(name).clone();
        bytes[offset] ^= (byte) bits;
        files.replace(name, bytes);
    }

    private void truncate(String name, byte[] whole, int length) {
        files.replace(name, Arrays.copyOf(whole, length));
    }

    @Test
    void shouldOpenUndamagedStore() {
        assertArrayEquals(states.getLast(), open().bytes);
        assertEquals(Set.of(IMAGE_1, IMAGE_2, FileNames.log(1), LOG_2, LOG_3), files.names());
    }

    @Test
    void shouldRefuseEveryFlippedByteInHeaderOfAnyLogInUse() {
        for (String log : List.of(LOG_2, LOG_3)) {
            for (int offset = 0; offset < 512; offset++) {
                for (int bits : new int[] {1, 0x80, 0xff}) {
                    flip(log, offset, bits);
                    assertEquals(ErrorCode.METADATA_CORRUPT, refusal(), log + " offset " + offset);
                    flip(log, offset, bits);
                }
            }
        }
    }

    @Test
    void shouldRefuseEveryFlippedByteInHeaderOfImageThatHasNoSpare() {
        files.remove(IMAGE_1);
        for (int offset = 0; offset < 1024; offset++) {
            flip(IMAGE_2, offset, 1 << offset % 8);
            assertEquals(ErrorCode.METADATA_CORRUPT, refusal(), "offset " + offset);
            flip(IMAGE_2, offset, 1 << offset % 8);
        }
        assertArrayEquals(states.getLast(), open().bytes);
    }

    @Test
    @Tag("exhaustive")
    void shouldUseSpareImageForEveryFlippedByteInNewest() {
        for (int offset = 0; offset < files.contents(IMAGE_2).length; offset++) {
            flip(IMAGE_2, offset, 0x10);
            TestTable found = new TestTable(SLOTS);
            MetadataDirectory directory = MetadataDirectory.open(files, found, SMALL);
            assertArrayEquals(states.getLast(), found.bytes, "offset " + offset);
            assertEquals(9, directory.replayedFrames());
            assertTrue(directory.notes().toString().contains("damaged"), directory.notes()::toString);
            flip(IMAGE_2, offset, 0x10);
        }
    }

    @Test
    void shouldGoOnAfterSpareImageWasUsed() {
        flip(IMAGE_2, 1500, 1);
        TestTable found = new TestTable(SLOTS);
        try (MetadataDirectory directory = MetadataDirectory.open(files, found, SMALL)) {
            directory.start();
            assertFalse(files.names().contains(IMAGE_2));
            table = found;
            commit(directory, 9);
            directory.writeImage(found);
        }
        assertArrayEquals(states.getLast(), open().bytes);
    }

    @Test
    void shouldNeverShowWrongSlotsForAnyFlippedByteOfLog() {
        int length = 512 + 5 * 80;
        int corrupt = 0;
        for (int offset = 512; offset < length + 64; offset++) {
            for (int bits : new int[] {1, 0xff}) {
                flip(LOG_3, offset, bits);
                int bad = (offset - 512) / 80;
                if (bad < 4) { // the next frame says that this one was durable
                    RegionStoreException e = assertThrows(RegionStoreException.class, this::open);
                    assertEquals(ErrorCode.METADATA_CORRUPT, e.code());
                    assertTrue(e.getMessage().contains(LOG_3 + ": offset " + (512 + bad * 80)), e.getMessage());
                    corrupt++;
                } else {
                    assertArrayEquals(states.get(states.size() - (bad == 4 ? 2 : 1)), open().bytes, "offset " + offset);
                }
                flip(LOG_3, offset, bits);
            }
        }
        assertEquals(4 * 80 * 2, corrupt);
    }

    @Test
    void shouldRefuseDamageInLogThatIsNotTheNewest() {
        for (int offset = 512; offset < 592; offset++) {
            flip(LOG_2, offset, 4);
            assertEquals(ErrorCode.METADATA_CORRUPT, refusal(), "offset " + offset);
            flip(LOG_2, offset, 4);
        }
    }

    @Test
    void shouldRefuseDamageToLastFrameOnceTheStoreWasOpenedAgain() {
        MetadataDirectory again = MetadataDirectory.open(files, new TestTable(SLOTS), SMALL);
        again.start();
        again.close();
        for (int offset = 512 + 4 * 80; offset < 512 + 5 * 80; offset++) {
            flip(LOG_3, offset, 4);
            assertEquals(ErrorCode.METADATA_CORRUPT, refusal(), "offset " + offset);
            flip(LOG_3, offset, 4);
        }
    }

    @Test
    void shouldRefuseEveryTruncation() {
        byte[] whole = files.contents(LOG_3);
        for (int length = 0; length < 8192; length += 8) {
            truncate(LOG_3, whole, length);
            assertEquals(ErrorCode.METADATA_TRUNCATED, refusal(), "log of " + length);
        }
        files.replace(LOG_3, whole);
        files.remove(IMAGE_1);
        whole = files.contents(IMAGE_2);
        for (int length = 0; length < whole.length; length += 8) {
            truncate(IMAGE_2, whole, length);
            assertEquals(ErrorCode.METADATA_TRUNCATED, refusal(), "image of " + length);
        }
        files.replace(IMAGE_2, Arrays.copyOf(whole, whole.length + 1));
        assertEquals(ErrorCode.METADATA_CORRUPT, refusal());
    }

    @Test
    void shouldRefuseTruncationOfLongLogAtAnyStep() {
        TestTable found = new TestTable(SLOTS);
        try (MetadataDirectory directory = MetadataDirectory.open(files, found, SMALL)) {
            directory.start();
            table = found;
            for (int i = 0; i < 300; i++) {
                commit(directory, i % SLOTS);
            }
        }
        String log = FileNames.log(4);
        byte[] whole = files.contents(log);
        int end = 512 + 300 * 80;
        assertTrue(whole.length >= end + 4096, "allocated ahead: " + whole.length);
        for (int length = 512; length < end; length += 512) {
            truncate(log, whole, length);
            assertEquals(ErrorCode.METADATA_TRUNCATED, refusal(), "log of " + length);
        }
        files.replace(log, whole);
        assertArrayEquals(states.getLast(), open().bytes);
    }

    @Test
    void shouldRefuseStoreWithoutOneOfItsLogs() {
        files.remove(LOG_2);
        assertEquals(ErrorCode.METADATA_TRUNCATED, refusal());
    }

    @Test
    void shouldRefuseStoreWithoutAnyOfItsLogs() {
        files.remove(LOG_2);
        files.remove(LOG_3);
        assertEquals(ErrorCode.METADATA_TRUNCATED, refusal());
        files.remove(FileNames.log(1));
        assertEquals(ErrorCode.METADATA_TRUNCATED, refusal());
        assertFalse(MetadataDirectory.isEmpty(files), "images without logs are not an empty directory");
    }

    @Test
    void shouldRefuseStoreWithoutItsImages() {
        files.remove(IMAGE_2);
        assertArrayEquals(states.getLast(), open().bytes, "the spare stands in");
        files.remove(IMAGE_1);
        assertEquals(ErrorCode.METADATA_TRUNCATED, refusal());
    }

    @Test
    void shouldRefuseOtherVersion() {
        Chunk header = new Chunk(512);
        header.bytes.copyFrom(MemorySegment.ofArray(files.contents(LOG_3)).asSlice(0, 512));
        header.putInt(16, 2);
        header.putInt(8, header.crc32c(12, 512));
        byte[] bytes = files.contents(LOG_3).clone();
        MemorySegment.ofArray(bytes).copyFrom(header.bytes);
        files.replace(LOG_3, bytes);
        assertEquals(ErrorCode.METADATA_VERSION, refusal());
    }

    @Test
    void shouldRefuseForeignContents() {
        files.replace(LOG_3, new byte[8192]);
        assertEquals(ErrorCode.METADATA_FOREIGN, refusal());
        byte[] text = new byte[5000];
        Arrays.fill(text, (byte) 'x');
        files.replace(LOG_3, text);
        assertEquals(ErrorCode.METADATA_FOREIGN, refusal());
    }

    @Test
    void shouldRefuseImageOfAnotherStore() {
        files.copyFrom(otherStore(), IMAGE_2);
        assertEquals(ErrorCode.METADATA_FOREIGN, refusal());
    }

    @Test
    void shouldRefuseLogsOfAnotherStore() {
        for (String log : List.of(LOG_2, LOG_3)) {
            files.copyFrom(otherStore(), log);
            assertEquals(ErrorCode.METADATA_FOREIGN, refusal());
        }
    }

    private static SimulatedFiles otherStore() {
        SimulatedFiles other = new SimulatedFiles();
        try (MetadataDirectory directory =
                     MetadataDirectory.create(other, new UUID(1, 1), SLOTS, TestTable.header(1), SMALL)) {
            directory.start();
            directory.writeImage(new TestTable(SLOTS));
        }
        return other;
    }

    @Test
    void shouldRefuseFrameOfAnEarlierLog() {
        byte[] log = files.contents(LOG_3).clone();
        byte[] earlier = files.contents(LOG_2);
        System.arraycopy(earlier, 512, log, 512, 80);
        files.replace(LOG_3, log);
        assertEquals(ErrorCode.METADATA_CORRUPT, refusal());
    }

    @Test
    void shouldRefuseCopiesUnlessAccepted() {
        SimulatedFiles copy = files.copy();
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> MetadataDirectory.open(copy, new TestTable(SLOTS), SMALL));
        assertEquals(ErrorCode.METADATA_RESTORED, e.code());
        try (MetadataDirectory directory =
                     MetadataDirectory.open(copy, new TestTable(SLOTS), SMALL.withAcceptRestored(true))) {
            assertTrue(directory.restored());
            directory.start();
        }
        TestTable found = new TestTable(SLOTS);
        try (MetadataDirectory directory = MetadataDirectory.open(copy, found, SMALL)) {
            assertFalse(directory.restored(), "once accepted, it is the original");
            assertArrayEquals(states.getLast(), found.bytes);
        }
    }

    @Test
    void shouldRefuseOlderLogPutBackBesideOriginalImage() {
        SimulatedFiles older = files.copy();
        try (MetadataDirectory directory = MetadataDirectory.open(files, new TestTable(SLOTS), SMALL)) {
            directory.start();
        }
        files.copyFrom(older, LOG_3);
        assertEquals(ErrorCode.METADATA_RESTORED, refusal());
    }

    @Test
    void shouldCutTornBatchWhoseLaterSectorsArrivedFirst() {
        SimulatedFiles torn = new SimulatedFiles();
        int cut = 0;
        MetadataDirectory directory = MetadataDirectory.create(torn, INSTANCE, SLOTS, TestTable.header(1), SMALL);
        directory.start();
        for (int i = 0; i < 40; i++) {
            directory.append(MemorySegment.ofArray(new byte[32]), 0, i, 1, -1);
        }
        torn.crashAtChange(2); // the sync of the one batch
        assertThrows(RegionStoreException.class, directory::sync);
        for (int seed = 0; seed < 20; seed++) {
            SimulatedFiles left = torn.afterCrash(Survival.ANY, new Random(seed));
            MetadataDirectory found = MetadataDirectory.open(left, new TestTable(SLOTS), SMALL);
            if (!found.cleanTail()) {
                assertTrue(found.notes().toString().contains("torn"), found.notes()::toString);
                cut++;
            }
        }
        assertTrue(cut > 5, "torn tails seen: " + cut);
    }
}
