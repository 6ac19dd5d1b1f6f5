package io.regionstore.engine;

import static io.regionstore.engine.StoreSetup.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.Verdict;
import io.regionstore.device.OwnerRegistry;
import io.regionstore.device.RegionOwner;
import io.regionstore.spi.StoreProvider.Mode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose a region is: no store takes bytes that may be another's, and each notices that another one had its region. */
class RegionOwnerTest {
    private static final long REGION = 4 << 20;
    private static final int KEYS = 20_000;
    private static final String ATTRIBUTE = "regionstore.owner";

    @TempDir
    Path home;
    private Path region;

    @BeforeEach
    void nameRegion() {
        region = home.resolve("region");
    }

    private RegionStoreBuilder store(String metadata, boolean directory) {
        Path path = home.resolve(metadata);
        return RegionStore.builder().region(Medium.file(region, REGION)).failureDomain(FailureDomain.PROCESS)
                .metadata(directory ? Medium.directory(path) : Medium.file(path, 2 << 20));
    }

    private RegionStoreBuilder store(String metadata) {
        return store(metadata, false);
    }

    private static RegionStoreException refused(ErrorCode code, Runnable use, String... words) {
        RegionStoreException e = assertThrows(RegionStoreException.class, use::run);
        assertEquals(code, e.code(), e.getMessage());
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), () -> "expected \"" + word + "\" in: " + e.getMessage());
        }
        return e;
    }

    private static void createWith(RegionStoreBuilder builder, long key, String value) {
        try (RegionStore store = builder.create()) {
            store.put(key, bytes(value));
        }
    }

    private static String text(RegionStore store, long key) {
        MemorySegment buffer = MemorySegment.ofArray(new byte[100]);
        long length = store.get(key, buffer, 0);
        return length < 0 ? null : new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    private static boolean hasNote(RegionStore store, String words) {
        return store.recovery().notes().stream().anyMatch(note -> note.contains(words));
    }

    private UserDefinedFileAttributeView attributes(Path file) {
        return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    }

    private void copyWithAttributes(Path from, Path to) throws IOException {
        Files.copy(from, to);
        java.nio.ByteBuffer value = java.nio.ByteBuffer.allocate(attributes(from).size(ATTRIBUTE));
        attributes(from).read(ATTRIBUTE, value);
        attributes(to).write(ATTRIBUTE, value.flip());
    }

    private static void copyTree(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseANewStoreWhoseMetadataIsMistyped(boolean directory) throws IOException {
        try (RegionStore store = store("metadata", directory).create()) {
            for (long key = 0; key < KEYS; key++) {
                store.put(key, bytes("value " + key));
            }
        }
        byte[] before = Files.readAllBytes(region);
        refused(ErrorCode.REGION_NOT_BLANK, () -> store("metadatta", directory).openOrCreate(), region.toString(),
                home.resolve("metadata").toString(), "overwriteRegion()", "nothing was changed");
        refused(ErrorCode.REGION_NOT_BLANK, () -> store("metadatta", directory).create());
        assertArrayEquals(before, Files.readAllBytes(region));
        assertTrue(Files.notExists(home.resolve("metadatta")));
        try (RegionStore store = store("metadata", directory).openOrCreate()) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            assertEquals(KEYS, store.size());
            for (long key = 0; key < KEYS; key++) {
                assertEquals("value " + key, text(store, key));
            }
        }
    }

    @Test
    void shouldRefuseATextFileAsRegion() throws IOException {
        String diary = "Dear diary, ".repeat(1000);
        Files.writeString(region, diary);
        refused(ErrorCode.REGION_NOT_BLANK, () -> store("m").region(Medium.file(region)).create(), region.toString(),
                "data at byte 0", "no store is recorded", "overwriteRegion()");
        assertEquals(diary, Files.readString(region));
        assertTrue(Files.notExists(home.resolve("m")));
        createWith(store("m").region(Medium.file(region)).overwriteRegion(), 1, "one");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 4096, REGION / 2 + 12_345, REGION - 1})
    void shouldFindOneByteOfDataAnywhere(long at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(region.toFile(), "rw")) {
            file.setLength(REGION);
            file.seek(at);
            file.write(1);
        }
        refused(ErrorCode.REGION_NOT_BLANK, () -> store("m").create(), "data at byte " + at);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeAFileOfHolesOrOfZeros(boolean written) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(region.toFile(), "rw")) {
            file.setLength(REGION);
            if (written) {
                file.write(new byte[(int) REGION]);
            }
        }
        createWith(store("m"), 1, "one");
    }

    @Test
    void shouldRefuseARegionThatAnotherStoreOwnsThoughItHasNoRecord() {
        store("first").create().close();
        refused(ErrorCode.REGION_NOT_BLANK, () -> store("second").create(), "found an owner",
                home.resolve("first").toString());
        store("first").open().close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNoticeThatAnotherStoreTookTheRegion(boolean directory) throws IOException {
        createWith(store("first", directory), 1, "mine");
        try (RegionStore store = store("second", directory).overwriteRegion().create()) {
            for (long key = 0; key < 100; key++) {
                store.put(key, bytes("other"));
            }
        }
        Path metadata = directory ? home.resolve("first/log-0000000000000001") : home.resolve("first");
        byte[] before = Files.readAllBytes(region);
        byte[] metadataBefore = Files.readAllBytes(metadata);
        refused(ErrorCode.REGION_TAKEN, () -> store("first", directory).open(), region.toString(),
                home.resolve("second").toString(), "used it last on 2", "overwriteRegion()", "nothing was changed");
        refused(ErrorCode.REGION_TAKEN, () -> store("first", directory).openOrCreate());
        assertArrayEquals(before, Files.readAllBytes(region));
        assertArrayEquals(metadataBefore, Files.readAllBytes(metadata));
        try (RegionStore store = store("second", directory).open()) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict(), "it was never taken from this one");
            assertEquals("other", text(store, 1));
        }
        // the first one takes it back, and is told what that cost
        refused(ErrorCode.CONTENTS_LOST, () -> store("first", directory).overwriteRegion().open());
        store("second", directory).open().close();
        try (RegionStore store = store("first", directory).overwriteRegion().damagePolicy(DamagePolicy.DROP).open()) {
            assertEquals(0, store.size());
            assertTrue(hasNote(store, home.resolve("second").toString()));
        }
        store("first", directory).open().close();
        refused(ErrorCode.REGION_TAKEN, () -> store("second", directory).open(), home.resolve("first").toString());
    }

    @Test
    void shouldCompareEveryPayloadOfARegionThatIsTakenBack() {
        try (RegionStore store = store("first").create()) {
            for (long key = 0; key < 1000; key++) {
                store.put(key, bytes("value " + key));
            }
        }
        store("second").overwriteRegion().create().close(); // wrote nothing
        try (RegionStore store = store("first").overwriteRegion().open()) {
            assertEquals(1000, store.recovery().payloadsVerified());
        }
        try (RegionStore store = store("first").overwriteRegion().open()) {
            assertEquals(0, store.recovery().payloadsVerified(), "it is this store's again");
        }
    }

    @Test
    void shouldOpenAndRecordARegionThatHasNoRecord() throws IOException {
        createWith(store("first"), 1, "one");
        attributes(region).delete(ATTRIBUTE);
        try (RegionStore store = store("first").open()) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            assertEquals(0, store.recovery().payloadsVerified());
        }
        assertTrue(attributes(region).list().contains(ATTRIBUTE));
        attributes(region).write(ATTRIBUTE, java.nio.ByteBuffer.wrap("not a record".getBytes()));
        store("first").open().close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldOpenACopyOfTheRegion(boolean withAttributes) throws IOException {
        createWith(store("first"), 1, "one");
        Path copy = home.resolve("copy");
        if (withAttributes) {
            copyWithAttributes(region, copy);
        } else {
            Files.copy(region, copy);
        }
        Files.move(region, home.resolve("aside"));
        region = copy;
        try (RegionStore store = store("first").open()) {
            assertEquals(Verdict.MOVED, store.recovery().verdict());
            assertEquals("one", text(store, 1));
        }
    }

    /** The same mistake from the other side: what is named for the metadata is somebody's region. */
    @Test
    void shouldNotTakeAnotherStoresRegionForMetadata() throws IOException {
        store("first").create().close(); // no byte of its region was written yet
        region = home.resolve("other region");
        RegionStoreBuilder second = store("second").metadata(Medium.file(home.resolve("region"), REGION));
        refused(ErrorCode.REGION_NOT_BLANK, second::create, home.resolve("first").toString());
        refused(ErrorCode.REGION_NOT_BLANK, second::openOrCreate);
        assertTrue(Files.notExists(region));
        second.overwriteRegion().create().close();
        region = home.resolve("region");
        refused(ErrorCode.REGION_TAKEN, () -> store("first").open());
    }

    @Test
    void shouldNotTakeADeviceThatHoldsDataForMetadata() {
        try (MemoryMedia memory = new MemoryMedia(1 << 20, 1 << 20, 1)) {
            Media media = new Media() {
                @Override
                public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
                    return memory.open(medium instanceof Medium.Device device ? Medium.file(device.path()) : medium, mayCreate,
                            beside);
                }

                @Override
                public UUID boot() {
                    return memory.boot();
                }
            };
            memory.metadata.fill((byte) 7);
            byte[] before = memory.metadataBytes();
            refused(ErrorCode.METADATA_FOREIGN, () -> StoreOpener.open(onDevice(false), Mode.CREATE, media), "overwriteRegion()");
            assertArrayEquals(before, memory.metadataBytes());
            assertEquals(0, memory.open());
            StoreOpener.open(onDevice(true), Mode.CREATE, media).close();
            StoreOpener.open(onDevice(false), Mode.OPEN, media).close();
        }
    }

    private StoreConfig onDevice(boolean overwrite) {
        StoreConfig c = config("unused", overwrite);
        return new StoreConfig(Medium.file(Path.of("/memory/region"), 1 << 20), Medium.device(Path.of("/memory/metadata")),
                c.failureDomain(), 64, 8, c.relaxedCommits(), c.payloadVerification(), c.damagePolicy(), false,
                c.listener(), overwrite, false, false, false, c.healthListener());
    }

    @Test
    void shouldSayWhoseTheWrongRegionIs() {
        createWith(store("first"), 1, "one");
        region = home.resolve("other region");
        createWith(store("second"), 1, "two");
        refused(ErrorCode.WRONG_DEVICE, () -> store("first").open(), region.toString(), home.resolve("second").toString());
        refused(ErrorCode.WRONG_DEVICE, () -> store("first").overwriteRegion().open());
        store("second").open().close();
    }

    @Test
    void shouldCompareEveryPayloadWhenACopyOfTheMetadataUsedTheRegion() throws IOException {
        try (RegionStore store = store("first").create()) {
            for (long key = 0; key < 100; key++) {
                store.put(key, bytes("value " + key));
            }
        }
        Files.copy(home.resolve("first"), home.resolve("copy"));
        try (RegionStore store = store("copy").open()) {
            for (long key = 0; key < 50; key++) {
                store.delete(key);
            }
            store.largestFreeExtent(8); // gives them back
            for (long key = 1000; key < 1100; key++) {
                store.put(key, bytes("overwritten"));
            }
        }
        RegionStoreException e = refused(ErrorCode.CONTENTS_DAMAGED, () -> store("first").open());
        assertTrue(e.report().orElseThrow().notes().stream().anyMatch(note -> note.contains("a copy of the metadata")));
        store("copy").open().close();
    }

    /** A crash at the moment before the record is written, or right after: an image of all files then. */
    private final class Recording implements Media {
        private final MappedMedia mapped = new MappedMedia(false, OwnerRegistry.in(home.resolve("registry")));
        private final Path image;
        private final boolean before;

        Recording(Path image, boolean before) {
            this.image = image;
            this.before = before;
        }

        @Override
        public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
            OpenMedium opened = mapped.open(medium, mayCreate, ForwardingMedium.behind(beside));
            return new ForwardingMedium(opened) {
                @Override
                public void own(RegionOwner owner, boolean durably) {
                    if (before) {
                        copy();
                    }
                    super.own(owner, durably);
                    if (!before) {
                        copy();
                    }
                }

                private void copy() {
                    try {
                        Files.createDirectory(image);
                        for (String name : new String[] {"first", "second"}) {
                            if (Files.exists(home.resolve(name))) {
                                copyTree(home.resolve(name), image.resolve(name));
                            }
                        }
                        if (attributes(region).list().contains(ATTRIBUTE)) {
                            copyWithAttributes(region, image.resolve("region"));
                        } else {
                            Files.copy(region, image.resolve("region"));
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
        }

        @Override
        public UUID boot() {
            return mapped.boot();
        }
    }

    private StoreConfig config(String metadata, boolean overwrite) {
        StoreConfig c = StoreSetup.IN_PLACE_PROCESS.config(home, REGION, 1024);
        return new StoreConfig(Medium.file(region, REGION), Medium.file(home.resolve(metadata), 2 << 20),
                c.failureDomain(), 1024, 8, c.relaxedCommits(), c.payloadVerification(), c.damagePolicy(), false,
                c.listener(), overwrite, false, false, false, c.healthListener());
    }

    private RegionStoreBuilder inImage(Path image, String metadata) {
        return RegionStore.builder().region(Medium.file(image.resolve("region"), REGION))
                .metadata(Medium.file(image.resolve(metadata), 2 << 20)).failureDomain(FailureDomain.PROCESS);
    }

    @Test
    void shouldLeaveAUsableStoreWhenACreateIsCutBeforeTheRecord() {
        Path image = home.resolve("image");
        StoreOpener.open(config("first", false), Mode.CREATE, new Recording(image, true)).close();
        try (RegionStore store = inImage(image, "first").openOrCreate()) {
            assertEquals(0, store.size());
            store.put(1, bytes("one"));
        }
    }

    /** The image is elsewhere, which is not what is tested: so the file is put back under the name that it had. */
    private void putBack(Path image) throws IOException {
        for (String name : new String[] {"first", "second"}) {
            Files.deleteIfExists(home.resolve(name));
            Files.move(image.resolve(name), home.resolve(name));
        }
        try (RandomAccessFile file = new RandomAccessFile(region.toFile(), "rw")) {
            file.write(Files.readAllBytes(image.resolve("region")));
        }
        UserDefinedFileAttributeView to = attributes(region);
        java.nio.ByteBuffer value = java.nio.ByteBuffer.allocate(attributes(image.resolve("region")).size(ATTRIBUTE));
        attributes(image.resolve("region")).read(ATTRIBUTE, value);
        to.write(ATTRIBUTE, value.flip());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetOneStoreHaveTheRegionWhenTakingItIsCut(boolean before) throws IOException {
        createWith(store("first"), 1, "mine");
        Path image = home.resolve("image");
        StoreOpener.open(config("second", true), Mode.CREATE, new Recording(image, before)).close();
        putBack(image);
        String owner = before ? "first" : "second";
        String other = before ? "second" : "first";
        refused(ErrorCode.REGION_TAKEN, () -> store(other).open());
        try (RegionStore store = store(owner).open()) {
            assertEquals(before ? "mine" : null, text(store, 1));
        }
        try (RegionStore store = store(other).overwriteRegion().openOrCreate()) {
            assertEquals(before ? null : "mine", text(store, 1));
        }
        refused(ErrorCode.REGION_TAKEN, () -> store(owner).open());
    }

    @Test
    void shouldCompareEveryPayloadWhenASessionWasCutBeforeItsRecord() throws IOException {
        createWith(store("first"), 1, "mine");
        createWith(store("second").region(Medium.file(home.resolve("elsewhere"), REGION)), 1, "not of interest");
        Path image = home.resolve("image");
        StoreOpener.open(config("first", false), Mode.OPEN, new Recording(image, true)).close();
        putBack(image);
        try (RegionStore store = store("first").open()) {
            assertEquals(1, store.recovery().payloadsVerified());
            assertEquals("mine", text(store, 1));
            assertTrue(hasNote(store, "a crash while the store was opened"));
        }
        try (RegionStore store = store("first").open()) {
            assertEquals(0, store.recovery().payloadsVerified());
        }
    }

    /** Records that can neither be read nor written. */
    private static final class NoRecords implements Media {
        private final MappedMedia mapped = new MappedMedia();
        private final boolean readable;

        NoRecords(boolean readable) {
            this.readable = readable;
        }

        @Override
        public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
            OpenMedium opened = mapped.open(medium, mayCreate, ForwardingMedium.behind(beside));
            return new ForwardingMedium(opened) {
                @Override
                public Optional<RegionOwner> owner() {
                    if (readable) {
                        return super.owner();
                    }
                    throw new RegionStoreException(ErrorCode.IO_ERROR, "the record cannot be read");
                }

                @Override
                public void own(RegionOwner owner, boolean durably) {
                    throw new RegionStoreException(ErrorCode.IO_ERROR, "the record cannot be written");
                }
            };
        }

        @Override
        public UUID boot() {
            return mapped.boot();
        }
    }

    @Test
    void shouldOpenWithoutTheRecordAndSaySo() {
        createWith(store("first"), 1, "mine");
        try (RegionStore store = StoreOpener.open(config("first", false), Mode.OPEN, new NoRecords(false))) {
            assertEquals("mine", text(store, 1));
            assertTrue(hasNote(store, "the record cannot be read"));
            assertTrue(hasNote(store, "the record cannot be written"));
        }
        try (RegionStore store = store("first").open()) {
            assertEquals(1, store.recovery().payloadsVerified(), "what that session did is not known");
        }
    }

    @Test
    void shouldNotTakeARegionThatKeepsTheNameOfItsOwner() {
        createWith(store("first"), 1, "mine");
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> StoreOpener.open(config("second", true), Mode.CREATE, new NoRecords(true)));
        assertTrue(e.getMessage().contains("cannot be written"), e.getMessage());
        try (RegionStore store = store("first").open()) {
            assertEquals("mine", text(store, 1));
        }
    }

    @Test
    void shouldKeepTheRegionFreeOfTheRecord() throws IOException {
        store("first").create().close();
        byte[] all = Files.readAllBytes(region);
        assertEquals(REGION, all.length);
        for (byte b : all) {
            assertFalse(b != 0);
        }
    }
}
