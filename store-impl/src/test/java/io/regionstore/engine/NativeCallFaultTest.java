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
import io.regionstore.device.NativeFaults;
import io.regionstore.device.NativeFaults.Error;
import io.regionstore.spi.StoreProvider.Mode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each native call fails once under a whole store on files of a disk, whose commits are durable by msync, with the
 * metadata in place and in a directory: while it is created, opened, written and closed.
 */
class NativeCallFaultTest {
    @TempDir
    Path home;

    private final FaultWorkload workload = new FaultWorkload();
    private final NativeFaults faults = new NativeFaults();

    @AfterEach
    void endFaults() {
        faults.close();
    }

    private static RegionStore open(Path place, boolean inDirectory, Mode mode) {
        Medium metadata = inDirectory ? Medium.directory(place.resolve("metadata"))
                : Medium.file(place.resolve("metadata"), 64 << 10);
        return StoreOpener.open(new StoreConfig(Medium.file(place.resolve("region"), 64 << 10), metadata,
                FailureDomain.PLATFORM, 64, RegionStore.GRANULE, Duration.ZERO, PayloadVerification.FULL,
                DamagePolicy.REFUSE, false, (phase, done, total) -> { }), mode, new MappedMedia());
    }

    private static void expect(RegionStoreException e, String where) {
        assertEquals(ErrorCode.IO_ERROR, e.code(), where + ": " + e.getMessage());
        assertTrue(e.getMessage().contains("; "), where + ": what to do: " + e.getMessage());
    }

    private void reopen(Path place, boolean inDirectory, Mode mode, String where) throws IOException {
        faults.failAt(Integer.MAX_VALUE, 1, Error.EIO);
        FaultWorkload.assertNothingOpen(place, where);
        assertEquals(0, faults.mappings(), "mappings, " + where);
        try (RegionStore again = open(place, inDirectory, mode)) {
            workload.read(again);
            again.put(99, MemorySegment.ofArray(new byte[10]));
            again.delete(99);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(where + ": " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepWhatWasAcknowledgedWhenACallFailsUnderAWriter(boolean inDirectory) throws IOException {
        int point = 1;
        int failures = 0;
        for (boolean reached = true; reached; point++) {
            workload.forget();
            Path place = Files.createDirectory(home.resolve("write" + point));
            RegionStore store = open(place, inDirectory, Mode.CREATE);
            assertTrue(workload.write(store, 0, 8));
            faults.failAt(point, 1, Error.EIO);
            failures += workload.write(store, 8, 14) ? 0 : 1;
            workload.read(store);
            FaultWorkload.close(store);
            reached = faults.reached();
            String where = "call " + point + ", " + faults.failed();
            reopen(place, inDirectory, Mode.OPEN, where);
        }
        assertTrue(point > 6 && failures > 4, failures + " writes failed at " + point + " calls");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReleaseEverythingWhenACallFailsWhileOpening(boolean inDirectory) throws IOException {
        Path place = Files.createDirectory(home.resolve("open"));
        try (RegionStore store = open(place, inDirectory, Mode.CREATE)) {
            workload.write(store, 0, 20);
        }
        int point = 1;
        for (boolean reached = true; reached; point++) {
            faults.failAt(point, 1, Error.EIO);
            try (RegionStore store = open(place, inDirectory, Mode.OPEN)) {
                workload.read(store);
            } catch (RegionStoreException e) {
                expect(e, "call " + point + ", " + faults.failed());
            }
            reached = faults.reached();
            reopen(place, inDirectory, Mode.OPEN, "call " + point + ", " + faults.failed());
        }
        assertTrue(point > 20, "calls: " + point);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReleaseEverythingWhenACallFailsWhileCreating(boolean inDirectory) throws IOException {
        int point = 1;
        for (boolean reached = true; reached; point++) {
            Path place = Files.createDirectory(home.resolve("create" + point));
            faults.failAt(point, 1, Error.EIO);
            try (RegionStore store = open(place, inDirectory, Mode.CREATE)) {
                assertEquals(0, store.size());
            } catch (RegionStoreException e) {
                expect(e, "call " + point + ", " + faults.failed());
            }
            reached = faults.reached();
            reopen(place, inDirectory, Mode.OPEN_OR_CREATE, "call " + point + ", " + faults.failed());
        }
        assertTrue(point > 25, "calls: " + point);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMakeEachInterruptedCallAgain(boolean inDirectory) throws IOException {
        faults.interruptEachCall();
        for (Mode mode : new Mode[] {Mode.CREATE, Mode.OPEN}) {
            try (RegionStore store = open(home, inDirectory, mode)) {
                workload.read(store);
                assertTrue(workload.write(store, 0, 20));
                workload.read(store);
            }
        }
        assertTrue(faults.reached());
        reopen(home, inDirectory, Mode.OPEN, "every call interrupted");
    }
}
