package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interrupts of committing threads close their channel: what they wrote is written again through another one. */
class LogOutputTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(4096, 4096);
    private static final String LOG = "log-0000000000000001";

    private final SimulatedFiles simulated = new SimulatedFiles();
    private final RecordingFiles files = new RecordingFiles(simulated);
    private MetadataDirectory directory;

    @BeforeEach
    void start() {
        directory = MetadataDirectory.create(files, new UUID(1, 2), 64, TestTable.header(1), SMALL);
        directory.start();
        files.take();
    }

    @AfterEach
    void noInterruptIsLeft() {
        Thread.interrupted();
        directory.close();
        assertEquals(0, simulated.openFiles());
    }

    private long append(int slots) {
        return directory.append(MemorySegment.ofArray(new byte[32 * slots]), 0, 1, slots, -1);
    }

    /** The nth call that begins so is interrupted: by then the flag is set and the channel closed. */
    private void interruptAt(String call, int nth) {
        int[] seen = new int[1];
        files.hook(found -> {
            if (found.startsWith(call) && ++seen[0] == nth) {
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }
            assertFalse(Thread.currentThread().isInterrupted(), "or the next channel would be closed too: " + found);
        });
    }

    @Test
    void shouldWriteAgainAllSinceTheLastSyncWhenInterrupted() {
        for (String call : List.of("write", "sync")) {
            interruptAt(call, 1);
            long position = 512 + (directory.lastLsn() * 80);
            directory.awaitDurable(append(1));
            assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
            List<String> calls = files.take();
            String write = "write " + LOG + " " + position + "+80";
            assertEquals(call.equals("write")
                    ? List.of(write, "open " + LOG + " to write", "identity " + LOG, write, "sync " + LOG)
                    : List.of(write, "sync " + LOG, "open " + LOG + " to write", "identity " + LOG, write,
                            "sync " + LOG), calls);
            assertEquals(1, simulated.openFiles(), "the old one was closed");
        }
        files.hook(found -> { });
        directory.awaitDurable(append(1));
        assertFalse(Thread.interrupted());
        assertEquals(List.of("write " + LOG + " 672+80", "sync " + LOG), files.take());
    }

    @Test
    void shouldTakeTheInterruptAwayBeforeItTouchesTheFile() {
        interruptAt("never", 1);
        Thread.currentThread().interrupt();
        directory.awaitDurable(append(1));
        assertTrue(Thread.interrupted());
        assertEquals(List.of("write " + LOG + " 512+80", "sync " + LOG), files.take());
        append(44);
        Thread.currentThread().interrupt();
        directory.sync(); // makes room too
        assertTrue(Thread.interrupted());
        assertEquals("write " + LOG + " 8192+4096", files.take().get(2));
    }

    @Test
    void shouldGoOnWhenInterruptedWhileRoomIsMade() {
        for (String call : List.of("write", "sync")) {
            interruptAt(call, 2);
            long lsn = append(46);
            append(46);
            directory.sync();
            assertTrue(Thread.interrupted());
            assertTrue(directory.durableLsn() > lsn);
            List<String> calls = files.take();
            assertEquals(List.of("open " + LOG + " to write", "identity " + LOG),
                    calls.subList(calls.size() - 2, calls.size()), "nobody waits for that room");
            files.hook(found -> { });
            directory.awaitDurable(append(1));
            String expected = "write " + LOG + " " + (call.equals("write") ? 8192 : 12288) + "+4096";
            assertTrue(files.take().contains(expected), "made with the next batch");
            assertFalse(Thread.interrupted());
        }
    }

    private void failRoom(String reason) {
        files.hook(call -> {
            if (call.startsWith("write " + LOG + " 8192")) {
                throw new IOException(reason);
            }
        });
        append(46);
        append(46);
        directory.sync();
    }

    @Test
    void shouldGoOnWithTheRoomThereIsWhileTheFileSystemIsFull() {
        failRoom("No space left on device");
        directory.awaitDurable(append(1));
        files.hook(found -> { });
        files.take();
        directory.awaitDurable(append(1));
        assertTrue(files.take().contains("write " + LOG + " 8192+4096"), "the room is made when there is space again");
    }

    @Test
    void shouldEndTheLogWhenThereIsNoRoomForABatch() {
        failRoom("No space left on device");
        append(46);
        long last = append(100);
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> directory.awaitDurable(last));
        assertEquals(ErrorCode.NO_SPACE, e.code());
        assertTrue(directory.failed());
    }

    @Test
    void shouldEndTheLogWhenMakingRoomFailsOtherwise() {
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> failRoom("bad sector"));
        assertEquals(ErrorCode.IO_ERROR, e.code());
        assertTrue(directory.failed());
        assertEquals(2, directory.durableLsn(), "the batch before it is durable");
    }

    @Test
    void shouldNotGoOnInAnotherFileThatHasTheName() {
        interruptAt("sync", 1);
        SimulatedFiles copy = simulated.copy();
        RecordingFiles.Hook interrupt = call -> {
            if (call.startsWith("sync")) {
                simulated.copyFrom(copy, LOG);
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }
        };
        files.hook(interrupt);
        long lsn = append(1);
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> directory.awaitDurable(lsn));
        assertEquals(ErrorCode.IO_ERROR, e.code());
        assertTrue(e.getMessage().contains(LOG + " was replaced by another file while it was written"), e.getMessage());
        assertTrue(Thread.interrupted());
        assertEquals(0, directory.durableLsn());
    }

    @Test
    void shouldKeepTheInterruptWhenTheWriteFails() {
        files.hook(call -> {
            throw new java.io.IOException("bad sector");
        });
        long lsn = append(1);
        Thread.currentThread().interrupt();
        assertThrows(RegionStoreException.class, () -> directory.awaitDurable(lsn));
        assertTrue(Thread.interrupted());
    }
}
