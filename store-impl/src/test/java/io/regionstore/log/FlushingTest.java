package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.proof.SimulatedFiles;
import io.regionstore.proof.SimulatedFiles.Survival;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every write, sync and change of a name, in order: enough of them, and not one more. */
class FlushingTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(4096, 4096);
    private static final int SLOTS = 64;
    private static final String LOG_1 = "log-0000000000000001";
    private static final String LOG_2 = "log-0000000000000002";
    private static final String LOG_3 = "log-0000000000000003";
    private static final String IMAGE_1 = "image-0000000000000001";
    private static final String IMAGE_2 = "image-0000000000000002";

    private final SimulatedFiles simulated = new SimulatedFiles();
    private final RecordingFiles files = new RecordingFiles(simulated);

    private MetadataDirectory create(Options options) {
        return MetadataDirectory.create(files, new UUID(1, 2), SLOTS, TestTable.header(1), options);
    }

    private MetadataDirectory started(Options options) {
        MetadataDirectory directory = create(options);
        directory.start();
        files.take();
        return directory;
    }

    private MetadataDirectory open(Options options) {
        return MetadataDirectory.open(files, new TestTable(SLOTS), options);
    }

    private static long append(MetadataDirectory directory, int slots) {
        return directory.append(MemorySegment.ofArray(new byte[slots * 32]), 0, 0, slots, -1);
    }

    @Test
    void shouldCreateWithOneSyncOfEachFileAndThreeOfTheNames() {
        MetadataDirectory directory = create(SMALL);
        assertEquals(List.of(
                "list",
                "create " + LOG_1 + ".tmp",
                "sync names",
                "delete " + IMAGE_1 + ".tmp",
                "create " + IMAGE_1 + ".tmp",
                "write " + IMAGE_1 + ".tmp 0+1024",
                "rename " + IMAGE_1 + ".tmp " + IMAGE_1,
                "sync " + IMAGE_1 + " and times",
                "sync names",
                "identity " + IMAGE_1,
                "identity " + LOG_1 + ".tmp",
                "write " + LOG_1 + ".tmp 512+4096",
                "write " + LOG_1 + ".tmp 4608+3584",
                "write " + LOG_1 + ".tmp 0+512",
                "sync " + LOG_1 + ".tmp and times",
                "rename " + LOG_1 + ".tmp " + LOG_1,
                "sync names"), files.take());
        directory.start();
        directory.close();
        assertEquals(List.of(), files.take());
        assertEquals(0, simulated.openFiles());
    }

    @Test
    void shouldRemoveWhatAnUnfinishedCreateLeftImagesDurablyBeforeTheMark() throws IOException {
        for (String name : List.of(LOG_1 + ".tmp", IMAGE_2 + ".tmp", IMAGE_1)) {
            simulated.create(name).close();
        }
        create(SMALL).close();
        assertEquals(List.of("delete " + IMAGE_1, "sync names", "delete " + IMAGE_2 + ".tmp",
                "delete " + LOG_1 + ".tmp", "create " + LOG_1 + ".tmp", "sync names"),
                files.takeChanges().subList(0, 6));
    }

    @Test
    void shouldMakeCommitDurableWithOneWriteAndOneSync() {
        MetadataDirectory directory = started(SMALL);
        long lsn = append(directory, 1);
        assertEquals(List.of(), files.take(), "an append touches no file");
        directory.awaitDurable(lsn);
        assertEquals(List.of("write " + LOG_1 + " 512+80", "sync " + LOG_1), files.take());
        directory.awaitDurable(lsn);
        directory.sync();
        assertEquals(List.of(), files.take(), "what is durable is not synced again");
        directory.awaitDurable(append(directory, 2));
        assertEquals(List.of("write " + LOG_1 + " 592+112", "sync " + LOG_1), files.take());
        directory.close();
        assertEquals(List.of(), files.take());
    }

    @Test
    void shouldMakeManyCommitsDurableWithOneWriteAndOneSync() {
        MetadataDirectory directory = started(SMALL);
        for (int i = 0; i < 8; i++) {
            append(directory, 1);
        }
        directory.appendHeader(TestTable.header(2));
        directory.awaitDurable(directory.appendRetire(1));
        assertEquals(List.of("write " + LOG_1 + " 512+1248", "sync " + LOG_1), files.take());
        directory.close();
    }

    @Test
    void shouldSyncNothingWhereWritesAreEnough() {
        MetadataDirectory directory = started(SMALL.withSynced(false));
        directory.awaitDurable(append(directory, 1));
        assertEquals(List.of("write " + LOG_1 + " 512+80"), files.take());
        append(directory, 50);
        directory.sync();
        assertEquals(List.of("write " + LOG_1 + " 592+1648", "write " + LOG_1 + " 12280+8"), files.take(),
                "no sync, and no zeros but the last ones that make the log longer");
        directory.close();
        assertEquals(12288, simulated.contents(LOG_1).length);
    }

    @Test
    void shouldMakeLogLongerHalfAStepAheadAndAfterTheCommitIsAcknowledged() {
        MetadataDirectory directory = started(SMALL);
        directory.awaitDurable(append(directory, 46)); // up to 512 + 1520 = 2032
        assertEquals(List.of("write " + LOG_1 + " 512+1520", "sync " + LOG_1), files.take());
        boolean[] durable = new boolean[1];
        files.hook(call -> durable[0] |= call.contains(" 8192+") && directory.durableLsn() == 2);
        directory.awaitDurable(directory.appendRetire(1)); // up to 2080: half a step further is the second step
        assertEquals(List.of("write " + LOG_1 + " 2032+48", "sync " + LOG_1, "write " + LOG_1 + " 8192+4096",
                "sync " + LOG_1), files.take());
        assertTrue(durable[0], "nobody waits for the zeros");
        directory.awaitDurable(append(directory, 100));
        assertEquals(List.of("write " + LOG_1 + " 2080+3248", "sync " + LOG_1), files.take(), "room was there");
        directory.close();
    }

    @Test
    void shouldMakeLogLongerBeforeABatchThatNeedsIt() {
        MetadataDirectory directory = started(SMALL);
        directory.awaitDurable(append(directory, 44)); // up to 1968
        files.take();
        append(directory, 125);
        directory.sync(); // up to 6016, which asks for three steps
        assertEquals(List.of("write " + LOG_1 + " 8192+4096", "sync " + LOG_1, "write " + LOG_1 + " 1968+4048",
                "sync " + LOG_1), files.take());
        directory.close();
        assertEquals(12288, simulated.contents(LOG_1).length);
    }

    @Test
    void shouldWriteBatchWhenBufferIsFull() {
        MetadataDirectory directory = started(SMALL);
        append(directory, 125); // 4048 of 4096 bytes
        directory.appendRetire(1); // fills it
        assertEquals(List.of(), files.take());
        directory.appendRetire(2);
        assertEquals(List.of("write " + LOG_1 + " 512+4096", "sync " + LOG_1), files.takeChanges().subList(2, 4));
        assertEquals(2, directory.durableLsn());
        assertEquals(3, directory.lastLsn());
        directory.close();
        assertEquals(List.of("write " + LOG_1 + " 4608+48", "sync " + LOG_1), files.take());
    }

    @Test
    void shouldWriteImageWithTwoLogsOneSyncOfTheImageAndThreeOfTheNames() {
        MetadataDirectory directory = started(SMALL);
        append(directory, 1);
        TestTable table = new TestTable(SLOTS);
        table.bytes[5] = 1;
        directory.writeImage(table);
        assertEquals(List.of(
                "create " + LOG_2 + ".tmp",
                "write " + LOG_2 + ".tmp 512+4096",
                "write " + LOG_2 + ".tmp 4608+3584",
                "write " + LOG_2 + ".tmp 0+512",
                "sync " + LOG_2 + ".tmp and times",
                "rename " + LOG_2 + ".tmp " + LOG_2,
                "sync names",
                "write " + LOG_1 + " 512+80",
                "sync " + LOG_1,
                "delete " + IMAGE_2 + ".tmp",
                "create " + IMAGE_2 + ".tmp",
                "write " + IMAGE_2 + ".tmp 1024+2064",
                "write " + IMAGE_2 + ".tmp 0+1024",
                "rename " + IMAGE_2 + ".tmp " + IMAGE_2,
                "sync " + IMAGE_2 + " and times",
                "sync names",
                "create " + LOG_3 + ".tmp",
                "write " + LOG_3 + ".tmp 512+4096",
                "write " + LOG_3 + ".tmp 4608+3584",
                "write " + LOG_3 + ".tmp 0+512",
                "sync " + LOG_3 + ".tmp and times",
                "rename " + LOG_3 + ".tmp " + LOG_3,
                "sync names"), files.takeChanges());
        assertEquals(3, simulated.openFiles() + 2, "the log in use only");
        directory.close();
    }

    @Test
    void shouldWriteNothingIntoOldLogAtSwitchWhenAllIsDurable() {
        MetadataDirectory directory = started(SMALL);
        directory.awaitDurable(append(directory, 1));
        files.take();
        directory.writeImage(new TestTable(SLOTS));
        assertFalse(files.take().stream().anyMatch(call -> call.endsWith("sync " + LOG_1)
                || call.startsWith("write " + LOG_1)));
        directory.close();
    }

    @Test
    void shouldMakeFramesThatImageMayHoldDurableBeforeALogNamesIt() {
        MetadataDirectory directory = started(SMALL);
        directory.writeImage(new TestTable(SLOTS) {
            @Override
            public void copy(long firstSlot, MemorySegment destination) {
                append(directory, 1);
                super.copy(firstSlot, destination);
            }
        });
        List<String> changes = files.takeChanges();
        int frames = changes.indexOf("write " + LOG_2 + " 512+80");
        assertEquals("sync " + LOG_2, changes.get(frames + 1));
        assertTrue(frames >= 0 && frames < changes.indexOf("rename " + LOG_3 + ".tmp " + LOG_3), changes::toString);
        directory.close();
    }

    @Test
    void shouldDeleteImagesAndLogsThatNeitherNewestImageNorSpareNeeds() {
        MetadataDirectory directory = started(SMALL);
        directory.writeImage(new TestTable(SLOTS));
        assertEquals(0, files.take().stream().filter(call -> call.matches("delete .*[^p]")).count());
        directory.writeImage(new TestTable(SLOTS));
        assertEquals(List.of("delete " + IMAGE_1, "delete " + LOG_1),
                files.take().stream().filter(call -> call.matches("delete .*[^p]")).toList());
        directory.close();
        assertEquals(List.of("image-0000000000000002", "image-0000000000000004", "log-0000000000000002",
                "log-0000000000000003", "log-0000000000000004", "log-0000000000000005"),
                simulated.names().stream().sorted().toList());
    }

    @Test
    void shouldOpenWithoutAnyChange() {
        MetadataDirectory directory = started(SMALL);
        append(directory, 1);
        directory.close();
        files.take();
        open(SMALL).close();
        assertEquals(List.of("list", "open " + LOG_1, "read " + LOG_1 + " 0+4096", "size " + LOG_1,
                "open " + LOG_1, "read " + LOG_1 + " 0+4096", "size " + LOG_1,
                "open " + IMAGE_1, "read " + IMAGE_1 + " 0+4096", "size " + IMAGE_1, "identity " + IMAGE_1,
                "identity " + LOG_1, "read " + LOG_1 + " 512+8192"), files.take());
        assertEquals(0, simulated.openFiles());
    }

    @Test
    void shouldMakeDurableWhatWasReplayedBeforeTheNewLogSaysSo() {
        started(SMALL).close();
        open(SMALL).close();
        MetadataDirectory first = open(SMALL);
        first.start();
        first.close();
        files.take();
        try (MetadataDirectory directory = open(SMALL)) {
            files.take();
            directory.start();
            assertEquals(List.of(
                    "open " + LOG_1 + " to write",
                    "sync " + LOG_1 + " and times",
                    "open " + LOG_2 + " to write",
                    "sync " + LOG_2 + " and times",
                    "sync names",
                    "create " + LOG_3 + ".tmp",
                    "identity " + LOG_3 + ".tmp",
                    "write " + LOG_3 + ".tmp 512+4096",
                    "write " + LOG_3 + ".tmp 4608+3584",
                    "write " + LOG_3 + ".tmp 0+512",
                    "sync " + LOG_3 + ".tmp and times",
                    "rename " + LOG_3 + ".tmp " + LOG_3,
                    "sync names",
                    "list"), files.take());
            assertEquals(1, simulated.openFiles());
        }
    }

    @Test
    void shouldTakeTemporaryLogAwayDurablyBeforeItsNameIsUsedAgain() throws IOException {
        started(SMALL).close();
        simulated.create(LOG_2 + ".tmp").close(); // by a crash
        try (MetadataDirectory directory = open(SMALL)) {
            files.take();
            directory.start();
            assertEquals(List.of("create " + LOG_2 + ".tmp", "delete " + LOG_2 + ".tmp", "sync names",
                    "create " + LOG_2 + ".tmp"), files.takeChanges().subList(2, 6));
        }
        for (int seed = 0; seed < 50; seed++) {
            SimulatedFiles torn = new SimulatedFiles();
            MetadataDirectory.create(torn, new UUID(1, 2), SLOTS, TestTable.header(1), SMALL).close();
            torn.create(LOG_2 + ".tmp").close();
            SimulatedFiles found = torn.afterCrash(Survival.ALL, new Random(seed));
            MetadataDirectory directory = MetadataDirectory.open(found, new TestTable(SLOTS), SMALL);
            found.crashAtChange(11); // the last sync of the names
            assertThrows(SimulatedFiles.Crash.class, directory::start);
            MetadataDirectory.open(found.afterCrash(Survival.ANY, new Random(seed)), new TestTable(SLOTS), SMALL);
        }
    }

    @Test
    void shouldStampAnAcceptedCopyAndDeleteWhatIsNotPartOfIt() throws IOException {
        started(SMALL).close();
        SimulatedFiles copy = simulated.copy();
        copy.create("image-0000000000000007.tmp").close();
        copy.create("log-0000000000000009.tmp").close();
        RecordingFiles seen = new RecordingFiles(copy);
        try (MetadataDirectory directory =
                     MetadataDirectory.open(seen, new TestTable(SLOTS), SMALL.withAcceptRestored(true))) {
            seen.take();
            directory.start();
            List<String> calls = seen.take();
            assertTrue(calls.indexOf("identity " + IMAGE_1) > calls.indexOf("sync names"), calls::toString);
            assertEquals(List.of("list", "delete image-0000000000000007.tmp", "delete log-0000000000000009.tmp"),
                    calls.subList(calls.size() - 3, calls.size()));
        }
        open(SMALL).close();
    }
}
