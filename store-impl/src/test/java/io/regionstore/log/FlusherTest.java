package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class FlusherTest {
    private final SimulatedFiles simulated = new SimulatedFiles();
    private final RecordingFiles files = new RecordingFiles(simulated);

    private MetadataDirectory started(Duration interval) {
        MetadataDirectory directory = MetadataDirectory.create(files, new UUID(1, 2), 64, TestTable.header(1),
                Options.DEFAULT.withSizes(4096, 4096).withRelaxed(interval));
        directory.start();
        files.take();
        return directory;
    }

    private static List<Thread> flushers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("regionstore-log")).toList();
    }

    private static Thread flusher() {
        List<Thread> found = flushers();
        assertEquals(1, found.size());
        return found.getFirst();
    }

    private static void awaitDurable(MetadataDirectory directory) {
        while (directory.durableLsn() < directory.lastLsn()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldFlushAtTheIntervalWithoutAnyoneWaiting() {
        try (MetadataDirectory directory = started(Duration.ofMillis(2))) {
            assertTrue(flusher().isDaemon());
            for (int i = 0; i < 3; i++) {
                directory.appendRetire(i);
                awaitDurable(directory);
            }
            assertEquals(6, files.take().size(), "one write and one sync each, none where nothing was appended");
        }
        assertEquals(List.of(), flushers());
    }

    @Test
    void shouldWaitForTheIntervalAlsoWhenInterrupted() {
        long begun = System.nanoTime();
        try (MetadataDirectory directory = started(Duration.ofMillis(60))) {
            directory.appendRetire(1);
            Gate.awaitSleeping(flusher());
            flusher().interrupt();
            awaitDurable(directory);
            assertTrue(System.nanoTime() - begun >= 60_000_000, "the interval was cut short");
        }
    }

    @Test
    void shouldEndAtCloseWithoutWaitingForTheInterval() {
        MetadataDirectory directory = started(Duration.ofDays(1));
        directory.appendRetire(1);
        Gate.awaitSleeping(flusher());
        Thread.currentThread().interrupt();
        directory.close();
        assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
        assertEquals(List.of(), flushers());
        assertEquals(2, files.take().size(), "close made all durable");
    }

    @Test
    void shouldWaitAtCloseForTheFlushUnderWay() throws InterruptedException {
        MetadataDirectory directory = started(Duration.ofMillis(2));
        Gate gate = new Gate("sync");
        files.hook(gate);
        directory.appendRetire(1);
        gate.awaitThread();
        boolean[] interrupted = new boolean[1];
        Thread close = Thread.ofPlatform().daemon().start(() -> {
            directory.close();
            interrupted[0] = Thread.currentThread().isInterrupted();
        });
        Gate.interruptWaiting(close);
        assertEquals(1, simulated.openFiles());
        gate.open();
        close.join();
        assertTrue(interrupted[0]);
        assertEquals(0, simulated.openFiles());
    }

    @Test
    void shouldHaveNoThreadWhereCommitsAreNotRelaxed() {
        try (MetadataDirectory directory = started(Duration.ZERO)) {
            directory.appendRetire(1);
            assertEquals(List.of(), flushers());
        }
    }

    @Test
    void shouldKeepNoInterruptAtCloseThatNobodySent() {
        started(Duration.ofDays(1)).close();
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void shouldEndWhenTheLogFailsAndLeaveTheFailureToAppends() throws InterruptedException {
        MetadataDirectory directory = started(Duration.ofMillis(2));
        Thread flusher = flusher();
        files.hook(call -> {
            throw new IOException("bad sector");
        });
        directory.appendRetire(1);
        flusher.join();
        assertThrows(RegionStoreException.class, () -> directory.appendRetire(1));
        directory.close();
        assertEquals(0, simulated.openFiles());
    }
}
