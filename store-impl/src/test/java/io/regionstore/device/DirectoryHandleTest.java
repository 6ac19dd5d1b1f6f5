package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.device.DirectoryHandle.FileKind;
import io.regionstore.device.DirectoryHandle.Place;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names are looked up in the directory that was opened, wherever it is. */
class DirectoryHandleTest {
    @TempDir
    Path home;

    private Path path;

    @BeforeEach
    void makeDirectory() throws IOException {
        path = Files.createDirectory(home.resolve("directory"));
    }

    private DirectoryHandle open() {
        return DirectoryHandle.open(path, DirectoryHandle.DESCRIPTORS);
    }

    private DirectoryHandle openWithoutProc() {
        return DirectoryHandle.open(path, home.resolve("no proc"));
    }

    /** Puts another directory in the place of the open one, with a file of the same name. */
    private Path replace(String name) throws IOException {
        Path aside = home.resolve("aside");
        Files.move(path, aside);
        Files.createDirectory(path);
        Files.writeString(path.resolve(name), "another's");
        return aside;
    }

    @Test
    void shouldGoOnInTheDirectoryThatWasMoved() throws IOException {
        try (DirectoryHandle directory = open()) {
            directory.create("a");
            Path aside = replace("a");
            assertEquals(0, directory.length("a"));
            directory.rename("a", "b");
            directory.create("c");
            directory.delete("c");
            directory.delete("c");
            directory.sync();
            directory.requireReachable("b");
            Files.writeString(directory.path("b"), "own");
            assertEquals("own", Files.readString(aside.resolve("b")));
            assertEquals(List.of("b"), directory.list());
            assertEquals("another's", Files.readString(path.resolve("a")));
        }
    }

    @Test
    void shouldSayWhereTheDirectoryIs() throws IOException {
        try (DirectoryHandle directory = open()) {
            assertEquals(Place.HERE, directory.place());
            Path aside = replace("a");
            assertEquals(Place.MOVED, directory.place());
            assertEquals(aside.toString(), directory.whereNow());
            Files.delete(aside);
            assertEquals(Place.REMOVED, directory.place());
            assertThrows(NoSuchFileException.class, () -> directory.create("a"));
        }
    }

    @Test
    void shouldReachFilesByTheDirectorysPathWhereProcIsHidden() throws IOException {
        try (DirectoryHandle directory = openWithoutProc()) {
            directory.create("a");
            directory.requireReachable("a");
            assertEquals(path.resolve("a"), directory.path("a"));
            assertEquals("somewhere else", directory.whereNow());
            replace("a");
            assertThrows(FileSystemException.class, () -> directory.requireReachable("a"), "it is another's");
            Files.delete(path.resolve("a"));
            assertThrows(FileSystemException.class, () -> directory.requireReachable("a"), "it is nobody's");
            assertThrows(NoSuchFileException.class, () -> directory.requireReachable("none"));
            assertEquals(List.of("a"), directory.list());
        }
    }

    @Test
    void shouldListMoreNamesThanTheKernelTellsAtOnce() throws IOException {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            String name = "n".repeat(200) + i;
            names.add(name);
            Files.createFile(path.resolve(name));
        }
        try (DirectoryHandle directory = open()) {
            for (int time = 0; time < 2; time++) {
                List<String> found = directory.list();
                assertEquals(300, found.size());
                assertEquals(names, new HashSet<>(found));
            }
        }
    }

    @Test
    void shouldMakeFilesForTheirOwnerAndTellWhatIsThere() throws IOException {
        try (DirectoryHandle directory = open()) {
            directory.create("a");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("a"))));
            assertThrows(FileAlreadyExistsException.class, () -> directory.create("a"));
            assertEquals(FileKind.REGULAR, directory.kind("a"));
            Files.createSymbolicLink(path.resolve("link"), path.resolve("a"));
            assertEquals(FileKind.SYMBOLIC_LINK, directory.kind("link"));
            assertEquals(FileKind.OTHER, directory.kind("."));
            assertThrows(NoSuchFileException.class, () -> directory.kind("none"));
            FileSystemException e =
                    assertThrows(FileSystemException.class, () -> directory.create("n".repeat(300)));
            assertTrue(e.getReason().startsWith("create: File name too long (errno 36)"), e.getReason());
        }
    }

    @Test
    void shouldTellTheBirthOfAFileWhateverIsDoneToIt() throws IOException {
        try (DirectoryHandle directory = open()) {
            directory.create("a");
            FileBirth born = directory.birth("a");
            assertEquals((long) Files.getAttribute(path.resolve("a"), "unix:ino"), born.inode());
            assertTrue(born.seconds() == 0 || born.generation() == 0, "one of the two: " + born);
            Files.setLastModifiedTime(path.resolve("a"), FileTime.fromMillis(0));
            Files.setPosixFilePermissions(path.resolve("a"), PosixFilePermissions.fromString("rw-rw-rw-"));
            directory.rename("a", "b");
            assertEquals(born, directory.birth("b"));
            directory.create("a");
            assertNotEquals(born, directory.birth("a"));
        }
    }

    @Test
    void shouldLetOneOwnerIn() throws IOException {
        try (DirectoryHandle first = open(); DirectoryHandle second = open()) {
            DirectoryHandle.Lock lock = first.lock("LOCK", false);
            assertTrue(lock.isHeld());
            assertLocked(second, "this JVM itself");
            Files.delete(path.resolve("LOCK"));
            assertLocked(second, "although its LOCK file was removed");
            lock.close();
            lock.close();
            second.lock("LOCK", false).close();
            second.lock("LOCK", false).close();
        }
    }

    private static void assertLocked(DirectoryHandle directory, String message) {
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> directory.lock("LOCK", false));
        assertEquals(ErrorCode.LOCKED, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void shouldOpenDirectoriesOnly() throws IOException {
        assertNull(DirectoryHandle.open(home.resolve("none"), DirectoryHandle.DESCRIPTORS));
        Path file = Files.createFile(home.resolve("file"));
        assertRefused(ErrorCode.NOT_A_DIRECTORY, file, "found a regular file");
        Path link = Files.createSymbolicLink(home.resolve("link"), path);
        assertRefused(ErrorCode.SYMBOLIC_LINK, link, "found a symbolic link");
        assertRefused(ErrorCode.NOT_A_DIRECTORY, file.resolve("deeper"), "Not a directory");
    }

    private static void assertRefused(ErrorCode code, Path named, String finding) {
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> DirectoryHandle.open(named, DirectoryHandle.DESCRIPTORS));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(named.toString()) && e.getMessage().contains(finding), e.getMessage());
    }

    @Test
    void shouldAskTheKernelNothingOnceItIsClosed() throws IOException {
        DirectoryHandle directory = open();
        directory.close();
        directory.close();
        List<IOException> refusals = new ArrayList<>();
        refusals.add(assertThrows(IOException.class, directory::list));
        refusals.add(assertThrows(IOException.class, () -> directory.create("a")));
        refusals.add(assertThrows(IOException.class, directory::sync));
        for (IOException e : refusals) {
            assertTrue(e.getMessage().contains("is closed"), e.getMessage());
        }
        assertEquals("the file system", directory.fileSystem());
        replace("a");
        assertEquals(Place.HERE, directory.place(), "nothing is known, so nothing is said");
        assertFalse(Files.exists(home.resolve("aside/a")));
        assumeTrue(Files.isDirectory(DirectoryHandle.DESCRIPTORS), "descriptors can be counted with /proc only");
        assertEquals(0, OpenDescriptors.of(path));
    }
}
