package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** On the real file system. */
class MetadataDirectoryTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(4096, 4096);
    private static final int SLOTS = 64;

    @TempDir
    Path temporary;

    private MetadataDirectory create(Path path) {
        return MetadataDirectory.create(path, new UUID(1, 2), SLOTS, TestTable.header(1), SMALL);
    }

    /** A store with some commits, an image, and some more. */
    private Path store(String name) {
        Path path = temporary.resolve(name);
        try (MetadataDirectory directory = create(path)) {
            directory.start();
            commit(directory, 1);
            TestTable table = new TestTable(SLOTS);
            table.write(1, slot(1));
            directory.writeImage(table);
            commit(directory, 2);
        }
        return path;
    }

    private static MemorySegment slot(long value) {
        return MemorySegment.ofArray(new long[] {value, value, value, value});
    }

    private static void commit(MetadataDirectory directory, int slot) {
        directory.awaitDurable(directory.append(slot(slot), 0, slot, 1, -1));
    }

    private static TestTable open(Path path) {
        TestTable table = new TestTable(SLOTS);
        MetadataDirectory.open(path, table, SMALL).close();
        return table;
    }

    private static void assertRefused(ErrorCode code, Path named, Executable action) {
        RegionStoreException e = assertThrows(RegionStoreException.class, action);
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(named.toString()), e.getMessage());
    }

    private static void assertHolds(TestTable found, int... slots) {
        TestTable expected = new TestTable(SLOTS);
        for (int slot : slots) {
            expected.write(slot, slot(slot));
        }
        assertArrayEquals(expected.bytes, found.bytes);
    }

    private static void copy(Path from, Path to) throws Exception {
        Process process = new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO().start();
        assertEquals(0, process.waitFor());
    }

    @Test
    void shouldFindCommitsAfterReopening() {
        Path path = store("meta");
        TestTable found = new TestTable(SLOTS);
        try (MetadataDirectory directory = MetadataDirectory.open(path, found, SMALL)) {
            assertHolds(found, 1, 2);
            assertEquals(1, directory.replayedFrames());
            assertEquals(2, directory.replayedUpTo());
            assertTrue(directory.cleanTail());
            assertEquals(List.of(), directory.notes());
            assertEquals(new UUID(1, 2), directory.instance());
            assertEquals(-1, directory.header().mismatch(TestTable.header(1)));
            directory.start();
            assertEquals(3, directory.append(slot(3), 0, 3, 1, 1));
            directory.appendHeader(TestTable.header(9));
        }
        found = new TestTable(SLOTS);
        try (MetadataDirectory directory = MetadataDirectory.open(path, found, SMALL)) {
            assertEquals(-1, directory.header().mismatch(TestTable.header(9)));
        }
        assertEquals(0, MemorySegment.ofArray(found.bytes).get(LittleEndian.LONG, 32 + 24), "retired");
        assertEquals(3, MemorySegment.ofArray(found.bytes).get(LittleEndian.LONG, 3 * 32 + 24));
    }

    @Test
    void shouldMakeDirectoryAndFilesForOwnerOnly() throws Exception {
        Path path = store("meta");
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        try (Stream<Path> files = Files.list(path)) {
            List<Path> all = files.toList();
            assertEquals(5, all.size(), all::toString);
            for (Path file : all) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
    }

    @Test
    void shouldCallEmptyWhatHoldsNoStore() throws Exception {
        Path path = temporary.resolve("meta");
        assertTrue(MetadataDirectory.isEmpty(path));
        Files.createDirectory(path);
        assertTrue(MetadataDirectory.isEmpty(path));
        Files.createFile(path.resolve("LOCK"));
        assertTrue(MetadataDirectory.isEmpty(path));
        create(path).close();
        assertFalse(MetadataDirectory.isEmpty(path));
    }

    @Test
    void shouldRefuseToCreateOverStoreOrFilesOfOthers() throws Exception {
        Path path = store("meta");
        assertRefused(ErrorCode.ALREADY_EXISTS, path, () -> create(path));
        assertHolds(open(path), 1, 2);
        Path others = Files.createDirectory(temporary.resolve("others"));
        Files.writeString(others.resolve("letter.txt"), "dear reader");
        assertRefused(ErrorCode.METADATA_FOREIGN, others, () -> create(others));
        assertRefused(ErrorCode.METADATA_FOREIGN, others, () -> open(others));
        assertEquals("dear reader", Files.readString(others.resolve("letter.txt")));
    }

    @Test
    void shouldNameWhatIsNotAStore() throws Exception {
        Path missing = temporary.resolve("missing");
        assertRefused(ErrorCode.NOT_FOUND, missing, () -> open(missing));
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        assertRefused(ErrorCode.NOT_FOUND, empty, () -> open(empty));
        Path file = Files.createFile(temporary.resolve("file"));
        assertRefused(ErrorCode.NOT_A_DIRECTORY, file, () -> open(file));
        assertRefused(ErrorCode.NOT_A_DIRECTORY, file, () -> create(file));
        assertRefused(ErrorCode.NOT_A_DIRECTORY, file, () -> MetadataDirectory.isEmpty(file));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), store("meta"));
        assertRefused(ErrorCode.SYMBOLIC_LINK, link, () -> open(link));
        assertRefused(ErrorCode.SYMBOLIC_LINK, link, () -> create(link));
        assertRefused(ErrorCode.NOT_FOUND, missing, () -> create(missing.resolve("below")));
    }

    @Test
    void shouldRefuseSymbolicLinksInside() throws Exception {
        Path path = store("meta");
        Path log = path.resolve(FileNames.log(3));
        Files.move(log, temporary.resolve("elsewhere"));
        Files.createSymbolicLink(log, temporary.resolve("elsewhere"));
        assertRefused(ErrorCode.SYMBOLIC_LINK, log, () -> open(path));
    }

    @Test
    void shouldNameMissingPermission() throws Exception {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may do anything");
        Path path = store("meta");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        try {
            assertRefused(ErrorCode.PERMISSION_DENIED, path, () -> open(path));
        } finally {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void shouldTellDeniedPermissionFromOtherFailures() {
        assertEquals(ErrorCode.PERMISSION_DENIED,
                Failures.of("meta", "opening", new java.nio.file.AccessDeniedException("meta/log")).code());
        try (LogFiles files = DirectoryLogFiles.at(temporary)) {
            RegionStoreException full = Failures.of(files, "writing", new IOException("No space left on device"));
            assertEquals(ErrorCode.NO_SPACE, full.code());
            assertTrue(full.getMessage().matches(".*no space left on the .*, which has [0-9]+ of [0-9]+ bytes free .*"),
                    full.getMessage());
        }
    }

    @Test
    void shouldRefuseCopyAndOlderCopyButFollowMove() throws Exception {
        Path path = store("meta");
        Path backup = temporary.resolve("backup");
        copy(path, backup);
        Path moved = temporary.resolve("moved");
        Files.move(path, moved, StandardCopyOption.ATOMIC_MOVE);
        assertHolds(open(moved), 1, 2);
        try (MetadataDirectory directory = MetadataDirectory.open(moved, new TestTable(SLOTS), SMALL)) {
            directory.start();
            commit(directory, 5);
        }
        assertRefused(ErrorCode.METADATA_RESTORED, backup, () -> open(backup));
        try (MetadataDirectory directory =
                     MetadataDirectory.open(backup, new TestTable(SLOTS), SMALL.withAcceptRestored(true))) {
            assertTrue(directory.restored());
            assertTrue(directory.notes().toString().contains("copy"));
            directory.start();
            commit(directory, 6);
        }
        assertHolds(open(backup), 1, 2, 6);
        assertHolds(open(moved), 1, 2, 5);
    }

    @Test
    void shouldTellTheImageOfAnotherHistoryThatWasWrittenOverTheStoresOwn() throws Exception {
        Path path = store("meta");
        Path other = temporary.resolve("other");
        copy(path, other);
        for (Path each : List.of(path, other)) {
            try (MetadataDirectory directory =
                         MetadataDirectory.open(each, new TestTable(SLOTS), SMALL.withAcceptRestored(each == other))) {
                directory.start();
                commit(directory, each == other ? 5 : 6);
                TestTable table = new TestTable(SLOTS);
                table.write(7, slot(7));
                directory.writeImage(table);
            }
        }
        Path image;
        try (Stream<Path> files = Files.list(path)) {
            image = files.filter(file -> file.getFileName().toString().startsWith("image-")).max(Path::compareTo)
                    .orElseThrow();
        }
        byte[] others = Files.readAllBytes(other.resolve(image.getFileName()));
        assertEquals(Files.size(image), others.length);
        Files.write(image, others); // the same inode, born when it was
        assertRefused(ErrorCode.METADATA_RESTORED, image, () -> open(path));
        try (MetadataDirectory directory =
                     MetadataDirectory.open(path, new TestTable(SLOTS), SMALL.withAcceptRestored(true))) {
            assertTrue(directory.restored());
            directory.start();
        }
        open(path);
    }

    @Test
    void shouldRefuseOlderLogsPutBackBesideOriginalImages() throws Exception {
        Path path = store("meta");
        Path backup = temporary.resolve("backup");
        copy(path, backup);
        try (MetadataDirectory directory = MetadataDirectory.open(path, new TestTable(SLOTS), SMALL)) {
            directory.start();
            commit(directory, 5);
        }
        String log = FileNames.log(4);
        Files.copy(path.resolve(log), temporary.resolve("again"));
        Files.move(temporary.resolve("again"), path.resolve(log), StandardCopyOption.REPLACE_EXISTING);
        assertRefused(ErrorCode.METADATA_RESTORED, path, () -> open(path));
    }

    @Test
    void shouldWriteNothingUntilStarted() throws Exception {
        Path path = store("meta");
        Files.createFile(path.resolve(FileNames.temporary(FileNames.image(9))));
        Files.writeString(path.resolve("note.txt"), "mine");
        List<String> before = listing(path);
        try (MetadataDirectory directory = MetadataDirectory.open(path, new TestTable(SLOTS), SMALL)) {
            assertThrows(IllegalStateException.class, () -> directory.appendRetire(1));
            assertTrue(directory.notes().toString().contains("note.txt"));
        }
        assertEquals(before, listing(path));
        try (MetadataDirectory directory = MetadataDirectory.open(path, new TestTable(SLOTS), SMALL)) {
            directory.start();
            assertThrows(IllegalStateException.class, directory::start);
        }
        assertFalse(Files.exists(path.resolve(FileNames.temporary(FileNames.image(9)))));
        assertEquals("mine", Files.readString(path.resolve("note.txt")));
    }

    private static List<String> listing(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> {
                try {
                    return file.getFileName() + " " + Files.readAttributes(file, "unix:ino,ctime,size");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }).sorted().toList();
        }
    }

    @Test
    void shouldThrowAfterClose() {
        MetadataDirectory directory = create(temporary.resolve("meta"));
        directory.start();
        long lsn = directory.appendRetire(1);
        directory.close();
        directory.close();
        directory.awaitDurable(lsn);
        for (Executable action : List.<Executable>of(() -> directory.appendRetire(1),
                () -> directory.append(slot(1), 0, 1, 1, -1), () -> directory.appendHeader(TestTable.header(1)),
                () -> directory.writeImage(new TestTable(SLOTS)))) {
            assertEquals(ErrorCode.CLOSED, assertThrows(RegionStoreException.class, action).code());
        }
        MetadataDirectory unused = create(temporary.resolve("unused"));
        unused.close();
        assertEquals(ErrorCode.CLOSED, assertThrows(RegionStoreException.class, unused::start).code());
    }

    @Test
    void shouldRefuseArgumentsOutOfRange() {
        try (MetadataDirectory directory = create(temporary.resolve("meta"))) {
            directory.start();
            for (Executable action : List.<Executable>of(
                    () -> directory.append(slot(1), 0, -1, 1, -1),
                    () -> directory.append(slot(1), 0, 1, 1, -2),
                    () -> directory.append(slot(1), 0, 1, 0, -1),
                    () -> directory.append(MemorySegment.ofArray(new byte[4096]), 0, 1, 127, -1),
                    () -> directory.appendHeader(slot(1)),
                    () -> directory.awaitDurable(1),
                    () -> SMALL.withSizes(8192, 4096), () -> SMALL.withSizes(4096, 5000),
                    () -> SMALL.withSizes(552, 4096))) {
                assertEquals(ErrorCode.INVALID_ARGUMENT,
                        assertThrows(RegionStoreException.class, action).code());
            }
            assertThrows(IndexOutOfBoundsException.class, () -> directory.append(slot(1), 8, 1, 1, -1));
            assertEquals(1, directory.append(MemorySegment.ofArray(new byte[4096]), 0, 1, 126, -1));
            directory.sync();
        }
    }

    @Test
    void shouldAskForImageWhenLogsAreLongOrMany() {
        Path path = temporary.resolve("meta");
        Options options = SMALL.withImageBytes(2048);
        MetadataDirectory.create(path, new UUID(1, 2), SLOTS, TestTable.header(1), options).close();
        try (MetadataDirectory directory = MetadataDirectory.open(path, new TestTable(SLOTS), options)) {
            directory.start();
            assertFalse(directory.imageDue());
            while (!directory.imageDue()) {
                commit(directory, 1);
            }
            assertTrue(directory.lastLsn() < 30, "after " + directory.lastLsn());
            directory.writeImage(new TestTable(SLOTS));
            assertFalse(directory.imageDue());
        }
        int opened = 0;
        for (boolean due = false; !due; opened++) {
            try (MetadataDirectory directory =
                         MetadataDirectory.open(path, new TestTable(SLOTS), options.withImageBytes(1 << 20))) {
                directory.start();
                due = directory.imageDue();
                if (due) {
                    directory.writeImage(new TestTable(SLOTS));
                    assertFalse(directory.imageDue());
                }
            }
        }
        assertTrue(opened > 4 && opened < 10, "opened " + opened);
    }
}
