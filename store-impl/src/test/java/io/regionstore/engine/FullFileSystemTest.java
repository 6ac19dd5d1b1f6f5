package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.device.NativeFaults;
import io.regionstore.log.LogFiles;
import io.regionstore.log.Options;
import io.regionstore.spi.StoreProvider.Mode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stores on a real ext4 in a loop device, and on a real tmpfs, both small: wherever their space ends, or their disk fails, a
 * typed error says so, and what was acknowledged is there afterwards. Needs root, who may mount.
 */
@Tag("load")
@Timeout(60)
class FullFileSystemTest {
    private static final long SPACE = 16 << 20;
    private static final Set<ErrorCode> ALLOWED = EnumSet.of(ErrorCode.NO_SPACE, ErrorCode.REGION_FULL,
            ErrorCode.METADATA_FULL, ErrorCode.IO_ERROR);

    @TempDir
    Path home;

    private final Map<Long, byte[]> acknowledged = new HashMap<>();

    private TestMount mount(String type) throws IOException {
        return type.equals("tmpfs") ? TestMount.tmpfs(home.resolve("mount"), SPACE)
                : TestMount.ext4InMemory(home.resolve("mount"), SPACE);
    }

    private static FailureDomain domain(TestMount mount) {
        return mount.type().equals("tmpfs") ? FailureDomain.PROCESS : FailureDomain.KERNEL;
    }

    private static Medium metadata(Path place, boolean inDirectory) {
        return inDirectory ? Medium.directory(place.resolve("metadata"))
                : Medium.file(place.resolve("metadata"), 128 << 10);
    }

    private static byte[] payload(long key, int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) (key + 1));
        return payload;
    }

    /** @return the error that ended it, or null */
    private RegionStoreException put(RegionStore store, long from, long to, int length) {
        for (long key = from; key < to; key++) {
            byte[] payload = payload(key, length);
            try {
                store.put(key, MemorySegment.ofArray(payload));
            } catch (RegionStoreException e) {
                assertTrue(ALLOWED.contains(e.code()), () -> "what the error is: " + e);
                return e;
            }
            acknowledged.put(key, payload);
        }
        return null;
    }

    private void assertAllThere(RegionStore store) {
        acknowledged.forEach((key, payload) -> {
            byte[] found = new byte[payload.length];
            assertEquals(payload.length, store.get(key, MemorySegment.ofArray(found), 0), "key " + key);
            assertArrayEquals(payload, found, "key " + key);
        });
    }

    private static long blocks(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip()) * 512;
    }

    @ParameterizedTest
    @CsvSource({"tmpfs, false", "tmpfs, true", "ext4, false", "ext4, true"})
    void shouldRefuseToCreateARegionThatTheFileSystemCannotHold(String type, boolean inDirectory) throws IOException {
        try (TestMount mount = mount(type)) {
            Path region = mount.point().resolve("region");
            RegionStoreException refused = assertThrows(RegionStoreException.class, () -> RegionStore.builder()
                    .region(Medium.file(region, 64 << 20)).metadata(metadata(mount.point(), inDirectory))
                    .failureDomain(domain(mount)).create());
            assertEquals(ErrorCode.NO_SPACE, refused.code(), refused.getMessage());
            for (String word : new String[] {region.toString(), "" + (64 << 20), type + " mounted at " + mount.point(),
                " bytes free", "; "}) {
                assertTrue(refused.getMessage().contains(word), () -> "no '" + word + "' in " + refused.getMessage());
            }
            assertFalse(Files.exists(region));
            assertFalse(Files.isRegularFile(mount.point().resolve("metadata")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4"})
    void shouldLeaveAnEmptyFileEmptyWhenItCannotBeReserved(String type) throws IOException {
        try (TestMount mount = mount(type)) {
            Path region = Files.createFile(mount.point().resolve("region"));
            RegionStoreBuilder builder = RegionStore.builder().region(Medium.file(region, 64 << 20))
                    .metadata(metadata(home, false)).failureDomain(FailureDomain.PROCESS);
            assertEquals(ErrorCode.NO_SPACE, assertThrows(RegionStoreException.class, builder::create).code());
            assertEquals(0, Files.size(region));
        }
    }

    @ParameterizedTest
    @CsvSource({"tmpfs, false", "tmpfs, true", "ext4, false", "ext4, true"})
    void shouldTellThePutThatFindsNoBlockAndTakeTheNextWhenThereIsOne(String type, boolean inDirectory)
            throws IOException {
        try (TestMount mount = mount(type)) {
            RegionStoreBuilder builder = RegionStore.builder()
                    .region(Medium.file(mount.point().resolve("region"), 64 << 20)).metadata(metadata(home, inDirectory))
                    .failureDomain(domain(mount)).sparse();
            mount.fillBut(5 << 20);
            try (RegionStore store = builder.create()) {
                RegionStoreException full = put(store, 0, 2000, 10_000);
                assertEquals(ErrorCode.NO_SPACE, full.code(), full.getMessage());
                assertTrue(full.getMessage().contains(type + " mounted at " + mount.point()), full.getMessage());
                assertTrue(acknowledged.size() > 100, "records: " + acknowledged.size());
                assertEquals(ErrorCode.NO_SPACE, assertThrows(RegionStoreException.class,
                        () -> store.reserve(8 << 20, 8)).code());
                assertAllThere(store);
                mount.free();
                assertEquals(null, put(store, 2000, 2400, 10_000));
                assertAllThere(store);
            }
            try (RegionStore store = builder.open()) {
                assertAllThere(store);
                mount.fillBut(0);
                assertEquals(ErrorCode.NO_SPACE, put(store, 3000, 5000, 10_000).code());
            }
            mount.free();
            try (RegionStore store = builder.open()) {
                assertAllThere(store);
            }
        }
    }

    /** The file was made sparse by an older release: it opens as it is. */
    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4"})
    void shouldTakeAFileWithHolesForSparseWhenItIsOpened(String type) throws IOException {
        try (TestMount mount = mount(type)) {
            Medium region = Medium.file(mount.point().resolve("region"), 64 << 20);
            RegionStoreBuilder builder = RegionStore.builder().region(region).metadata(metadata(home, false))
                    .failureDomain(domain(mount));
            builder.sparse().create().close();
            RegionStoreBuilder plain = RegionStore.builder().region(region).metadata(metadata(home, false))
                    .failureDomain(domain(mount));
            try (RegionStore store = plain.open()) {
                assertEquals(ErrorCode.NO_SPACE, put(store, 0, 20_000, 60_000).code());
                assertAllThere(store);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"tmpfs, true", "ext4, true", "tmpfs, false"})
    void shouldGiveSparseMetadataOnlyTheBlocksOfItsSlots(String type, boolean missing) throws IOException {
        try (TestMount mount = mount(type)) {
            Path metadata = mount.point().resolve("metadata");
            long length = 2L << 30;
            if (!missing) {
                try (var file = new RandomAccessFile(metadata.toFile(), "rw")) {
                    file.setLength(length);
                }
            }
            RegionStoreBuilder builder = RegionStore.builder().region(Medium.file(home.resolve("region"), 1 << 20))
                    .metadata(Medium.file(metadata, length)).failureDomain(domain(mount)).slotCapacity(1000).sparse();
            try (RegionStore store = builder.create()) {
                put(store, 0, 900, 64);
            }
            assertTrue(blocks(metadata) < 256 << 10, "blocks for " + blocks(metadata) + " bytes");
            try (RegionStore store = builder.open()) {
                assertAllThere(store);
            }
            assertTrue(blocks(metadata) < 256 << 10, "blocks for " + blocks(metadata) + " bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({"tmpfs, true", "tmpfs, false", "ext4, true", "ext4, false"})
    void shouldNotCallAFullFileSystemAMemoryError(String type, boolean sparse) throws IOException {
        try (TestMount mount = mount(type)) {
            mount.fillBut(0);
            RegionStoreBuilder builder = RegionStore.builder().region(Medium.file(home.resolve("region"), 1 << 20))
                    .metadata(Medium.file(mount.point().resolve("metadata"), 1 << 20)).failureDomain(domain(mount));
            RegionStoreException full = assertThrows(RegionStoreException.class,
                    () -> (sparse ? builder.sparse() : builder).create());
            assertEquals(ErrorCode.NO_SPACE, full.code(), full.getMessage());
            assertTrue(full.getMessage().contains(type + " mounted at"), full.getMessage());
            assertFalse(Files.exists(home.resolve("region")) || Files.exists(mount.point().resolve("metadata")));
        }
    }

    /** The blocks of a metadata file of holes were never reserved: a store of an older release, on a full file system. */
    @Test
    void shouldSayThatHolesOfAFullFileSystemCannotBeRead() throws IOException {
        try (TestMount mount = mount("tmpfs")) {
            Path metadata = mount.point().resolve("metadata");
            try (var file = new RandomAccessFile(metadata.toFile(), "rw")) {
                file.setLength(1 << 20);
            }
            mount.fillBut(0);
            RegionStoreException full = assertThrows(RegionStoreException.class, () -> RegionStore.builder()
                    .region(Medium.file(home.resolve("region"), 1 << 20)).metadata(Medium.file(metadata))
                    .failureDomain(FailureDomain.PROCESS).openOrCreate());
            assertEquals(ErrorCode.NO_SPACE, full.code(), full.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"tmpfs, false, false", "tmpfs, false, true", "tmpfs, true, false", "tmpfs, true, true",
        "ext4, false, false", "ext4, false, true", "ext4, true, false", "ext4, true, true"})
    void shouldKeepWhatWasAcknowledgedWhereverSpaceEnds(String type, boolean inDirectory, boolean sparse)
            throws IOException {
        Set<ErrorCode> seen = EnumSet.noneOf(ErrorCode.class);
        try (TestMount mount = mount(type)) {
            for (long left = 0; left <= 3 << 20; left = left < 16 << 10 ? left + 4096 : left * 3 / 2 & -4096) {
                acknowledged.clear();
                Path place = Files.createDirectory(mount.point().resolve("place"));
                mount.fillBut(left);
                boolean made = false;
                try (RegionStore store = open(place, mount, inDirectory, sparse, Mode.CREATE)) {
                    made = true;
                    RegionStoreException full = put(store, 0, 400, 3000);
                    if (full != null) {
                        seen.add(full.code());
                    }
                    assertAllThere(store);
                } catch (RegionStoreException e) {
                    assertTrue(ALLOWED.contains(e.code()), () -> "what the error is: " + e);
                    seen.add(e.code());
                }
                mount.free();
                try (RegionStore store = open(place, mount, inDirectory, sparse, made ? Mode.OPEN : Mode.OPEN_OR_CREATE)) {
                    assertAllThere(store);
                    put(store, 1000, 1020, 100);
                    assertAllThere(store);
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError(left + " bytes left: " + e.getMessage(), e);
                }
                try (Stream<Path> files = Files.walk(place)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
        assertTrue(seen.contains(ErrorCode.NO_SPACE) || seen.contains(ErrorCode.IO_ERROR), "seen: " + seen);
    }

    /** Logs of 4 KiB steps, so that space ends in any of them. */
    private static RegionStore open(Path place, TestMount mount, boolean inDirectory, boolean sparse, Mode mode) {
        return open(place, domain(mount), inDirectory, sparse, mode, null);
    }

    private static RegionStore open(Path place, FailureDomain domain, boolean inDirectory, boolean sparse, Mode mode,
                                    FaultyFiles.Faults faults) {
        Media media = new WrappedMedia() {
            @Override
            public Options logOptions() {
                return Options.DEFAULT.withSizes(4096, 4096).withImageBytes(64 << 10);
            }

            @Override
            public LogFiles files(Path directory) {
                LogFiles files = super.files(directory);
                return files == null || faults == null ? files : new FaultyFiles(files, faults);
            }
        };
        StoreConfig config = new StoreConfig(Medium.file(place.resolve("region"), 1 << 20), metadata(place, inDirectory),
                domain, 512, RegionStore.GRANULE, Duration.ZERO, PayloadVerification.FULL, DamagePolicy.REFUSE, false,
                (phase, done, total) -> { }, false, sparse, false, false, problem -> { });
        return StoreOpener.open(config, mode, media);
    }

    /** Each native call, and each call to a file of the directory, fails once. */
    @ParameterizedTest
    @CsvSource({"tmpfs, false, EIO", "tmpfs, true, EIO", "tmpfs, false, ENOSPC", "tmpfs, true, ENOSPC",
        "ext4, false, EIO", "ext4, true, EIO", "ext4, false, ENOSPC", "ext4, true, ENOSPC"})
    void shouldKeepWhatWasAcknowledgedWhenACallFails(String type, boolean inDirectory, NativeFaults.Error error)
            throws IOException {
        try (TestMount mount = mount(type); NativeFaults faults = new NativeFaults()) {
            String words = error == NativeFaults.Error.EIO ? "Input/output error" : "No space left on device";
            int calls = failEach(mount, inDirectory, faults, error, new FaultyFiles.Faults(words), true);
            assertTrue(calls > 30, "native calls: " + calls);
            if (inDirectory) {
                calls = failEach(mount, true, faults, error, new FaultyFiles.Faults(words), false);
                assertTrue(calls > 20, "calls to files: " + calls);
            }
        }
    }

    private int failEach(TestMount mount, boolean inDirectory, NativeFaults nativeFaults, NativeFaults.Error error,
                         FaultyFiles.Faults fileFaults, boolean isNative) throws IOException {
        int point = 1;
        for (boolean reached = true; reached; point++) {
            acknowledged.clear();
            Path place = Files.createDirectory(mount.point().resolve("place" + isNative + point));
            boolean sparse = point % 2 == 0;
            boolean made = false;
            if (isNative) {
                nativeFaults.failAt(point, 1, error);
            } else {
                fileFaults.failAt(point, 1);
            }
            try (RegionStore store = open(place, domain(mount), inDirectory, sparse, Mode.CREATE, fileFaults)) {
                made = true;
                put(store, 0, 10, 300);
                assertAllThere(store);
            } catch (RegionStoreException e) {
                assertTrue(ALLOWED.contains(e.code()), () -> "what the error is: " + e);
            }
            reached = isNative ? nativeFaults.reached() : fileFaults.reached();
            nativeFaults.failAt(Integer.MAX_VALUE, 1, error);
            fileFaults.failAt(Integer.MAX_VALUE - (1 << 20), 1);
            try (RegionStore store = open(place, domain(mount), inDirectory, sparse,
                    made ? Mode.OPEN : Mode.OPEN_OR_CREATE, null)) {
                assertAllThere(store);
                assertEquals(null, put(store, 100, 110, 300));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("call " + point + ", " + nativeFaults.failed() + ": " + e.getMessage(), e);
            }
            FaultWorkload.assertNothingOpen(place, "call " + point);
            try (Stream<Path> files = Files.walk(place)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return point;
    }

    /**
     * The disk fails, and is well again: its file lies on a tmpfs that is full for a while. ext4 takes no more writes once its
     * journal failed, and is mounted again.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepWhatWasAcknowledgedWhenTheDiskFailsForAWhile(boolean inDirectory) throws IOException {
        Path image = home.resolve("disk/image");
        try (TestMount disk = TestMount.tmpfs(home.resolve("disk"), 12 << 20);
                TestMount mount = TestMount.ext4(home.resolve("mount"), image, 32 << 20)) {
            RegionStore store = open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.CREATE, null);
            assertEquals(null, put(store, 0, 20, 3000));
            disk.fillBut(0);
            assertNotNull(put(store, 20, 300, 3000), "a write that the disk cannot take");
            assertAllThere(store);
            assertThrows(RegionStoreException.class, () -> store.put(500, MemorySegment.ofArray(new byte[1])));
            FaultWorkload.close(store);
            disk.free();
            mount.remount(image);
            try (RegionStore again = open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.OPEN, null)) {
                assertAllThere(again);
                assertEquals(null, put(again, 300, 320, 3000));
            }
            mount.remount(image);
            try (RegionStore again = open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.OPEN, null)) {
                assertAllThere(again);
            }
        }
    }

    /** As before, but the file system goes on: without a journal, ext4 does not notice. Its pages count as clean. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotTrustTheCacheOfADiskThatFailedForAWhile(boolean inDirectory) throws IOException {
        Path image = home.resolve("disk/image");
        try (TestMount disk = TestMount.tmpfs(home.resolve("disk"), 12 << 20);
                TestMount mount = TestMount.ext4(home.resolve("mount"), image, 32 << 20, "-O", "^has_journal")) {
            RegionStore store = open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.CREATE, null);
            assertEquals(null, put(store, 0, 20, 3000));
            disk.fillBut(0);
            assertNotNull(put(store, 20, 300, 3000), "a write that the disk cannot take");
            FaultWorkload.close(store);
            disk.free();
            try (RegionStore again = open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.OPEN, null)) {
                assertAllThere(again);
                assertEquals(null, put(again, 300, 320, 3000));
            }
            mount.remount(image);
            try (RegionStore again = open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.OPEN, null)) {
                assertAllThere(again);
            }
        }
    }

    /**
     * The disk fails for good (EIO): its file takes no more writes. What it held then is what the store is opened from,
     * by another mount.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindWhatWasAcknowledgedOnADiskThatFailed(boolean inDirectory) throws IOException {
        Path copy = home.resolve("copy");
        try (SealableFile image = new SealableFile(32 << 20);
                TestMount mount = TestMount.ext4(home.resolve("mount"), image.path())) {
            RegionStore store = open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.CREATE, null);
            assertEquals(null, put(store, 0, 20, 3000));
            image.seal();
            RegionStoreException failed = put(store, 20, 300, 3000);
            assertEquals(ErrorCode.IO_ERROR, failed.code(), failed.getMessage());
            assertAllThere(store);
            FaultWorkload.close(store);
            RegionStoreException refused = assertThrows(RegionStoreException.class, () ->
                    open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.OPEN, null).close());
            assertTrue(refused.code() == ErrorCode.IO_ERROR || refused.code() == ErrorCode.PERMISSION_DENIED,
                    refused.getMessage()); // ext4 is read-only once its journal failed
            Files.copy(image.path(), copy);
        }
        try (TestMount mount = TestMount.mounted(home.resolve("mount"), copy);
                RegionStore again = open(mount.point(), FailureDomain.KERNEL, inDirectory, false, Mode.OPEN, null)) {
            assertAllThere(again);
        }
    }
}
