package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import io.regionstore.device.NativeFaults.Error;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each native call that a medium or a lock makes fails, alone and with all that follow: a typed error that names the
 * resource, the call, and what to do; nothing stays open, mapped, locked or made; and the next attempt succeeds.
 */
class NativeFaultTest {
    private static final long LENGTH = 1 << 20;
    /** Calls whose failure keeps nobody from what was asked for: they give something back. */
    private static final Set<String> TIDYING = Set.of("close", "munmap", "unlinkat");

    @TempDir(factory = BuildFolder.class)
    Path folder;

    private final NativeFaults faults = new NativeFaults();

    @AfterEach
    void endFaults() {
        faults.close();
    }

    private interface Opening {
        AutoCloseable open();
    }

    private void failEachCall(Error error, Path resource, boolean creates, Opening opening, String... calls)
            throws Exception {
        Set<String> failed = new HashSet<>();
        for (int count : new int[] {1, 5, Integer.MAX_VALUE}) {
            if (error == Error.EINTR && count == Integer.MAX_VALUE) {
                continue; // a call is made again until it is not interrupted
            }
            int point = 1;
            for (boolean reached = true; reached; point++) {
                faults.failAt(point, count, error);
                String where = error + " at call " + point + ", " + count + " times: ";
                boolean made = false;
                try (AutoCloseable opened = opening.open()) {
                    made = true;
                    reached = faults.reached(); // else calls of close() fail
                    assertTrue(!reached || error == Error.EINTR || mayGoOn(error, count), where + faults.failed());
                } catch (RegionStoreException e) {
                    expectTelling(e, error, resource, where);
                }
                reached = faults.reached();
                failed.add(faults.failed());
                // nobody but the owner of the lock may remove the file; and all that follows fails as well
                boolean unlocked = faults.failed().equals("fcntl") || count > 1;
                faults.failAt(Integer.MAX_VALUE, 1, error);
                assertEquals(0, OpenDescriptors.of(resource), where + "descriptors");
                assertEquals(0, OpenDescriptors.mappingsOf(resource), where + "mappings");
                assertEquals(0, faults.mappings(), where + "mappings");
                if (creates) {
                    assertTrue(made || unlocked || !Files.exists(resource), where + "left a file that is no medium");
                }
                opening.open().close();
                if (creates) {
                    Files.delete(resource);
                }
            }
        }
        assertTrue(failed.containsAll(Set.of(calls)), () -> "calls that failed: " + failed);
    }

    /** A lock that was free after all, or a lock file that is looked for once more. */
    private boolean mayGoOn(Error error, int count) {
        return TIDYING.contains(faults.failed()) || count == 1 && faults.failed().equals("statx")
                || error == Error.EAGAIN && count == 1 && faults.failed().equals("fcntl")
                || (error == Error.EOPNOTSUPP || error == Error.EINVAL) && count == 1
                && faults.failed().equals("mmap"); // no dax file system
    }

    private void expectTelling(RegionStoreException e, Error error, Path resource, String where) {
        String message = e.getMessage();
        assertFalse(error == Error.EINTR, where + "not made again: " + message);
        assertTrue(message.contains(resource.toString()) || message.contains(resource.getParent().toString()), message);
        if (e.code() == ErrorCode.LOCKED) {
            assertTrue(error == Error.EAGAIN && faults.failed().equals("fcntl"), where + message);
        } else if (e.code() == ErrorCode.LOCK_UNSUPPORTED) {
            assertTrue(faults.failed().equals("fcntl") && message.contains("withoutLocks()"),
                    where + message);
        } else {
            assertTrue(e.code() == error.code() || message.contains("again and again"), where + message);
            assertTrue(message.contains("(errno ") && message.contains("; ") || message.contains("again and again"),
                    where + "what happened, and what to do: " + message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReleaseEverythingWhenACallFailsWhileAFileIsMade(Error error) throws Exception {
        Path file = folder.resolve("region");
        failEachCall(error, file, true, () -> MappedMedium.open(Medium.file(file, LENGTH), true), "openat", "statx",
                "fstatfs", "fcntl", "ftruncate", "fsync");
    }

    @ParameterizedTest
    @EnumSource
    void shouldReleaseEverythingWhenACallFailsWhileAFileIsOpened(Error error) throws Exception {
        Path file = folder.resolve("region");
        MappedMedium.open(Medium.file(file, LENGTH), true).close();
        failEachCall(error, file, false, () -> MappedMedium.open(Medium.file(file), false), "openat", "statx",
                "fstatfs", "fcntl", "close");
        assertEquals(LENGTH, Files.size(file));
    }

    @ParameterizedTest
    @EnumSource
    void shouldReleaseEverythingWhenACallFailsWhileADeviceIsOpened(Error error) throws Exception {
        Path node = FakeSysfs.ZERO;
        assumeTrue(OpenDescriptors.of(node) == 0 && OpenDescriptors.mappingsOf(node) == 0, "used by this JVM");
        FakeSysfs sysfs = new FakeSysfs(folder.resolve("sys")).add("zero", FakeSysfs.ZERO_NUMBER, 1L << 32, FakeSysfs.ALIGN);
        failEachCall(error, node, false,
                () -> MappedMedium.open(Medium.device(node), false, null, sysfs.devices()), "openat", "statx", "fcntl",
                "mmap", "munmap", "close");
    }

    @ParameterizedTest
    @EnumSource
    void shouldReleaseEverythingWhenACallFailsWhileALockFileIsTaken(Error error) throws Exception {
        Path file = folder.resolve("LOCK");
        failEachCall(error, file, false, () -> LockFile.lock(file), "openat", "statx", "fcntl", "close");
    }

    @Test
    void shouldTellThatAFileCannotBeMappedAndRemoveIt() throws IOException {
        Path shm = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shm), "no tmpfs, where a file may be longer than the address space");
        Path file = shm.resolve("regionstore-fault-" + ProcessHandle.current().pid());
        Refusal.expect(ErrorCode.IO_ERROR, () -> MappedMedium.open(Medium.file(file, 1L << 47), true), file.toString(),
                "mmap of", "ulimit -v");
        assertFalse(Files.exists(file));
        assertEquals(0, OpenDescriptors.of(file));
    }

    @ParameterizedTest
    @EnumSource(names = "EINTR", mode = EnumSource.Mode.EXCLUDE)
    void shouldNameTheFileWhosePagesAreNotDurable(Error error) {
        Path file = folder.resolve("region");
        try (MappedMedium medium = MappedMedium.open(Medium.file(file, LENGTH), true)) {
            long address = medium.segment().address();
            faults.failAt(1, 1, error);
            Refusal.expect(error.code(), () -> PageWriteback.persist(address + 5000, 100), file.toString(),
                    "msync", "errno", "; ");
            PageWriteback.persist(address + 5000, 100);
            faults.failAt(1, 3, Error.EINTR);
            PageWriteback.persist(address + 5000, 100);
            assertTrue(faults.reached());
        }
    }

    @Test
    void shouldSayThatAnonymousMemoryCannotBeHadAndThenHaveIt() {
        try (Arena arena = Arena.ofConfined()) {
            faults.failAt(1, 1, Error.ENOMEM);
            Refusal.expect(ErrorCode.IO_ERROR, () -> AnonymousMemory.reserve(LENGTH, arena), "anonymous memory",
                    "mmap of " + LENGTH, "ulimit -v");
            assertEquals(LENGTH, AnonymousMemory.reserve(LENGTH, arena).byteSize());
        }
    }

    /** Callers rely on zeros; whether the kernel has the pages back is another matter. */
    @ParameterizedTest
    @EnumSource
    void shouldReadZerosAfterDiscardThoughTheKernelRefuses(Error error) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = AnonymousMemory.reserve(LENGTH, arena).fill((byte) 7);
            faults.failAt(1, 1, error);
            AnonymousMemory.discard(memory, 0, LENGTH);
            assertTrue(faults.reached());
            assertArrayEquals(new byte[(int) LENGTH], memory.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotCallMemoryBadBecauseAProbeFailed(Error error) {
        Path file = folder.resolve("region");
        try (MappedMedium medium = MappedMedium.open(Medium.file(file, LENGTH), true)) {
            faults.failAt(1, 1, error);
            if (error == Error.EINTR || error == Error.EINVAL) { // kernels before 5.14 cannot tell
                assertTrue(medium.isReadable(0, LENGTH));
            } else {
                assertEquals(error.code(),
                        assertThrows(RegionStoreException.class, () -> medium.isReadable(0, LENGTH)).code());
            }
            assertTrue(medium.isReadable(0, LENGTH));
        }
    }
}
