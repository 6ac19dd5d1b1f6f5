package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.log.LogFiles;
import io.regionstore.spi.StoreProvider.Mode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads, writes and syncs of files, and msync, fail under a whole store, one point after the other: the failure is told,
 * no more writes are taken, reads go on, closing releases everything, and what was acknowledged is found afterwards.
 */
class SystemCallFaultTest {
    @TempDir
    Path home;

    private final FaultWorkload workload = new FaultWorkload();

    private RegionStore inDirectory(Path place, FaultyFiles.Faults faults, Mode mode) {
        Media media = new WrappedMedia() {
            @Override
            public LogFiles files(Path directory) {
                LogFiles files = super.files(directory);
                return files == null ? null : new FaultyFiles(files, faults);
            }
        };
        return StoreOpener.open(new StoreConfig(Medium.file(place.resolve("region"), 64 << 10)
                .vouchedFor(FailureDomain.PLATFORM), Medium.directory(place.resolve("metadata")), FailureDomain.KERNEL,
                64, RegionStore.GRANULE, Duration.ZERO, PayloadVerification.FULL, DamagePolicy.REFUSE, false,
                (phase, done, total) -> { }), mode, media);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Input/output error", "No space left on device", "Resource temporarily unavailable"})
    void shouldKeepWhatWasAcknowledgedWhenTheLogFails(String error) throws IOException {
        int failures = 0;
        for (int count : new int[] {1, Integer.MAX_VALUE}) {
            for (int point = 1; point <= 24; point++) {
                workload.forget();
                String where = error + " at call " + point + ", " + count + " times";
                Path place = Files.createDirectory(home.resolve("w" + point + "-" + count));
                FaultyFiles.Faults faults = new FaultyFiles.Faults(error);
                RegionStore store = inDirectory(place, faults, Mode.CREATE);
                assertTrue(workload.write(store, 0, 8), where);
                faults.failAt(point, count);
                failures += workload.write(store, 8, 30) ? 0 : 1;
                workload.read(store);
                FaultWorkload.close(store);
                FaultWorkload.assertNothingOpen(place, where);
                try (RegionStore again = inDirectory(place, new FaultyFiles.Faults(error), Mode.OPEN)) {
                    workload.read(again);
                    again.put(99, MemorySegment.ofArray(new byte[10]));
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(where + ": " + e.getMessage(), e);
                }
            }
        }
        assertTrue(failures > 40, "writes that failed: " + failures);
    }

    @Test
    void shouldReleaseEverythingWhenOpeningFailsAtAnyCall() throws IOException {
        Path place = Files.createDirectory(home.resolve("open"));
        try (RegionStore store = inDirectory(place, new FaultyFiles.Faults("none"), Mode.CREATE)) {
            workload.write(store, 0, 20);
        }
        int point = 1;
        for (boolean reached = true; reached; point++) {
            FaultyFiles.Faults faults = new FaultyFiles.Faults("Input/output error").failAt(point, 1);
            try (RegionStore store = inDirectory(place, faults, Mode.OPEN)) {
                workload.read(store); // some calls only tidy up, or fail when the store is closed
            } catch (RegionStoreException e) {
                assertEquals(ErrorCode.IO_ERROR, e.code(), "call " + point + ": " + e.getMessage());
            }
            FaultWorkload.assertNothingOpen(place, "call " + point);
            reached = faults.reached();
            try (RegionStore store = inDirectory(place, new FaultyFiles.Faults("none"), Mode.OPEN)) {
                workload.read(store);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("after call " + point + " had failed: " + e.getMessage(), e);
            }
        }
        assertTrue(point > 15, "calls: " + point);
    }

    @Test
    void shouldReleaseEverythingWhenCreatingFailsAtAnyCall() throws IOException {
        int point = 1;
        for (boolean reached = true; reached; point++) {
            Path place = Files.createDirectory(home.resolve("create" + point));
            FaultyFiles.Faults faults = new FaultyFiles.Faults("Input/output error").failAt(point, 1);
            try (RegionStore store = inDirectory(place, faults, Mode.CREATE)) {
                assertEquals(0, store.size());
            } catch (RegionStoreException e) {
                assertEquals(ErrorCode.IO_ERROR, e.code(), "call " + point + ": " + e.getMessage());
            }
            FaultWorkload.assertNothingOpen(place, "call " + point);
            reached = faults.reached();
            // what is left is a store, or nothing that would keep one from being made
            try (RegionStore store = inDirectory(place, new FaultyFiles.Faults("none"), Mode.OPEN_OR_CREATE)) {
                assertEquals(0, store.size());
            } catch (RuntimeException e) {
                throw new AssertionError("after call " + point + " had failed: " + e.getMessage(), e);
            }
        }
        assertTrue(point > 10, "calls: " + point);
    }

    @Test
    void shouldKeepWhatWasAcknowledgedWhenMsyncFails() {
        int failures = 0;
        for (int point = 1; point <= 60; point++) {
            workload.forget();
            FaultyMemory.Faults faults = new FaultyMemory.Faults();
            try (MemoryMedia media = new MemoryMedia(64 << 10, 64 << 10, 1)) {
                media.through(memory -> new FaultyMemory(memory, faults));
                RegionStore store = media.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, Mode.CREATE, 64);
                assertTrue(workload.write(store, 0, 8));
                faults.failAt(point);
                failures += workload.write(store, 8, 30) ? 0 : 1;
                workload.read(store);
                FaultWorkload.close(store);
                assertEquals(0, media.open());
                faults.failAt(Integer.MAX_VALUE);
                try (RegionStore again = media.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, Mode.OPEN, 64)) {
                    workload.read(again);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("flush " + point + ": " + e.getMessage(), e);
            }
        }
        assertTrue(failures > 40, "writes that failed: " + failures);
    }

    @Test
    void shouldReleaseEverythingWhenMsyncFailsWhileOpening() {
        FaultyMemory.Faults faults = new FaultyMemory.Faults();
        try (MemoryMedia media = new MemoryMedia(64 << 10, 64 << 10, 1)) {
            media.through(memory -> new FaultyMemory(memory, faults));
            byte[] unclosed;
            try (RegionStore store = media.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, Mode.CREATE, 64)) {
                workload.write(store, 0, 20);
                unclosed = media.metadataBytes();
            }
            int point = 1;
            for (boolean reached = true; reached; point++) {
                media.restoreMetadata(unclosed);
                faults.failAt(point);
                try (RegionStore store = media.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, Mode.OPEN, 64)) {
                    workload.read(store);
                } catch (RegionStoreException e) {
                    assertEquals(ErrorCode.IO_ERROR, e.code(), e.getMessage());
                }
                assertEquals(0, media.open(), "flush " + point);
                reached = faults.reached();
                faults.failAt(Integer.MAX_VALUE);
                try (RegionStore store = media.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, Mode.OPEN, 64)) {
                    workload.read(store);
                }
            }
            assertTrue(point > 5, "flushes: " + point);
        }
    }
}
