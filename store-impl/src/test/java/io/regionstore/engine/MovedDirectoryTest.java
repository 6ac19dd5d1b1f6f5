package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.StoreHealth;
import io.regionstore.spi.StoreProvider.Mode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does to the metadata directory of an open store, and to the files in it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MovedDirectoryTest {
    private static final int SLOTS = 4096;

    @TempDir
    Path home;

    private final SmallLogs media = new SmallLogs(writing -> { });

    private RegionStore open(String region, Path metadata, Mode mode) {
        return StoreOpener.open(new StoreConfig(Medium.file(home.resolve(region), 1 << 20), Medium.directory(metadata),
                FailureDomain.PROCESS, SLOTS, RegionStore.GRANULE, Duration.ZERO, PayloadVerification.FULL,
                DamagePolicy.REFUSE, false, (phase, done, total) -> { }), mode, media);
    }

    /** More frames than fit behind an image. */
    private static void write(RegionStore store, int from, int to, String what) {
        for (int key = from; key < to; key++) {
            store.put(key, StoreSetup.bytes(what + key));
        }
        SimulatedMedia.awaitQuiet(store);
    }

    private static void assertHolds(RegionStore store, int records, String what) {
        assertEquals(records, store.size());
        for (int key = 0; key < records; key++) {
            assertEquals(what + key, text(store, key));
        }
    }

    private static String text(RegionStore store, long key) {
        byte[] payload = new byte[64];
        int length = (int) store.get(key, MemorySegment.ofArray(payload), 0);
        return new String(payload, 0, length, StandardCharsets.UTF_8);
    }

    private static StoreHealth.Problem awaitProblem(RegionStore store) {
        while (true) {
            for (StoreHealth.Problem problem : store.health().problems()) {
                if (problem.code() == ErrorCode.MEDIUM_LOST) {
                    return problem;
                }
            }
            Thread.onSpinWait();
        }
    }

    private static Path newestLog(Path metadata) throws IOException {
        try (Stream<Path> files = Files.list(metadata)) {
            return files.filter(file -> file.getFileName().toString().startsWith("log-")).max(Path::compareTo).orElseThrow();
        }
    }

    @Test
    void shouldGoOnInTheDirectoryThatWasMovedAndLeaveTheOneInItsPlaceAlone() throws IOException {
        Path metadata = home.resolve("m");
        Path aside = home.resolve("aside");
        try (RegionStore first = open("region1", metadata, Mode.CREATE)) {
            write(first, 0, 1000, "first ");
            Files.move(metadata, aside);
            try (RegionStore second = open("region2", metadata, Mode.CREATE)) {
                for (int part = 0; part < 4; part++) {
                    write(first, 1000 + 500 * part, 1500 + 500 * part, "first ");
                    write(second, 500 * part, 500 * part + 500, "second ");
                }
                String message = awaitProblem(first).message();
                assertTrue(message.contains(metadata.toString()) && message.contains(aside.toString()), message);
                assertTrue(first.health().writable());
                assertEquals(List.of(), second.health().problems());
            }
        }
        try (RegionStore first = open("region1", aside, Mode.OPEN);
                RegionStore second = open("region2", metadata, Mode.OPEN)) {
            assertHolds(first, 3000, "first ");
            assertHolds(second, 2000, "second ");
        }
    }

    private void assertWritesEnd(RegionStore store, Path named) {
        RegionStoreException refused = assertThrows(RegionStoreException.class, () -> {
            for (int i = 0; ; i++) {
                store.put(i % 10, StoreSetup.bytes("more"));
            }
        });
        assertTrue(refused.code() == ErrorCode.IO_ERROR || refused.code() == ErrorCode.MEDIUM_LOST, refused.getMessage());
        String message = awaitProblem(store).message();
        assertTrue(message.contains(named.toString()), message);
        assertFalse(store.health().writable());
        assertTrue(store.contains(1), "reads go on");
    }

    @Test
    void shouldTakeNoWritesIntoADirectoryThatWasRemoved() throws IOException {
        Path metadata = home.resolve("m");
        try (RegionStore store = open("region", metadata, Mode.CREATE)) {
            write(store, 0, 10, "value ");
            try (Stream<Path> files = Files.list(metadata)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(metadata);
            assertWritesEnd(store, metadata);
        }
    }

    @Test
    void shouldTakeNoWritesIntoALogThatWasRemoved() throws IOException {
        Path metadata = home.resolve("m");
        try (RegionStore store = open("region", metadata, Mode.CREATE)) {
            write(store, 0, 10, "value ");
            Path log = newestLog(metadata);
            Files.delete(log);
            awaitProblem(store); // writes meanwhile may lead to a new log and an image, and the store is whole again
            assertWritesEnd(store, log);
        }
    }

    @Test
    void shouldTakeNoWritesIntoALogThatWasReplaced() throws IOException {
        Path metadata = home.resolve("m");
        try (RegionStore store = open("region", metadata, Mode.CREATE)) {
            write(store, 0, 10, "value ");
            Path log = newestLog(metadata);
            Path copy = home.resolve("copy");
            Files.copy(log, copy);
            Files.move(copy, log, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            awaitProblem(store);
            assertWritesEnd(store, log);
        }
    }

    @Test
    void shouldTakeNoWritesIntoALogThatWasCut() throws IOException {
        Path metadata = home.resolve("m");
        try (RegionStore store = open("region", metadata, Mode.CREATE)) {
            write(store, 0, 10, "value ");
            Path log = newestLog(metadata);
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(600);
            }
            awaitProblem(store);
            assertWritesEnd(store, log);
        }
    }

    @Test
    void shouldLetNoSecondStoreInWhenTheLockFileWasRemoved() throws IOException {
        Path metadata = home.resolve("m");
        try (RegionStore store = open("region", metadata, Mode.CREATE)) {
            write(store, 0, 10, "value ");
            Files.delete(metadata.resolve("LOCK"));
            RegionStoreException e =
                    assertThrows(RegionStoreException.class, () -> open("region2", metadata, Mode.OPEN));
            assertEquals(ErrorCode.LOCKED, e.code(), e.getMessage());
            write(store, 10, 20, "value ");
        }
        try (RegionStore store = open("region", metadata, Mode.OPEN)) {
            assertHolds(store, 20, "value ");
        }
    }
}
