package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExclusiveLockTest {
    @TempDir
    Path folder;

    /** Child JVM: holds a file medium and a lock file until it is killed. */
    static final class Holder {
        private Holder() {
        }

        public static void main(String[] arguments) throws IOException {
            try (MappedMedium medium = MappedMedium.open(Medium.file(Path.of(arguments[0]), 8192), true);
                    ExclusiveLock lock = LockFile.lock(Path.of(arguments[1]))) {
                System.out.println("holding " + medium.segment().byteSize() + " " + (lock != null));
                System.in.read();
            }
        }
    }

    @Test
    void shouldNameProcessThatHoldsTheLockAndBeFreeWhenItIsKilled() throws Exception {
        Path region = folder.resolve("region");
        Path lockFile = folder.resolve("LOCK");
        try (ChildJvm child = ChildJvm.start(List.of(ChildJvm.NATIVE), Map.of(), Holder.class, region.toString(),
                lockFile.toString())) {
            assertEquals("holding 8192 true", child.readLine());
            String started = ProcessHandle.of(child.pid()).orElseThrow().info().startInstant().orElseThrow()
                    .atZone(ZoneId.systemDefault()).toLocalDate().toString();
            Refusal.expect(ErrorCode.LOCKED, () -> MappedMedium.open(Medium.file(region), false), region.toString(),
                    "bytes 0 to 8191", "process " + child.pid() + " (java)", "started " + started,
                    "boot " + BootId.describe());
            Refusal.expect(ErrorCode.LOCKED, () -> LockFile.lock(lockFile), lockFile.toString(),
                    "process " + child.pid() + " (java)");
            assertEquals(0, OpenDescriptors.of(folder));
            child.kill();
            MappedMedium.open(Medium.file(region), false).close();
            LockFile.lock(lockFile).close();
        }
    }

    @Test
    void shouldSayThatNobodyCanBeSeen() {
        String words = ExclusiveLock.describe(Optional.empty());
        assertTrue(words.contains("cannot see") && words.contains("root") && words.contains(BootId.describe()), words);
    }

    @Test
    void shouldKeepLockWhenAnotherDescriptorOfTheFileIsClosed() throws IOException {
        Path lockFile = folder.resolve("LOCK");
        try (ExclusiveLock lock = LockFile.lock(lockFile)) {
            FileChannel.open(lockFile, StandardOpenOption.WRITE).close(); // would drop every POSIX lock of the process
            Refusal.expect(ErrorCode.LOCKED, () -> LockFile.lock(lockFile), "this JVM itself");
            lock.close();
            lock.close();
            LockFile.lock(lockFile).close();
        }
    }

    @Test
    void shouldMakePrivateLockFileAndLeaveItThere() throws IOException {
        Path lockFile = folder.resolve("LOCK");
        LockFile.lock(lockFile).close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lockFile)));
        assertEquals(0, Files.size(lockFile));
        assertEquals(0, OpenDescriptors.of(folder));
        LockFile.lock(lockFile).close();
    }

    @Test
    void shouldRefuseWhatCannotBeALockFile() throws IOException {
        Path target = Files.createFile(folder.resolve("target"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        Refusal.expect(ErrorCode.SYMBOLIC_LINK, () -> LockFile.lock(link), link.toString());
        Refusal.expect(ErrorCode.IS_A_DIRECTORY, () -> LockFile.lock(folder), folder.toString());
        Refusal.expect(ErrorCode.INVALID_ARGUMENT, () -> LockFile.lock(Path.of("/dev/null")),
                "character device (1:3)");
        Refusal.expect(ErrorCode.NOT_FOUND, () -> LockFile.lock(folder.resolve("no/LOCK")), "no/LOCK");
        assertEquals(0, OpenDescriptors.of(folder));
    }

    @Test
    void shouldSeeLocksOfEveryKindThatMeetTheRange() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[100]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.lock(10, 5, false); // POSIX, held by this process
            try (Descriptor descriptor = Descriptor.of(Descriptor.tryOpen(file.toString()), file.toString())) {
                FileStatus status = descriptor.status();
                assertEquals(ProcessHandle.current().pid(), Owner.find(status, 14, 1).orElseThrow().pid());
                assertTrue(Owner.find(status, 0, 0).isPresent());
                assertFalse(Owner.find(status, 0, 10).isPresent());
                assertFalse(Owner.find(status, 15, 85).isPresent());
                Refusal.expect(ErrorCode.LOCKED, () -> ExclusiveLock.acquire(descriptor, 12, 1, false), "bytes 12 to 12");
                ExclusiveLock.acquire(descriptor, 15, 85, false).close();
            }
        }
    }
}
