package io.regionstore.engine;

import static io.regionstore.engine.StoreSetup.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreHealth.Problem;
import io.regionstore.device.Presence;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Media that vanish under an open store: it is told, writes end, reads go on, and the next open says what it must. */
class WatchTest {
    private static final long REGION = 1 << 20;
    /** A bound for tests only: the watch looks four times a second. */
    private static final long SECONDS = 60;

    @TempDir
    Path disk;

    private final BlockingQueue<Problem> problems = new LinkedBlockingQueue<>();
    private Path home;
    private Path shared;

    /** Where the media are. */
    enum Place { DISK, TMPFS }

    private void useMedia(Place place) throws IOException {
        home = disk;
        if (place == Place.TMPFS) {
            Path shm = Path.of("/dev/shm");
            assumeTrue(Files.isWritable(shm) && Files.getFileStore(shm).type().equals("tmpfs"), "no tmpfs at /dev/shm");
            shared = Files.createTempDirectory(shm, "regionstore-watch");
            home = shared;
        }
    }

    @AfterEach
    void removeShared() {
        if (shared != null) {
            removeAll(shared);
        }
    }

    private static void removeAll(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RegionStoreBuilder builder(boolean directory) {
        return RegionStore.builder().region(Medium.file(home.resolve("region"), REGION)).failureDomain(FailureDomain.PROCESS)
                .metadata(directory ? Medium.directory(home.resolve("metadata"))
                        : Medium.file(home.resolve("metadata"), 1 << 20))
                .healthListener(problems::add);
    }

    private RegionStore createWithRecords(boolean directory) {
        RegionStore store = builder(directory).create();
        for (long key = 0; key < 100; key++) {
            store.put(key, bytes("value " + key));
        }
        return store;
    }

    private Problem awaitProblem() {
        try {
            Problem problem = problems.poll(SECONDS, TimeUnit.SECONDS);
            assertNotNull(problem, "nobody was told");
            return problem;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void truncate(Path file, long length) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(length);
        }
    }

    private static void assertRefused(Path medium, Runnable write) {
        RegionStoreException e = assertThrows(RegionStoreException.class, write::run);
        assertEquals(ErrorCode.MEDIUM_LOST, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(medium.toString()), e.getMessage());
    }

    private void assertLost(RegionStore store, Path medium, boolean readable) {
        Problem problem = awaitProblem();
        assertEquals(ErrorCode.MEDIUM_LOST, problem.code());
        assertTrue(problem.message().contains(medium.toString()), problem.message());
        assertFalse(store.health().writable());
        assertEquals(List.of(problem), store.health().problems());
        assertRefused(medium, () -> store.put(1, bytes("lost")));
        assertRefused(medium, () -> store.delete(1));
        assertRefused(medium, () -> store.reserve(8, 8));
        if (readable) {
            for (long key = 0; key < 100; key++) {
                MemorySegment buffer = MemorySegment.ofArray(new byte[20]);
                assertEquals(bytes("value " + key).byteSize(), store.get(key, buffer, 0));
            }
        }
        store.close();
        assertTrue(problems.isEmpty(), "told once");
    }

    private void assertNextOpenSays(ErrorCode code, boolean directory) {
        assertEquals(code, assertThrows(RegionStoreException.class, () -> builder(directory).open()).code());
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatTheRegionWasRemoved(Place place) throws IOException {
        useMedia(place);
        RegionStore store = createWithRecords(false);
        Files.delete(home.resolve("region"));
        assertLost(store, home.resolve("region"), true);
        assertNextOpenSays(ErrorCode.NOT_FOUND, false);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatTheRegionWasCut(Place place) throws IOException {
        useMedia(place);
        RegionStore store = createWithRecords(true);
        long[] end = new long[1];
        store.forEach(view -> end[0] = Math.max(end[0], view.offset() + view.length()));
        assertTrue(end[0] <= REGION - 4096, "the records lie below what is cut");
        truncate(home.resolve("region"), REGION - 4096);
        assertLost(store, home.resolve("region"), true);
        assertNextOpenSays(ErrorCode.OUT_OF_BOUNDS, true);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatMetadataInPlaceWasRemoved(Place place) throws IOException {
        useMedia(place);
        RegionStore store = createWithRecords(false);
        Files.delete(home.resolve("metadata"));
        assertLost(store, home.resolve("metadata"), true);
        assertNextOpenSays(ErrorCode.NOT_FOUND, false);
        assertEquals(ErrorCode.REGION_NOT_BLANK,
                assertThrows(RegionStoreException.class, () -> builder(false).openOrCreate()).code());
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatMetadataInPlaceWasCut(Place place) throws IOException {
        useMedia(place);
        RegionStore store = createWithRecords(false);
        truncate(home.resolve("metadata"), 40_960);
        assertLost(store, home.resolve("metadata"), false);
        assertNextOpenSays(ErrorCode.OUT_OF_BOUNDS, false);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatTheMetadataDirectoryWasRemoved(Place place) throws IOException {
        useMedia(place);
        RegionStore store = createWithRecords(true);
        removeAll(home.resolve("metadata"));
        assertLost(store, home.resolve("metadata"), true);
        assertNextOpenSays(ErrorCode.NOT_FOUND, true);
    }

    @Test
    void shouldWarnOfAMovedFileAndGoOn() throws IOException {
        useMedia(Place.DISK);
        RegionStore store = createWithRecords(false);
        Files.move(home.resolve("region"), home.resolve("aside"));
        Problem problem = awaitProblem();
        assertTrue(problem.message().contains(home.resolve("region").toString()), problem.message());
        assertTrue(problem.message().contains("moved"), problem.message());
        assertTrue(store.health().writable());
        store.put(1, bytes("kept"));
        store.close();
        try (RegionStore again = builder(false).region(Medium.file(home.resolve("aside"), REGION)).open()) {
            assertTrue(again.contains(1));
        }
    }

    private static long watchers() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals(Watch.NAME)).count();
    }

    @Test
    void shouldEndWithTheStore() throws Exception {
        useMedia(Place.DISK);
        List<Thread> before = Thread.getAllStackTraces().keySet().stream().toList();
        Thread watcher;
        try (RegionStore store = createWithRecords(false)) {
            watcher = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals(Watch.NAME) && !before.contains(thread)).findAny()
                    .orElseThrow();
            assertTrue(watcher.isDaemon(), "keeps no JVM alive");
            assertEquals(100, store.size());
        }
        watcher.join(SECONDS * 1000);
        assertFalse(watcher.isAlive());
    }

    /** One look after the other throws what may be thrown; the one after them is heard. */
    @Test
    void shouldSurviveWhateverALookThrows() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Presence failing = () -> {
            switch (looks.incrementAndGet()) {
                case 1 -> throw new RegionStoreException(ErrorCode.IO_ERROR, "statx failed");
                case 2 -> throw new OutOfMemoryError("made up");
                case 3 -> throw new StackOverflowError("made up");
                case 4 -> throw new IllegalStateException("made up");
                default -> {
                    return new Presence.Finding(true, "gone");
                }
            }
        };
        Health health = new Health(problem -> {
            problems.add(problem);
            throw new IllegalStateException("a listener that fails");
        });
        try (Resources resources = new Resources()) {
            Watch.over(List.of(failing, Presence.ASSURED), health, resources);
            assertEquals(ErrorCode.IO_ERROR, awaitProblem().code());
            assertEquals("gone; the store takes no more writes", awaitProblem().message());
            assertTrue(health.failed());
        }
    }

    @Test
    void shouldNotWatchMediaThatCannotVanish() {
        long before = watchers();
        try (Resources resources = new Resources()) {
            Watch.over(List.of(Presence.ASSURED, Presence.ASSURED), new Health(problems::add), resources);
            assertTrue(watchers() <= before);
        }
    }
}
