package io.regionstore.engine;

import static io.regionstore.engine.StoreSetup.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.table.HeaderDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each way of getting it wrong has a code of its own, a message that says what to do, and changes nothing. */
class BadInputTest {
    private static final long REGION = 1 << 20;

    @TempDir
    Path home;

    private static RegionStoreException refused(ErrorCode code, Runnable use) {
        RegionStoreException e = assertThrows(RegionStoreException.class, use::run);
        assertEquals(code, e.code(), e.getMessage());
        return e;
    }

    private static void assertSays(RegionStoreException e, String... words) {
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), () -> "expected \"" + word + "\" in: " + e.getMessage());
        }
    }

    private static void assertSaysNothingOf(RegionStoreException e, String... words) {
        for (String word : words) {
            assertFalse(e.getMessage().contains(word), () -> "did not expect \"" + word + "\" in: " + e.getMessage());
        }
    }

    private RegionStoreBuilder inPlace() {
        return StoreSetup.IN_PLACE_PROCESS.builder(home, REGION, 1024);
    }

    private RegionStoreBuilder inDirectory() {
        return StoreSetup.DIRECTORY_KERNEL.builder(home, REGION, 1024);
    }

    private void createWithOneRecord(RegionStoreBuilder builder) {
        try (RegionStore store = builder.create()) {
            store.put(1, bytes("one"));
        }
    }

    @Test
    void shouldRefuseAFileWhereADeviceIsNamed() throws IOException {
        Path file = Files.createFile(home.resolve("file"));
        assertSays(refused(ErrorCode.NOT_A_DEVICE, () -> inPlace().region(Medium.device(file)).create()),
                file.toString());
    }

    @Test
    void shouldRefuseACharacterDeviceThatIsNotDax() {
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> inPlace().region(Medium.device(Path.of("/dev/zero"))).create());
        assertTrue(e.code() == ErrorCode.NOT_A_DEVICE || e.code() == ErrorCode.WRONG_DRIVER, e.getMessage());
        assertSays(e, "/dev/zero", "dax");
    }

    @Test
    void shouldRefuseADirectoryAsRegion() {
        refused(ErrorCode.IS_A_DIRECTORY, () -> inPlace().region(Medium.device(home)).create());
        refused(ErrorCode.IS_A_DIRECTORY, () -> inPlace().region(Medium.file(home, REGION)).create());
        refused(ErrorCode.IS_A_DIRECTORY, () -> inPlace().region(Medium.directory(home)).create());
    }

    @Test
    void shouldRefuseAFileWhereADirectoryIsNamed() throws IOException {
        Path file = Files.createFile(home.resolve("file"));
        refused(ErrorCode.NOT_A_DIRECTORY, () -> inDirectory().metadata(Medium.directory(file)).create());
    }

    @Test
    void shouldRefuseSymbolicLinks() throws IOException {
        Path target = Files.createFile(home.resolve("target"));
        Path link = Files.createSymbolicLink(home.resolve("link"), target);
        refused(ErrorCode.SYMBOLIC_LINK, () -> inPlace().region(Medium.file(link, REGION)).create());
        Path directory = Files.createDirectory(home.resolve("directory"));
        Path directoryLink = Files.createSymbolicLink(home.resolve("directory-link"), directory);
        refused(ErrorCode.SYMBOLIC_LINK, () -> inDirectory().metadata(Medium.directory(directoryLink)).create());
        assertEquals(0, Files.size(target));
    }

    @Test
    void shouldRefuseSlicesThatAreNoRanges() {
        refused(ErrorCode.EMPTY_RANGE, () -> Medium.device(Path.of("/dev/dax0.0")).slice(0, 0));
        refused(ErrorCode.OUT_OF_BOUNDS, () -> Medium.device(Path.of("/dev/dax0.0")).slice(-8, 8));
        refused(ErrorCode.OUT_OF_BOUNDS,
                () -> Medium.device(Path.of("/dev/dax0.0")).slice(0, 4096).slice(2048, 4096));
        refused(ErrorCode.EMPTY_RANGE, () -> Medium.physical(1 << 30, 0));
    }

    @Test
    void shouldRefuseAMediumThatIsNotThere() {
        refused(ErrorCode.NOT_FOUND, () -> inPlace().region(Medium.file(home.resolve("none"))).create());
        refused(ErrorCode.NOT_FOUND, () -> inPlace().region(Medium.device(Path.of("/dev/dax99.99"))).create());
        refused(ErrorCode.NOT_FOUND, () -> inDirectory().open());
        refused(ErrorCode.NOT_FOUND, () -> inPlace().open());
        assertTrue(Files.notExists(home.resolve("metadata")), "opening makes nothing");
    }

    @Test
    void shouldNameTheDirectoryThatIsMissing() {
        Path missing = home.resolve("missing");
        for (RegionStoreBuilder builder : new RegionStoreBuilder[] {
                inPlace().region(Medium.file(missing.resolve("region"), REGION)),
                inPlace().metadata(Medium.file(missing.resolve("metadata"), REGION)),
                inDirectory().metadata(Medium.directory(missing.resolve("metadata")))}) {
            RegionStoreException e = refused(ErrorCode.NOT_FOUND, builder::create);
            assertSays(e, "there is no " + missing + ";", "make it first");
            assertSaysNothingOf(e, "log");
        }
        assertTrue(Files.notExists(missing));
    }

    @Test
    void shouldNotSendAnyoneToTheKernelsLogForAMissingFile() {
        RegionStoreException e = refused(ErrorCode.NOT_FOUND,
                () -> inPlace().region(Medium.file(home.resolve("none"), REGION)).metadata(
                        Medium.file(home.resolve("none either"), REGION)).open());
        assertSays(e, "none", "No such file or directory", "name one that exists");
        assertSaysNothingOf(e, "kernel");
    }

    @Test
    void shouldNameMediaByTheirPathsInMessages() {
        try (RegionStore store = inPlace().region(Medium.file(home.resolve("region"), 8192)).create()) {
            MemorySegment tooLong = MemorySegment.ofArray(new byte[8200]);
            RegionStoreException e = refused(ErrorCode.PAYLOAD_TOO_LARGE, () -> store.put(1, tooLong));
            assertSays(e, home.resolve("region") + " (8192 bytes): expected a payload");
            store.put(1, MemorySegment.ofArray(new byte[8192]));
            assertSays(refused(ErrorCode.REGION_FULL, () -> store.put(2, bytes("x"))),
                    home.resolve("region") + " (8192 bytes): expected a free extent");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE_PROCESS", "DIRECTORY_KERNEL"})
    void shouldOpenOnAnInterruptedThreadAndKeepTheInterrupt(StoreSetup setup) {
        for (int i = 0; i < 2; i++) { // create, then open
            Thread.currentThread().interrupt();
            try (RegionStore store = setup.builder(home, REGION, 1024).openOrCreate()) {
                assertTrue(Thread.interrupted(), "the interrupt is lost");
                assertEquals(i, store.size());
                store.put(1, bytes("one"));
            } finally {
                Thread.interrupted();
            }
        }
    }

    @Test
    void shouldRefuseAnIntervalOfCenturies() {
        assertSays(refused(ErrorCode.INVALID_ARGUMENT, () -> inDirectory().relaxedCommits(Duration.ofDays(365_000))),
                "relaxedCommits", "0 to 24 hours");
        refused(ErrorCode.INVALID_ARGUMENT, () -> inDirectory().relaxedCommits(Duration.ofDays(1).plusNanos(1)));
        refused(ErrorCode.INVALID_ARGUMENT, () -> inDirectory().relaxedCommits(Duration.ofNanos(-1)));
        inDirectory().relaxedCommits(Duration.ofDays(1)).create().close();
    }

    @Test
    void shouldRefuseARegionThatSharesBytesWithItsMetadata() {
        Medium same = Medium.file(home.resolve("same"), REGION);
        assertSays(refused(ErrorCode.OVERLAP, () -> inPlace().region(same).metadata(same).create()), "same");
    }

    @Test
    void shouldRefuseKernelOnTmpfs() throws IOException {
        Path shared = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shared) && Files.getFileStore(shared).type().equals("tmpfs"));
        Path tmpfs = Files.createTempDirectory(shared, "regionstore-test");
        try {
            assertSays(refused(ErrorCode.DOMAIN_UNSUPPORTED,
                    () -> inDirectory().metadata(Medium.directory(tmpfs.resolve("m"))).create()), "tmpfs", "KERNEL");
            refused(ErrorCode.DOMAIN_UNSUPPORTED, () -> inDirectory()
                    .region(Medium.file(tmpfs.resolve("r"), REGION)).create());
            refused(ErrorCode.DOMAIN_UNSUPPORTED, () -> inPlace().failureDomain(FailureDomain.KERNEL)
                    .metadata(Medium.file(tmpfs.resolve("m"), REGION)).create());
        } finally {
            deleteAll(tmpfs);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE_PROCESS", "DIRECTORY_KERNEL"})
    void shouldNameTheOwnerOfALockedStore(StoreSetup setup) {
        try (RegionStore store = setup.builder(home, REGION, 1024).create()) {
            RegionStoreException e = refused(ErrorCode.LOCKED, () -> setup.builder(home, REGION, 0).open());
            assertSays(e, Long.toString(ProcessHandle.current().pid()));
            store.put(1, bytes("still mine"));
        }
        setup.builder(home, REGION, 0).open().close();
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE_PROCESS", "DIRECTORY_KERNEL"})
    void shouldNotCreateOverAStore(StoreSetup setup) {
        createWithOneRecord(setup.builder(home, REGION, 1024));
        refused(ErrorCode.ALREADY_EXISTS, () -> setup.builder(home, REGION, 1024).create());
        try (RegionStore store = setup.builder(home, REGION, 0).open()) {
            assertTrue(store.contains(1));
        }
    }

    @Test
    void shouldRefuseBytesThatAreNoMetadata() throws IOException {
        byte[] foreign = new byte[1 << 20];
        Arrays.fill(foreign, (byte) 'x');
        Path file = Files.write(home.resolve("metadata"), foreign);
        refused(ErrorCode.METADATA_FOREIGN, () -> inPlace().open());
        refused(ErrorCode.METADATA_FOREIGN, () -> inPlace().openOrCreate());
        refused(ErrorCode.METADATA_FOREIGN, () -> inPlace().create());
        assertArrayEquals(foreign, Files.readAllBytes(file));
    }

    @Test
    void shouldRefuseAnotherFormatVersion() throws IOException {
        createWithOneRecord(inPlace());
        Path file = home.resolve("metadata");
        byte[] all = Files.readAllBytes(file);
        for (long copy : new long[] {HeaderDescriptor.COPY_A, HeaderDescriptor.COPY_B}) {
            ByteBuffer header = ByteBuffer.wrap(all, (int) copy, HeaderDescriptor.LENGTH).slice()
                    .order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(8, 99);
            CRC32C crc = new CRC32C();
            crc.update(header.slice(0, 508));
            header.putInt(508, (int) crc.getValue());
        }
        Files.write(file, all);
        assertSays(refused(ErrorCode.METADATA_VERSION, () -> inPlace().open()), "99");
    }

    @Test
    void shouldMendOneBadHeaderCopyAndRefuseTwo() throws IOException {
        createWithOneRecord(inPlace());
        Path file = home.resolve("metadata");
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < HeaderDescriptor.LENGTH; at++) {
            byte[] bad = good.clone();
            bad[(int) HeaderDescriptor.COPY_A + at] ^= 0x10;
            bad[(int) HeaderDescriptor.COPY_B + at] ^= 0x10;
            Files.write(file, bad);
            RegionStoreException e = assertThrows(RegionStoreException.class, () -> inPlace().open(), "byte " + at);
            assertTrue(e.code() == ErrorCode.METADATA_CORRUPT || at < 8 && e.code() == ErrorCode.METADATA_FOREIGN,
                    at + ": " + e.getMessage());
            assertArrayEquals(bad, Files.readAllBytes(file), "a refused open changes nothing");
            if (at % 16 == 0) {
                bad[(int) HeaderDescriptor.COPY_A + at] ^= 0x10;
                Files.write(file, bad);
                try (RegionStore store = inPlace().open()) {
                    assertTrue(store.contains(1));
                    assertTrue(store.recovery().notes().toString().contains("copy B"), "the repair is noted");
                }
            }
        }
    }

    @Test
    void shouldRefuseTruncatedMetadata() throws IOException {
        createWithOneRecord(inPlace());
        try (var channel = java.nio.channels.FileChannel.open(home.resolve("metadata"),
                java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(40_000);
        }
        refused(ErrorCode.METADATA_TRUNCATED, () -> inPlace().metadata(Medium.file(home.resolve("metadata"))).open());
    }

    @Test
    void shouldRefuseMetadataOfAnotherStore() throws IOException {
        createWithOneRecord(inPlace());
        Path other = Files.createDirectory(home.resolve("other"));
        try (RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(other, REGION, 1024).create()) {
            store.put(5, bytes("five"));
        }
        // the metadata of one, the region of the other: both have the right size
        RegionStoreException e = refused(ErrorCode.WRONG_DEVICE,
                () -> inPlace().region(Medium.file(other.resolve("region"))).open());
        assertSays(e, other.resolve("region").toString(), home.resolve("region").toString());
    }

    @Test
    void shouldRefuseAShrunkRegion() throws IOException {
        createWithOneRecord(inPlace());
        try (var channel = java.nio.channels.FileChannel.open(home.resolve("region"),
                java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(REGION / 2);
        }
        RegionStoreException e = refused(ErrorCode.REGION_SHRUNK,
                () -> inPlace().region(Medium.file(home.resolve("region"))).open());
        assertSays(e, "name the file that the store was created on");
        assertSaysNothingOf(e, "memmap", "nokaslr", "boot"); // a file is not made by the kernel's command line
    }

    @Test
    void shouldOpenARegionThatMoved() throws IOException {
        createWithOneRecord(inPlace());
        Files.copy(home.resolve("region"), home.resolve("moved"));
        try (RegionStore store = inPlace().region(Medium.file(home.resolve("moved"))).open()) {
            assertEquals(io.regionstore.Verdict.MOVED, store.recovery().verdict());
            assertEquals(1, store.recovery().payloadsVerified());
            assertTrue(store.contains(1));
        }
    }

    @Test
    void shouldRefuseAnOlderCopyOfTheMetadataDirectory() throws IOException {
        createWithOneRecord(inDirectory());
        Path copy = home.resolve("copy");
        copyAll(home.resolve("metadata"), copy);
        try (RegionStore store = inDirectory().open()) {
            store.put(1, bytes("newer"));
            store.put(2, bytes("two"));
        }
        deleteAll(home.resolve("metadata"));
        copyAll(copy, home.resolve("metadata"));
        refused(ErrorCode.METADATA_RESTORED, () -> inDirectory().open());
    }

    @Test
    void shouldRefuseKeysThatAreEmptyOrTooLong() {
        try (RegionStore store = inPlace().create()) {
            MemorySegment empty = MemorySegment.ofArray(new byte[0]);
            MemorySegment tooLong = MemorySegment.ofArray(new byte[RegionStore.MAX_KEY_LENGTH + 1]);
            for (MemorySegment key : new MemorySegment[] {empty, tooLong}) {
                refused(ErrorCode.KEY_SIZE, () -> store.put(key, bytes("x")));
                refused(ErrorCode.KEY_SIZE, () -> store.delete(key));
                refused(ErrorCode.KEY_SIZE, () -> store.contains(key));
                refused(ErrorCode.KEY_SIZE, () -> store.get(key, bytes("x"), 0));
            }
            assertEquals(0, store.size());
        }
    }

    @Test
    void shouldRefuseAPayloadThatCannotFit() {
        try (RegionStore store = inPlace().create()) {
            MemorySegment tooLong = MemorySegment.ofArray(new byte[(int) REGION + 1]);
            assertSays(refused(ErrorCode.PAYLOAD_TOO_LARGE, () -> store.put(1, tooLong)), Long.toString(REGION));
            refused(ErrorCode.PAYLOAD_TOO_LARGE, () -> store.reserve(REGION + 1, 8));
            store.put(1, MemorySegment.ofArray(new byte[(int) REGION]));
        }
    }

    @Test
    void shouldRefuseAlignmentsThatAreNoPowersOfTwo() {
        try (RegionStore store = inPlace().create()) {
            for (long alignment : new long[] {0, 1, 4, 12, -8, 1L << 31}) {
                refused(ErrorCode.BAD_ALIGNMENT, () -> store.reserve(8, alignment));
                refused(ErrorCode.BAD_ALIGNMENT, () -> RegionStore.builder().alignment(alignment));
            }
        }
    }

    @Test
    void shouldSayThatTheRegionIsFullAndLetDeletesThrough() {
        try (RegionStore store = inPlace().create()) {
            MemorySegment half = MemorySegment.ofArray(new byte[(int) REGION / 2]);
            store.put(1, half);
            store.put(2, half);
            assertSays(refused(ErrorCode.REGION_FULL, () -> store.put(3, bytes("x"))), "1 bytes");
            refused(ErrorCode.REGION_FULL, () -> store.put(1, half));
            assertEquals(REGION / 2, store.get(1, MemorySegment.ofArray(new byte[(int) REGION / 2]), 0));
            assertTrue(store.delete(2));
            store.put(1, half);
        }
    }

    @Test
    void shouldSayThatTheMetadataIsFullAndLetDeletesThrough() {
        try (RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(home, REGION, 64).create()) {
            for (long key = 0; key < 64; key++) {
                store.put(key, bytes("v"));
            }
            assertSays(refused(ErrorCode.METADATA_FULL, () -> store.put(64, bytes("x"))), "64 of 64 in use",
                    "a slotCapacity of up to 32000");
            assertEquals(64, store.size());
            assertTrue(store.contains(63));
            assertTrue(store.delete(5));
            store.put(64, bytes("x"));
        }
    }

    @Test
    void shouldNotAdviseMoreSlotsThanTheMetadataHasRoomFor() {
        Medium small = Medium.file(home.resolve("small"), HeaderDescriptor.TABLE + 130 * 32);
        try (RegionStore store = inPlace().metadata(small).slotCapacity(128).create()) {
            for (long key = 0; key < 128; key++) {
                store.put(key, bytes("v"));
            }
            RegionStoreException e = refused(ErrorCode.METADATA_FULL, () -> store.put(128, bytes("x")));
            assertSays(e, "a larger metadata medium", "room for 128 slots");
            assertSaysNothingOf(e, "slotCapacity");
        }
    }

    @Test
    void shouldGrowTheTableInADirectory() {
        try (RegionStore store = StoreSetup.DIRECTORY_PROCESS.builder(home, REGION, 64).create()) {
            for (long key = 0; key < 5_000; key++) {
                store.put(key, bytes("v" + key));
            }
        }
        try (RegionStore store = StoreSetup.DIRECTORY_PROCESS.builder(home, REGION, 0).open()) {
            assertEquals(5_000, store.size());
            assertTrue(store.space().slotCapacity() >= 5_000);
        }
    }

    @Test
    void shouldNameTheRoomThatADestinationLacks() {
        try (RegionStore store = inPlace().create()) {
            store.put(1, bytes("four"));
            assertSays(refused(ErrorCode.DESTINATION_TOO_SMALL,
                    () -> store.get(1, MemorySegment.ofArray(new byte[3]), 0)), "4 bytes");
        }
    }

    private static void copyAll(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
