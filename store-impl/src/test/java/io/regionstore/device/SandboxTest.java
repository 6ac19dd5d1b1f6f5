package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.device.NativeFaults.Error;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores where the kernel shows less of itself than usual: no /proc, no /sys, no locks, files without a name. */
class SandboxTest {
    private static final int RECORDS = 10;

    @TempDir(factory = BuildFolder.class)
    Path folder;

    private static RegionStoreBuilder builder(String region, String metadata) {
        Path path = Path.of(metadata);
        return RegionStore.builder().region(Medium.file(Path.of(region), 1 << 20)).metadata(path.endsWith("directory")
                ? Medium.directory(path) : Medium.file(path, 128 << 10)).failureDomain(FailureDomain.PROCESS);
    }

    private static void put(RegionStore store, long from, long to) {
        for (long key = from; key < to; key++) {
            store.put(key, MemorySegment.ofArray(new long[] {key, key * 7}));
        }
    }

    /** Without JUnit, which child JVMs do not have. */
    private static void requireHas(RegionStore store, long records) {
        if (store.size() != records) {
            throw new AssertionError(store.size() + " records instead of " + records);
        }
        for (long key = 0; key < records; key++) {
            long[] found = new long[2];
            if (store.get(key, MemorySegment.ofArray(found), 0) != 16 || found[1] != key * 7) {
                throw new AssertionError("record " + key + " holds " + found[1]);
            }
        }
    }

    /** Child JVM: opens the store or makes it, reads what it has, puts as many more, and waits if it is told to. */
    static final class Child {
        private Child() {
        }

        public static void main(String[] arguments) throws IOException {
            try (RegionStore store = builder(arguments[0], arguments[1]).openOrCreate()) {
                requireHas(store, store.size());
                System.out.println(store.recovery().verdict() + " " + store.recovery().payloadsVerified());
                System.out.println(store.recovery().notes());
                put(store, store.size(), store.size() + RECORDS);
                if (arguments.length > 2) {
                    System.out.println("waiting");
                    System.in.read();
                }
            }
            System.out.println("closed");
        }
    }

    /** Without /proc, the JVM does not find its own libraries either, unless it is told where they are. */
    private static ChildJvm startHidden(String proc, String... arguments) throws Exception {
        List<String> sandbox = List.of("unshare", "-m", "sh", "-c", "mount -t " + proc
                + " hidden /proc && mount -t tmpfs hidden /sys && exec \"$@\"", "sh");
        List<String> probe = new ArrayList<>(sandbox);
        probe.add("true");
        boolean hides;
        try {
            Process process = new ProcessBuilder(probe).redirectErrorStream(true).start();
            hides = process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            hides = false; // no such command
        }
        assumeTrue(hides, "only root may hide /proc and /sys in a mount namespace of its own (unshare -m)");
        return ChildJvm.startIn(sandbox, List.of(ChildJvm.NATIVE),
                Map.of("LD_LIBRARY_PATH", Path.of(System.getProperty("java.home"), "lib").toString()), Child.class,
                arguments);
    }

    @ParameterizedTest
    @CsvSource({"tmpfs, metadata", "tmpfs, directory", "proc -o subset=pid, metadata", "proc -o subset=pid, directory"})
    void shouldOpenWhereProcAndSysAreHidden(String proc, String metadata) throws Exception {
        String region = folder.resolve("region").toString();
        String names = folder.resolve(metadata).toString();
        try (RegionStore store = builder(region, names).create()) {
            put(store, 0, RECORDS);
        }
        try (ChildJvm child = startHidden(proc, region, names)) {
            String verdict = child.readLine();
            assertEquals("CLEAN " + RECORDS, verdict, () -> rest(child));
            String notes = child.readLine();
            assertTrue(notes.contains("boot_id is hidden"), notes);
            assertEquals("closed", child.readLine());
        }
        try (RegionStore store = builder(region, names).open()) {
            requireHas(store, 2 * RECORDS);
        }
    }

    private static String rest(ChildJvm child) {
        StringBuilder text = new StringBuilder();
        try {
            for (String line = child.readLine(); line != null; line = child.readLine()) {
                text.append(line).append('\n');
            }
        } catch (IOException e) {
            text.append(e);
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata", "directory"})
    void shouldCreateWhereProcAndSysAreHidden(String metadata) throws Exception {
        String region = folder.resolve("region").toString();
        String names = folder.resolve(metadata).toString();
        try (ChildJvm child = startHidden("tmpfs", region, names)) {
            assertEquals("CREATED 0", child.readLine(), () -> rest(child));
            child.readLine();
            assertEquals("closed", child.readLine());
        }
        try (RegionStore store = builder(region, names).open()) {
            requireHas(store, RECORDS);
        }
    }

    @Test
    void shouldTakeAnUnknownBootForAnotherAndUnknownMemoryForBad() throws IOException {
        Path missing = folder.resolve("missing");
        assertNull(BootId.read(missing));
        assertNull(BootId.read(Files.writeString(folder.resolve("boot_id"), "no id\n")));
        assertEquals(BootId.current(), BootId.current());
        assertEquals(BadMemory.UNKNOWN, BadMemory.kilobytes(missing));
    }

    private static int memfd(String name) {
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle create = linker.downcallHandle(linker.defaultLookup().findOrThrow("memfd_create"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            int descriptor = (int) create.invokeExact(arena.allocateFrom(name), 0);
            assertTrue(descriptor >= 0, "memfd_create");
            return descriptor;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @Test
    void shouldFindTheRecordsOfAKilledProcessInMemoryFilesThatItsParentHolds() throws Exception {
        int region = memfd("region");
        int metadata = memfd("metadata");
        try {
            String mine = "/proc/" + ProcessHandle.current().pid() + "/fd/";
            try (ChildJvm child = ChildJvm.start(List.of(ChildJvm.NATIVE), Map.of(), Child.class, mine + region,
                    mine + metadata, "wait")) {
                assertEquals("CREATED 0", child.readLine(), () -> rest(child));
                child.readLine();
                assertEquals("waiting", child.readLine());
                assertEquals(ErrorCode.LOCKED, assertThrows(RegionStoreException.class,
                        () -> builder("/proc/self/fd/" + region, "/dev/fd/" + metadata).open()).code());
                child.kill();
            }
            try (RegionStore store = builder("/proc/self/fd/" + region, "/dev/fd/" + metadata).open()) {
                requireHas(store, RECORDS);
                put(store, RECORDS, RECORDS + 5);
            }
            try (RegionStore store = builder("/proc/thread-self/fd/" + region, mine + metadata).open()) {
                requireHas(store, RECORDS + 5);
            }
        } finally {
            Native.close(region);
            Native.close(metadata);
        }
    }

    /** Only the kernel's own names are followed: a symbolic link to one is a symbolic link. */
    @Test
    void shouldRefuseALinkToAnOpenDescriptor() throws IOException {
        int descriptor = memfd("region");
        try {
            Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/proc/self/fd/" + descriptor));
            Refusal.expect(ErrorCode.SYMBOLIC_LINK, () -> MappedMedium.open(Medium.file(link, 4096), true));
            Refusal.expect(ErrorCode.IS_A_DIRECTORY, () -> MappedMedium.open(Medium.file(Path.of("/proc/self/fd"), 4096),
                    false));
        } finally {
            Native.close(descriptor);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EINVAL", "ENOLCK", "ENOSYS", "EOPNOTSUPP"})
    void shouldNameTheChoiceWhereThereAreNoLocks(Error error) throws IOException {
        for (String metadata : new String[] {"metadata", "directory"}) {
            String region = folder.resolve("region-" + metadata).toString();
            String names = folder.resolve(metadata).toString();
            try (NativeFaults faults = new NativeFaults().failEach("fcntl", error)) {
                Refusal.expect(ErrorCode.LOCK_UNSUPPORTED, () -> builder(region, names).create(), folder.toString(),
                        "F_OFD_SETLK", "errno", "withoutLocks()");
                try (RegionStore store = builder(region, names).withoutLocks().create()) {
                    put(store, 0, RECORDS);
                    List<String> notes = store.recovery().notes();
                    assertEquals(2, notes.stream().filter(note -> note.contains("no locks")).count(), notes.toString());
                }
            }
            try (RegionStore store = builder(region, names).withoutLocks().open()) {
                requireHas(store, RECORDS);
                assertTrue(store.recovery().notes().stream().noneMatch(note -> note.contains("no locks")));
                Refusal.expect(ErrorCode.LOCKED, () -> builder(region, names).withoutLocks().open(), "process");
            }
        }
    }
}
