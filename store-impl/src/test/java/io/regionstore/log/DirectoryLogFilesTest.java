package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Each call on a real directory. */
class DirectoryLogFilesTest {
    @TempDir
    Path temporary;

    private Path path;
    private LogFiles files;

    @BeforeEach
    void openDirectory() throws IOException {
        path = Files.createDirectory(temporary.resolve("meta"));
        files = DirectoryLogFiles.at(path);
    }

    private static ByteBuffer bytes(String text) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(text.length());
        return buffer.put(text.getBytes(StandardCharsets.US_ASCII)).flip();
    }

    private static void assertRefused(ErrorCode code, String message, Executable action) {
        RegionStoreException e = assertThrows(RegionStoreException.class, action);
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().startsWith(code + ": " + message), e.getMessage());
    }

    @Test
    void shouldWriteAndReadAnyPartOfAFile() throws IOException {
        try (LogFile file = files.create("f")) {
            assertEquals(0, file.size());
            file.write(bytes("world"), 6);
            file.write(bytes("hello "), 0);
            assertEquals(11, file.size());
            file.sync(false);
            file.sync(true);
            ByteBuffer found = ByteBuffer.allocateDirect(64);
            assertEquals(11, file.read(found, 0));
            assertEquals(11, found.position());
            assertEquals(5, file.read(found, 6));
            assertEquals(16, found.position());
            assertEquals(0, file.read(found, 11), "the end");
            assertEquals(0, file.read(found, 99), "and past it");
            assertEquals(2, file.read(found.limit(18), 1), "no more than there is room for");
        }
        assertEquals("hello world", Files.readString(path.resolve("f")));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("f"))));
    }

    @Test
    void shouldOpenToReadOrToWriteAndCloseForGood() throws IOException {
        Files.writeString(path.resolve("f"), "abc");
        LogFile read = files.open("f", false);
        assertThrows(NonWritableChannelException.class, () -> read.write(bytes("x"), 0));
        read.close();
        assertThrows(ClosedChannelException.class, read::size);
        try (LogFile write = files.open("f", true)) {
            write.write(bytes("x"), 1);
            ByteBuffer found = ByteBuffer.allocateDirect(3);
            assertEquals(3, write.read(found, 0));
            assertEquals('x', found.get(1));
        }
        assertThrows(NoSuchFileException.class, () -> files.open("g", true));
        assertThrows(FileAlreadyExistsException.class, () -> files.create("f"));
    }

    @Test
    void shouldOpenNothingButRegularFiles() throws IOException {
        Files.writeString(temporary.resolve("elsewhere"), "abc");
        Files.createSymbolicLink(path.resolve("link"), temporary.resolve("elsewhere"));
        Files.createDirectory(path.resolve("directory"));
        assertRefused(ErrorCode.SYMBOLIC_LINK, path + "/link: expected a file of the store, found a symbolic link; put"
                + " the file itself there", () -> files.open("link", false));
        assertRefused(ErrorCode.METADATA_FOREIGN, path + "/directory: expected a regular file of the store, found"
                + " something else; remove it", () -> files.open("directory", false));
        assertThrows(FileAlreadyExistsException.class, () -> files.create("link"));
    }

    @Test
    void shouldChangeNames() throws IOException {
        assertEquals(List.of(), files.list());
        files.create("a").close();
        files.rename("a", "b");
        assertEquals(List.of("b"), files.list());
        files.create("c").close();
        assertEquals(List.of("b", "c"), files.list().stream().sorted().toList());
        files.delete("b");
        files.delete("b");
        assertEquals(List.of("c"), files.list());
        assertThrows(NoSuchFileException.class, () -> files.rename("a", "b"));
        files.sync();
        assertEquals(path.toString(), files.resource());
    }

    @Test
    void shouldTellAFileFromItsCopyByInodeAndTimeOfItsLastChange() throws Exception {
        files.create("a").close();
        FileIdentity before = files.identity("a");
        assertEquals(Files.getAttribute(path.resolve("a"), "unix:ino"), before.inode());
        Instant changed = ((FileTime) Files.getAttribute(path.resolve("a"), "unix:ctime")).toInstant();
        assertEquals(changed.getEpochSecond(), before.seconds());
        assertEquals(changed.getNano(), before.nanos());
        Files.copy(path.resolve("a"), path.resolve("b"));
        assertNotEquals(before.inode(), files.identity("b").inode());
        assertThrows(NoSuchFileException.class, () -> files.identity("none"));
    }

    @Test
    void shouldFindDirectoryOrNothingOrSayWhatElseIsThere() throws IOException {
        assertNull(DirectoryLogFiles.at(temporary.resolve("none")));
        assertNull(MetadataDirectory.files(temporary.resolve("none")));
        assertNotNull(MetadataDirectory.files(path));
        Path file = Files.createFile(temporary.resolve("file"));
        assertRefused(ErrorCode.NOT_A_DIRECTORY, file + ": expected a directory for the metadata, found a regular file",
                () -> DirectoryLogFiles.at(file));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), path);
        assertRefused(ErrorCode.SYMBOLIC_LINK, link + ": expected a directory, found a symbolic link",
                () -> DirectoryLogFiles.at(link));
        Path tooLong = temporary.resolve("n".repeat(300));
        assertRefused(ErrorCode.IO_ERROR, tooLong + ": open failed: File name too long (errno 36)",
                () -> DirectoryLogFiles.at(tooLong));
        assertTrue(MetadataDirectory.isEmpty(path));
        assertTrue(MetadataDirectory.isEmpty(temporary.resolve("none")));
        files.create(FileNames.log(1)).close();
        assertFalse(MetadataDirectory.isEmpty(path));
    }

    @Test
    void shouldMakeDirectoryForItsOwnerOnlyAndTakeOneThatIsThere() throws IOException {
        Path made = temporary.resolve("made");
        MetadataDirectory.make(made);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-x---"));
        MetadataDirectory.make(made);
        assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
        Path deep = temporary.resolve("none").resolve("deep");
        assertRefused(ErrorCode.NOT_FOUND, deep + ": the directory can only be made in one that exists, and there is"
                        + " no " + deep.getParent() + "; make it first",
                () -> DirectoryLogFiles.make(deep));
        assertEquals(made.toString(), DirectoryLogFiles.make(made).resource());
    }

    @Test
    void shouldSyncNamesInSpiteOfAnInterruptAndKeepIt() throws IOException {
        Thread.currentThread().interrupt();
        files.sync();
        assertTrue(Thread.interrupted());
        files.sync();
        assertFalse(Thread.currentThread().isInterrupted());
        Files.delete(path);
        assertThrows(NoSuchFileException.class, () -> files.create("f"), "a directory that was removed takes no file");
    }

    @Test
    void shouldLetAnInterruptCloseTheChannelAsItsContractSays() throws IOException {
        try (LogFile file = files.create("f")) {
            Thread.currentThread().interrupt();
            assertThrows(java.nio.channels.ClosedByInterruptException.class, () -> file.write(bytes("x"), 0));
            assertTrue(Thread.interrupted());
        }
    }
}
