package io.regionstore.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void create() throws IOException {
        file = folder.resolve("ledger");
        Ledger.create(file).close();
    }

    @Test
    void shouldShowOneMappingWhatAnotherOneWrote() throws IOException {
        try (Ledger parent = Ledger.open(file); Ledger child = Ledger.open(file)) {
            assertTrue(parent.isStarting());
            child.running(1L << 40, 50_000);
            assertTrue(parent.isRunning());
            assertEquals(1L << 40, parent.regionBytes());
            assertEquals(50_000, parent.keys());
            for (int writer = 0; writer < Ledger.WRITERS; writer++) {
                child.begin(writer, writer + 11);
                child.acknowledge(writer, writer + 10);
            }
            for (int writer = 0; writer < Ledger.WRITERS; writer++) {
                assertEquals(writer + 11, parent.begun(writer));
                assertEquals(writer + 10, parent.acknowledged(writer));
            }
            child.failed();
            assertFalse(parent.isRunning());
            assertFalse(parent.isStarting());
        }
    }

    @Test
    void shouldKeepTheHistogramThatWasSavedLast() throws IOException {
        try (Ledger ledger = Ledger.open(file)) {
            assertEquals(0, ledger.histogram(3).getTotalCount());
            Histogram histogram = Ledger.newHistogram();
            for (int round = 1; round <= 5; round++) {
                histogram.recordValue(round * 1000L);
                ledger.save(3, histogram);
                assertEquals(histogram, ledger.histogram(3));
            }
            assertEquals(0, ledger.histogram(2).getTotalCount());
        }
    }

    @Test
    void shouldHaveRoomForAHistogramThatUsesEveryCounter() throws IOException {
        Histogram full = Ledger.newHistogram();
        for (var value : Ledger.newHistogram().allValues()) {
            full.recordValueWithCount(value.getValueIteratedTo(), 1L << 40);
        }
        try (Ledger ledger = Ledger.open(file)) {
            ledger.save(0, full);
            ledger.save(0, full);
            ledger.save(1, full);
            assertEquals(full, ledger.histogram(0));
            assertEquals(full, ledger.histogram(1));
        }
    }
}
