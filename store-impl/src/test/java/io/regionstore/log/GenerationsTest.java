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
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When an image is due, what a failure of one leaves, and which files stay. */
class GenerationsTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(4096, 4096);
    private static final int SLOTS = 64;

    private final SimulatedFiles simulated = new SimulatedFiles();
    private final RecordingFiles files = new RecordingFiles(simulated);

    private MetadataDirectory create(Options options) {
        MetadataDirectory directory =
                MetadataDirectory.create(files, new UUID(1, 2), SLOTS, TestTable.header(1), options);
        directory.start();
        return directory;
    }

    private MetadataDirectory open(Options options) {
        return MetadataDirectory.open(files, new TestTable(SLOTS), options);
    }

    private static void commit(MetadataDirectory directory) {
        directory.awaitDurable(directory.append(MemorySegment.ofArray(new byte[32]), 0, 1, 1, -1));
    }

    /** @return commits of 80 bytes until an image is due */
    private static int commitsUntilDue(MetadataDirectory directory) {
        int commits = 0;
        for (; !directory.imageDue(); commits++) {
            commit(directory);
        }
        return commits;
    }

    private static ImageSource image(long slots) {
        return new TestTable((int) slots) {
            @Override
            public long usedSlots() {
                return slots;
            }
        };
    }

    @Test
    void shouldAskForAnImageOnceTheLogIsThatLong() {
        try (MetadataDirectory directory = create(SMALL.withImageBytes(512 + 10 * 80))) {
            assertEquals(10, commitsUntilDue(directory));
        }
        try (MetadataDirectory directory =
                     MetadataDirectory.create(new SimulatedFiles(), new UUID(1, 2), SLOTS, TestTable.header(1),
                             SMALL.withImageBytes(512 + 10 * 80 + 1))) {
            directory.start();
            assertEquals(11, commitsUntilDue(directory));
        }
    }

    @Test
    void shouldCountTheLogsThatImageNeedsAndNoOthers() {
        Options options = SMALL.withImageBytes(4000);
        try (MetadataDirectory directory = create(options)) {
            commitsUntilDue(directory);
            directory.writeImage(new TestTable(SLOTS) {
                @Override
                public void awaitApplied(long lsn) {
                    commit(directory); // into the log between the switches
                }
            });
            // That log of 592 bytes counts, and the new one.
            assertEquals((4000 - 592 - 512 + 79) / 80, commitsUntilDue(directory));
        }
        try (MetadataDirectory directory = open(options)) {
            directory.start(); // 592 bytes, and 2912 or a little more
            assertEquals((4000 - 592 - 2912 - 512 + 79) / 80, commitsUntilDue(directory));
            directory.writeImage(new TestTable(SLOTS));
            assertEquals((4000 - 512 - 512 + 79) / 80, commitsUntilDue(directory));
        }
    }

    @Test
    void shouldLetTheLogGrowAsLongAsTheTable() {
        try (MetadataDirectory directory = create(SMALL.withImageBytes(1024))) {
            directory.writeImage(image(125)); // 4000 bytes
            assertEquals((4000 - 512 - 512 + 79) / 80, commitsUntilDue(directory));
        }
    }

    @Test
    void shouldAskForAnImageWhenThereAreMoreThanEightLogs() {
        create(SMALL).close();
        for (int logs = 2; logs <= 8; logs++) {
            try (MetadataDirectory directory = open(SMALL)) {
                directory.start();
                assertFalse(directory.imageDue(), logs + " logs");
            }
        }
        try (MetadataDirectory directory = open(SMALL)) {
            directory.start();
            assertTrue(directory.imageDue());
            directory.writeImage(new TestTable(SLOTS));
            assertFalse(directory.imageDue());
        }
        for (int logs = 3; logs <= 8; logs++) {
            try (MetadataDirectory directory = open(SMALL)) {
                directory.start();
                assertFalse(directory.imageDue(), logs + " logs");
            }
        }
        try (MetadataDirectory directory = open(SMALL)) {
            directory.start();
            assertTrue(directory.imageDue());
        }
    }

    @Test
    void shouldLeaveOneLogHoweverOftenAnImageFails() {
        try (MetadataDirectory directory = create(SMALL.withImageBytes(2048))) {
            files.hook(call -> {
                if (call.startsWith("create image")) {
                    throw new IOException("No space left on device");
                }
            });
            commit(directory);
            for (int attempt = 0; attempt < 10; attempt++) {
                assertThrows(RegionStoreException.class, () -> directory.writeImage(new TestTable(SLOTS)));
                assertEquals(Set.of(FileNames.image(1), FileNames.log(1), FileNames.log(2)), simulated.names());
            }
            commit(directory);
            // one log of 592 bytes, and the one in use, which has as many
            assertEquals((2048 - 592 - 592 + 79) / 80, commitsUntilDue(directory));
            assertEquals(1, directory.overdue());
            assertTrue(directory.logBytes() >= 2048);
            files.hook(call -> { });
            directory.writeImage(new TestTable(SLOTS));
            assertEquals(Set.of(FileNames.image(1), FileNames.image(2), FileNames.log(1), FileNames.log(2),
                    FileNames.log(3)), simulated.names());
            assertEquals((2048 - 592 - 11 * 80 - 512 + 79) / 80, commitsUntilDue(directory), "what the image does not need");
        }
    }

    @Test
    void shouldGoOnAfterAFailedImageAndGiveItsSpaceBack() {
        TestTable table = new TestTable(SLOTS);
        try (MetadataDirectory directory = create(SMALL)) {
            for (String call : List.of("create image", "write image", "rename image", "sync image")) {
                commit(directory);
                files.hook(found -> {
                    if (found.startsWith(call)) {
                        throw new IOException("bad sector");
                    }
                });
                RegionStoreException e =
                        assertThrows(RegionStoreException.class, () -> directory.writeImage(table));
                assertEquals("IO_ERROR: simulated: writing an image failed: java.io.IOException: bad sector",
                        e.getMessage());
                assertEquals(List.of(FileNames.image(1)),
                        simulated.names().stream().filter(name -> name.startsWith("image")).toList(), call);
                assertEquals(1, simulated.openFiles());
            }
            files.hook(call -> { });
            commit(directory);
            directory.writeImage(table);
            assertEquals(5, directory.lastLsn());
        }
        assertEquals(0, open(SMALL).replayedFrames());
    }

    @Test
    void shouldGiveSpaceBackAlsoWhenTheTableFails() {
        try (MetadataDirectory directory = create(SMALL)) {
            assertThrows(IllegalStateException.class, () -> directory.writeImage(new TestTable(SLOTS) {
                @Override
                public void copy(long firstSlot, MemorySegment destination) {
                    throw new IllegalStateException("table is gone");
                }
            }));
            assertEquals(Set.of(FileNames.image(1), FileNames.log(1), FileNames.log(2)), simulated.names());
            commit(directory);
        }
    }

    @Test
    void shouldGoOnWhenTheNextLogCannotBeMade() {
        try (MetadataDirectory directory = create(SMALL)) {
            for (String call : List.of("create log", "identity log", "write log-0000000000000002", "sync log-0000000000000002")) {
                commit(directory);
                files.hook(found -> {
                    if (found.startsWith(call)) {
                        throw new IOException("bad sector");
                    }
                });
                RegionStoreException e = assertThrows(RegionStoreException.class,
                        () -> directory.writeImage(new TestTable(SLOTS)));
                assertEquals("IO_ERROR: simulated: making a log failed: java.io.IOException: bad sector",
                        e.getMessage());
                assertEquals(1, simulated.openFiles(), call);
            }
            files.hook(call -> { });
            commit(directory);
            assertEquals(5, directory.durableLsn());
            directory.writeImage(new TestTable(SLOTS));
        }
        assertEquals(5, open(SMALL).replayedUpTo());
    }

    @Test
    void shouldLeaveTheStoreAsItWasWhenStartFails() {
        MetadataDirectory first = create(SMALL);
        commit(first);
        first.close();
        for (String call : List.of("open", "sync log-0000000000000001", "sync names", "create", "write", "rename")) {
            MetadataDirectory directory = open(SMALL);
            files.hook(found -> {
                if (found.startsWith(call)) {
                    throw new IOException("bad sector");
                }
            });
            RegionStoreException e = assertThrows(RegionStoreException.class, directory::start);
            assertEquals("IO_ERROR: simulated: starting the log failed: java.io.IOException: bad sector",
                    e.getMessage());
            files.hook(found -> { });
            assertEquals(0, simulated.openFiles(), call);
            assertThrows(IllegalStateException.class, () -> directory.appendRetire(1));
            directory.close();
            assertEquals(1, open(SMALL).replayedUpTo());
        }
        try (MetadataDirectory directory = open(SMALL)) {
            directory.start();
            assertThrows(IllegalStateException.class, directory::start);
            assertEquals(2, directory.appendRetire(1));
        }
    }

    @Test
    void shouldCallCleaningUpNoFailure() {
        create(SMALL).close();
        MetadataDirectory directory = open(SMALL);
        files.hook(found -> {
            if (found.equals("list")) {
                throw new IOException("bad sector");
            }
        });
        directory.start();
        directory.writeImage(new TestTable(SLOTS));
        directory.close();
    }

    @Test
    void shouldTellTheSourceWhatMustBeApplied() {
        long[] awaited = new long[1];
        try (MetadataDirectory directory = create(SMALL)) {
            commit(directory);
            commit(directory);
            directory.writeImage(new TestTable(SLOTS) {
                @Override
                public void awaitApplied(long lsn) {
                    awaited[0] = lsn;
                    assertEquals(2, directory.durableLsn());
                    commit(directory);
                }
            });
        }
        assertEquals(2, awaited[0]);
        assertEquals(1, open(SMALL).replayedFrames());
    }

    @Test
    void shouldPutTheHeaderOfTheMomentOfTheSwitchIntoTheImage() {
        byte[] expected;
        try (MetadataDirectory directory = create(SMALL)) {
            directory.appendHeader(TestTable.header(7));
            directory.writeImage(new TestTable(SLOTS) {
                @Override
                public void awaitApplied(long lsn) {
                    directory.appendHeader(TestTable.header(8));
                }
            });
            expected = simulated.contents(FileNames.image(2));
        }
        assertEquals(7, expected[512]);
        assertEquals(8, open(SMALL).header().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0));
        assertArrayEquals(expected, simulated.contents(FileNames.image(2)));
    }

    @Test
    void shouldKeepTheCodeOfAFailure() {
        try (MetadataDirectory directory = create(SMALL)) {
            files.hook(call -> {
                if (call.startsWith("create image")) {
                    throw new java.nio.file.AccessDeniedException("image");
                }
            });
            assertEquals(ErrorCode.PERMISSION_DENIED, assertThrows(RegionStoreException.class,
                    () -> directory.writeImage(new TestTable(SLOTS))).code());
        }
    }
}
