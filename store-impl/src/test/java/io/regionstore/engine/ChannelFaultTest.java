package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.log.FaultyChannels;
import io.regionstore.log.FaultyChannels.Fault;
import io.regionstore.log.LogFiles;
import io.regionstore.log.Options;
import io.regionstore.spi.StoreProvider.Mode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each call on a channel of the log fails once, or does half of its work, under a whole store: while it is created,
 * opened and written. What is no error to a store (a short transfer, an interrupt of a writer) is not told.
 */
class ChannelFaultTest {
    @TempDir
    Path home;

    private final FaultWorkload workload = new FaultWorkload();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private static RegionStore open(Path place, FaultyChannels channels, Mode mode) {
        Media media = new WrappedMedia() {
            @Override
            public LogFiles files(Path directory) {
                return channels.files(directory);
            }

            @Override
            public Options logOptions() {
                return Options.DEFAULT.withSizes(4096, 4096);
            }
        };
        return StoreOpener.open(StoreSetup.DIRECTORY_KERNEL.config(place, 64 << 10, 64), mode, media);
    }

    /** An interrupt belongs to whoever is going to ask for it: no call may swallow it. */
    private static void endInterrupt(FaultyChannels channels, Fault fault, String where) {
        assertEquals(fault == Fault.INTERRUPT && channels.reached(), Thread.interrupted(), where + ": interrupt");
    }

    private void expect(RegionStoreException e, String where) {
        assertEquals(where.startsWith("ENOSPC") ? ErrorCode.NO_SPACE : ErrorCode.IO_ERROR, e.code(),
                where + ": " + e.getMessage());
        assertTrue(e.getMessage().contains(home.toString()), where + ": " + e.getMessage());
    }

    private void reopen(Path place, Mode mode, String where) throws IOException {
        FaultWorkload.assertNothingOpen(place, where);
        try (RegionStore again = open(place, new FaultyChannels(), mode)) {
            workload.read(again);
            again.put(99, MemorySegment.ofArray(new byte[10]));
            again.delete(99);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(where + ": " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "SHORT", mode = EnumSource.Mode.EXCLUDE)
    void shouldKeepWhatWasAcknowledgedWhenACallFailsUnderAWriter(Fault fault) throws IOException {
        int point = 1;
        int failures = 0;
        for (boolean reached = true; reached; point++) {
            workload.forget();
            String where = fault + " at call " + point;
            Path place = Files.createDirectory(home.resolve("write" + point));
            FaultyChannels channels = new FaultyChannels();
            RegionStore store = open(place, channels, Mode.CREATE);
            assertTrue(workload.write(store, 0, 8), where);
            channels.failAt(point, fault);
            boolean taken = workload.write(store, 8, 16);
            assertTrue(taken || fault != Fault.INTERRUPT, where + ": a writer was told");
            failures += taken ? 0 : 1;
            workload.read(store);
            FaultWorkload.close(store);
            endInterrupt(channels, fault, where);
            reached = channels.reached();
            reopen(place, Mode.OPEN, where);
        }
        assertTrue(point > 16, "calls: " + point);
        assertEquals(fault == Fault.INTERRUPT, failures == 0, "writes that failed: " + failures);
    }

    @ParameterizedTest
    @EnumSource(names = "SHORT", mode = EnumSource.Mode.EXCLUDE)
    void shouldReleaseEverythingWhenACallFailsWhileOpening(Fault fault) throws IOException {
        Path place = Files.createDirectory(home.resolve("open"));
        try (RegionStore store = open(place, new FaultyChannels(), Mode.CREATE)) {
            workload.write(store, 0, 20);
        }
        int point = 1;
        for (boolean reached = true; reached; point++) {
            String where = fault + " at call " + point;
            FaultyChannels channels = new FaultyChannels().failAt(point, fault);
            try (RegionStore store = open(place, channels, Mode.OPEN)) {
                workload.read(store); // some calls only tidy up, or fail when the store is closed
            } catch (RegionStoreException e) {
                expect(e, where);
            }
            endInterrupt(channels, fault, where);
            reached = channels.reached();
            reopen(place, Mode.OPEN, where);
        }
        assertTrue(point > 20, "calls: " + point);
    }

    @ParameterizedTest
    @EnumSource(names = "SHORT", mode = EnumSource.Mode.EXCLUDE)
    void shouldReleaseEverythingWhenACallFailsWhileCreating(Fault fault) throws IOException {
        int point = 1;
        for (boolean reached = true; reached; point++) {
            String where = fault + " at call " + point;
            Path place = Files.createDirectory(home.resolve("create" + point));
            FaultyChannels channels = new FaultyChannels().failAt(point, fault);
            try (RegionStore store = open(place, channels, Mode.CREATE)) {
                assertEquals(0, store.size());
            } catch (RegionStoreException e) {
                expect(e, where);
            }
            endInterrupt(channels, fault, where);
            reached = channels.reached();
            reopen(place, Mode.OPEN_OR_CREATE, where);
        }
        assertTrue(point > 15, "calls: " + point);
    }

    @Test
    void shouldGoOnWithWhatAShortTransferLeft() throws IOException {
        FaultyChannels channels = new FaultyChannels().failAt(1, Fault.SHORT);
        for (Mode mode : new Mode[] {Mode.CREATE, Mode.OPEN}) {
            try (RegionStore store = open(home, channels, mode)) {
                workload.read(store);
                assertTrue(workload.write(store, 0, 20));
                workload.read(store);
            }
        }
        assertTrue(channels.reached());
        reopen(home, Mode.OPEN, "every transfer short");
    }
}
