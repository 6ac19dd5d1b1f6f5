package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMediumTest {
    private static final long LENGTH = 1 << 20;

    @TempDir(factory = BuildFolder.class)
    Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("region");
    }

    private static MappedMedium open(Medium medium) {
        return MappedMedium.open(medium, false);
    }

    private static MappedMedium create(Medium medium) {
        return MappedMedium.open(medium, true);
    }

    private void expect(ErrorCode code, Medium medium, boolean mayCreate, String... words) throws IOException {
        Refusal.expect(code, () -> MappedMedium.open(medium, mayCreate), words);
        assertEquals(0, OpenDescriptors.of(folder));
        assertEquals(0, OpenDescriptors.mappingsOf(folder));
    }

    @Test
    void shouldCreateSparsePrivateFileAndFindItsBytesAgain() throws IOException {
        try (MappedMedium medium = create(Medium.file(file, LENGTH))) {
            medium.segment().set(ValueLayout.JAVA_LONG, LENGTH - 8, 42);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals(LENGTH, Files.size(file));
            assertEquals(file.toAbsolutePath().toString(), medium.identity().path());
            assertEquals(-1, medium.identity().physicalStart());
            assertEquals((long) Files.getAttribute(file, "unix:ino"), medium.identity().inode());
        }
        try (MappedMedium medium = open(Medium.file(file))) {
            assertEquals(LENGTH, medium.segment().byteSize());
            assertEquals(42, medium.segment().get(ValueLayout.JAVA_LONG, LENGTH - 8));
        }
    }

    @Test
    void shouldNeedMsyncOnOrdinaryFileSystem() throws IOException {
        assumeFalse(Files.getFileStore(folder).type().equals("tmpfs"), "built on tmpfs");
        try (MappedMedium medium = create(Medium.file(file, LENGTH))) {
            assertEquals(MappedMedium.Kind.FILE, medium.identity().kind());
            assertEquals(FailureDomain.PLATFORM, medium.strongestDomain());
            assertFalse(medium.cacheLinePersist());
        }
    }

    @Test
    void shouldReleaseEverythingOnClose() throws IOException {
        MappedMedium medium = create(Medium.file(file, LENGTH));
        MemorySegment segment = medium.segment();
        assertEquals(1, OpenDescriptors.of(file));
        assertEquals(1, OpenDescriptors.mappingsOf(file));
        medium.close();
        medium.close();
        assertEquals(0, OpenDescriptors.of(folder));
        assertEquals(0, OpenDescriptors.mappingsOf(file));
        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_LONG, 0));
    }

    @Test
    void shouldMapMoreThanTwoGibibytesInOneSegment() {
        long length = 5L << 30;
        try (MappedMedium medium = create(Medium.file(file, length))) {
            medium.segment().set(ValueLayout.JAVA_LONG, length - 8, 7);
            assertEquals(7, medium.segment().get(ValueLayout.JAVA_LONG, length - 8));
        }
    }

    @Test
    void shouldExtendEmptyFileOnlyWhenItMayCreate() throws IOException {
        Files.createFile(file);
        expect(ErrorCode.OUT_OF_BOUNDS, Medium.file(file, LENGTH), false, "the file has 0");
        expect(ErrorCode.EMPTY_RANGE, Medium.file(file), true, "empty");
        create(Medium.file(file, LENGTH)).close();
        assertEquals(LENGTH, Files.size(file));
    }

    @Test
    void shouldLeaveFileOfAnotherLengthAsItIs() throws IOException {
        Files.write(file, new byte[8192]);
        expect(ErrorCode.OUT_OF_BOUNDS, Medium.file(file, LENGTH), true, LENGTH + " bytes were expected", "8192");
        assertEquals(8192, Files.size(file));
        try (MappedMedium medium = create(Medium.file(file, 4096))) {
            assertEquals(4096, medium.segment().byteSize());
        }
        assertEquals(8192, Files.size(file));
    }

    @Test
    void shouldRefuseMissingFile() throws IOException {
        expect(ErrorCode.NOT_FOUND, Medium.file(file, LENGTH), false, file.toString());
        expect(ErrorCode.NOT_FOUND, Medium.file(file), true, "needs a length");
        expect(ErrorCode.NOT_FOUND, Medium.file(folder.resolve("no/region"), LENGTH), true,
                "there is no " + folder.resolve("no"), "make it first");
        expect(ErrorCode.NOT_A_DIRECTORY, Medium.file(Files.createFile(file).resolve("region"), LENGTH), true);
    }

    @Test
    void shouldMapOnAnInterruptedThreadAndKeepTheInterrupt() {
        Thread.currentThread().interrupt();
        try (MappedMedium medium = create(Medium.file(file, LENGTH))) {
            assertTrue(Thread.interrupted(), "the interrupt is lost");
            assertEquals(LENGTH, medium.segment().byteSize());
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void shouldRefuseDirectory() throws IOException {
        expect(ErrorCode.IS_A_DIRECTORY, Medium.file(folder, LENGTH), true, folder.toString());
    }

    @Test
    void shouldRefuseSymbolicLink() throws IOException {
        Files.write(folder.resolve("target"), new byte[4096]);
        Files.createSymbolicLink(file, folder.resolve("target"));
        expect(ErrorCode.SYMBOLIC_LINK, Medium.file(file), false, "symbolic links are not followed");
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nothing"));
        expect(ErrorCode.SYMBOLIC_LINK, Medium.file(dangling, LENGTH), true, "symbolic links are not followed");
        assertFalse(Files.exists(folder.resolve("nothing")));
    }

    @Test
    void shouldRefuseWhatIsNotARegularFile() throws Exception {
        expect(ErrorCode.INVALID_ARGUMENT, Medium.file(Path.of("/dev/zero"), LENGTH), false, "character device (1:5)",
                "Medium.device");
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        expect(ErrorCode.INVALID_ARGUMENT, Medium.file(pipe, LENGTH), false, "a named pipe");
        Path socket = Files.createTempDirectory("s").resolve("s"); // socket paths must be short
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            expect(ErrorCode.INVALID_ARGUMENT, Medium.file(socket, LENGTH), false, "a socket");
        } finally {
            Files.delete(socket);
            Files.delete(socket.getParent());
        }
    }

    @Test
    void shouldRefuseFileThatMayNotBeWritten() throws IOException {
        // the kernel refuses to open this one for writing whoever asks, root too
        Path readOnly = Path.of("/proc/sys/kernel/random/boot_id");
        expect(ErrorCode.PERMISSION_DENIED, Medium.file(readOnly, LENGTH), false, readOnly.toString(),
                "Permission denied (errno 13)", "needs permission");
        expect(ErrorCode.PERMISSION_DENIED, Medium.device(readOnly), false, "Permission denied (errno 13)");
    }

    @Test
    void shouldRefuseSecondOwnerInOneJvm() throws IOException {
        try (MappedMedium medium = create(Medium.file(file, LENGTH))) {
            Refusal.expect(ErrorCode.LOCKED, () -> open(Medium.file(file)), file.toString(),
                    "process " + ProcessHandle.current().pid(), "this JVM itself", BootId.describe());
            Refusal.expect(ErrorCode.OVERLAP, () -> MappedMedium.open(Medium.file(file), false, medium),
                    file.toString());
            assertEquals(1, OpenDescriptors.of(file));
        }
        open(Medium.file(file)).close();
    }

    @Test
    void shouldKnowWhetherFilesShareBytes() {
        Path other = folder.resolve("other");
        try (MappedMedium a = create(Medium.file(file, LENGTH)); MappedMedium b = create(Medium.file(other, LENGTH))) {
            assertFalse(a.sharesBytesWith(b));
            assertTrue(b.sharesBytesWith(b));
        }
    }

    @Test
    void shouldRemoveNewFileWhenOpeningFails() throws IOException {
        // longer than any file may be
        expect(ErrorCode.IO_ERROR, Medium.file(file, Long.MAX_VALUE), true, "ftruncate");
        assertFalse(Files.exists(file));
    }

    @Test
    void shouldTakeVouchedFileForDaxMemory() {
        try (MappedMedium medium = create(Medium.file(file, LENGTH).vouchedFor(FailureDomain.KERNEL))) {
            assertEquals(FailureDomain.KERNEL, medium.strongestDomain());
            assertTrue(medium.cacheLinePersist());
            assertTrue(medium.domainReason().contains("vouched for up to KERNEL"), medium.domainReason());
        }
    }

    @Test
    void shouldSayThatTmpfsGoesWithTheKernel() throws IOException {
        Path shm = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shm), "no tmpfs at /dev/shm");
        Path onTmpfs = shm.resolve("regionstore-test-" + ProcessHandle.current().pid());
        try {
            try (MappedMedium medium = create(Medium.file(onTmpfs, LENGTH))) {
                assertEquals(MappedMedium.Kind.TMPFS_FILE, medium.identity().kind());
                assertEquals(FailureDomain.PROCESS, medium.strongestDomain());
                assertTrue(medium.domainReason().contains("is on tmpfs"), medium.domainReason());
                assertFalse(medium.cacheLinePersist());
            }
            Medium vouched = Medium.file(onTmpfs).vouchedFor(FailureDomain.PLATFORM);
            try (MappedMedium medium = open(vouched)) {
                assertEquals(FailureDomain.PLATFORM, medium.strongestDomain());
                assertTrue(medium.cacheLinePersist());
            }
        } finally {
            Files.deleteIfExists(onTmpfs);
        }
    }

    @Test
    void shouldMapHugePages() throws IOException {
        Path mount = hugetlbfs().orElse(null);
        assumeTrue(mount != null, "no writable hugetlbfs with free pages");
        long page = Files.getFileStore(mount).getBlockSize();
        Path huge = mount.resolve("regionstore-test-" + ProcessHandle.current().pid());
        try (MappedMedium medium = create(Medium.file(huge, page))) {
            medium.segment().set(ValueLayout.JAVA_LONG, page - 8, 42);
            assertEquals(MappedMedium.Kind.HUGETLBFS_FILE, medium.identity().kind());
            assertEquals(page, medium.identity().deviceAlign());
            assertEquals(FailureDomain.PROCESS, medium.strongestDomain());
            Refusal.expect(ErrorCode.MISALIGNED, () -> open(Medium.file(huge, page + 4096)), "multiple of " + page);
        } finally {
            Files.deleteIfExists(huge);
        }
    }

    private static Optional<Path> hugetlbfs() throws IOException {
        boolean free = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .anyMatch(line -> line.startsWith("HugePages_Free") && !line.endsWith(" 0"));
        return Files.readAllLines(Path.of("/proc/self/mounts")).stream().map(line -> line.split(" "))
                .filter(words -> free && words[2].equals("hugetlbfs")).map(words -> Path.of(words[1]))
                .filter(Files::isWritable).findFirst();
    }

    @Test
    void shouldFindPagesThatCannotBeRead() throws IOException {
        try (MappedMedium medium = create(Medium.file(file, LENGTH))) {
            assertTrue(medium.isReadable(0, LENGTH));
            try (RandomAccessFile other = new RandomAccessFile(file.toFile(), "rw")) {
                other.setLength(LENGTH / 2);
            }
            assertTrue(medium.isReadable(5, LENGTH / 2 - 5));
            assertFalse(medium.isReadable(0, LENGTH));
            assertFalse(medium.isReadable(LENGTH / 2 + 5, 1));
        }
    }
}
