package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that meet at the log, each held up where the test wants it: no race decides what is seen. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class GroupCommitTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(1024, 4096);
    private static final String LOG_1 = "log-0000000000000001";
    private static final String LOG_2 = "log-0000000000000002";

    private final SimulatedFiles simulated = new SimulatedFiles();
    private final RecordingFiles files = new RecordingFiles(simulated);
    private final List<Runner> runners = new ArrayList<>();
    private final MetadataDirectory directory =
            MetadataDirectory.create(files, new UUID(1, 2), 64, TestTable.header(1), SMALL);

    GroupCommitTest() {
        directory.start();
        files.take();
    }

    /** A thread whose failure is kept. */
    private static final class Runner {
        private volatile Throwable thrown;
        private volatile boolean interrupted;
        private final Thread thread;

        Runner(Runnable work) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    work.run();
                } catch (Throwable e) {
                    thrown = e;
                }
                interrupted = Thread.currentThread().isInterrupted();
            });
        }

        Throwable join() throws InterruptedException {
            thread.join(20_000);
            assertFalse(thread.isAlive(), "still there: " + thread);
            return thrown;
        }
    }

    private Runner run(Runnable work) {
        Runner runner = new Runner(work);
        runners.add(runner);
        return runner;
    }

    @AfterEach
    void closeAll() throws InterruptedException {
        for (Runner runner : runners) {
            runner.join();
        }
        directory.close();
        assertEquals(0, simulated.openFiles());
    }

    private Gate gate(String call) {
        Gate gate = new Gate(call);
        files.hook(gate);
        return gate;
    }

    private long append() {
        return directory.append(MemorySegment.ofArray(new byte[32]), 0, 1, 1, -1);
    }

    /** Appends until the buffer holds no other frame. */
    private long fill() {
        long lsn = 0;
        for (int i = 0; i < 12; i++) {
            lsn = append();
        }
        return lsn; // 960 of 1024 bytes
    }

    private static void assertCode(ErrorCode code, Throwable thrown) {
        assertEquals(code, ((RegionStoreException) thrown).code(), String.valueOf(thrown));
    }

    @Test
    void shouldLetOthersAppendWhileOneSyncsAndSyncOnceForAllOfThem() throws Exception {
        Gate gate = gate("sync");
        Runner first = run(() -> directory.awaitDurable(append()));
        gate.awaitThread();
        List<Runner> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long lsn = append();
            others.add(run(() -> directory.awaitDurable(lsn)));
        }
        for (Runner other : others) {
            Gate.awaitWaiting(other.thread);
        }
        assertEquals(0, directory.durableLsn());
        assertEquals(4, directory.lastLsn());
        assertEquals(List.of("write " + LOG_1 + " 512+80", "sync " + LOG_1), files.take());
        gate.open();
        assertNull(first.join());
        for (Runner other : others) {
            assertNull(other.join());
            assertFalse(other.interrupted, "by nobody");
        }
        assertEquals(List.of("write " + LOG_1 + " 592+240", "sync " + LOG_1), files.take());
        assertEquals(4, directory.durableLsn());
    }

    @Test
    void shouldBeginNextSyncWhenTheWritersThatTheLastOneLetGoAreBack() throws Exception {
        simulated.syncsTaking(200_000_000); // so long it is waited for them
        Gate gate = gate("sync");
        Runner first = run(() -> {
            directory.awaitDurable(append());
            directory.awaitDurable(append());
        });
        gate.awaitThread();
        long lsn = append();
        Runner second = run(() -> directory.awaitDurable(lsn));
        Gate.awaitWaiting(second.thread);
        gate.open();
        assertNull(first.join());
        assertNull(second.join());
        assertEquals(List.of("write " + LOG_1 + " 512+80", "sync " + LOG_1, "write " + LOG_1 + " 592+160",
                "sync " + LOG_1), files.take(), "one sync for both");
    }

    @Test
    void shouldBeginNextSyncWithoutWritersThatStayAway() throws Exception {
        simulated.syncsTaking(2_000_000);
        Gate gate = gate("sync");
        Runner first = run(() -> directory.awaitDurable(append()));
        gate.awaitThread();
        long lsn = append();
        Runner second = run(() -> directory.awaitDurable(lsn));
        Gate.awaitWaiting(second.thread);
        gate.open();
        assertNull(first.join());
        assertNull(second.join(), "the first one does not come back");
        assertEquals(2, directory.durableLsn());
    }

    @Test
    void shouldSayInEachFrameWhatWasDurableWhenItWasAppended() throws Exception {
        Gate gate = gate("sync");
        Runner first = run(() -> directory.awaitDurable(append()));
        gate.awaitThread();
        append();
        gate.open();
        assertNull(first.join());
        append();
        directory.sync();
        MemorySegment log = MemorySegment.ofArray(simulated.contents(LOG_1));
        assertEquals(0, log.get(LittleEndian.LONG, 512 + 16));
        assertEquals(0, log.get(LittleEndian.LONG, 592 + 16));
        assertEquals(1, log.get(LittleEndian.LONG, 672 + 16));
    }

    @Test
    void shouldHoldAppendsUpWhileBothBuffersAreFull() throws Exception {
        long last = fill();
        Gate gate = gate("write");
        Runner first = run(() -> directory.awaitDurable(last));
        gate.awaitThread();
        fill();
        Runner full = run(this::append);
        Gate.interruptWaiting(full.thread);
        Gate.interruptWaiting(full.thread);
        assertEquals(24, directory.lastLsn());
        gate.open();
        assertNull(first.join());
        assertNull(full.join());
        assertTrue(full.interrupted, "the interrupt is kept for the caller");
        assertEquals(25, directory.lastLsn());
        assertEquals(List.of("write " + LOG_1 + " 512+960", "sync " + LOG_1, "write " + LOG_1 + " 1472+960",
                "sync " + LOG_1), files.take().subList(0, 4));
    }

    @Test
    void shouldGoOnAppendingAsSoonAsTheFullBufferIsSwappedOut() throws Exception {
        long last = fill();
        Gate gate = gate("write");
        Runner first = run(() -> directory.awaitDurable(last));
        gate.awaitThread();
        assertEquals(13, append());
        assertEquals(0, directory.durableLsn());
        gate.open();
        assertNull(first.join());
    }

    @Test
    void shouldKeepInterruptOfThreadThatAwaits() throws Exception {
        Gate gate = gate("sync");
        Runner first = run(() -> directory.awaitDurable(append()));
        gate.awaitThread();
        long lsn = append();
        Runner second = run(() -> directory.awaitDurable(lsn));
        Gate.interruptWaiting(second.thread);
        gate.open();
        assertNull(second.join());
        assertTrue(second.interrupted);
        assertNull(first.join());
        assertFalse(first.interrupted);
    }

    @Test
    void shouldTellAllThatWaitWhenTheSyncFails() throws Exception {
        Gate gate = new Gate("sync");
        files.hook(call -> {
            gate.before(call);
            if (call.startsWith("sync")) {
                throw new IOException("bad sector");
            }
        });
        Runner first = run(() -> directory.awaitDurable(append()));
        gate.awaitThread();
        long lsn = append();
        Runner second = run(() -> directory.awaitDurable(lsn));
        Runner image = run(() -> directory.writeImage(new TestTable(64)));
        Gate.awaitWaiting(second.thread);
        gate.open();
        String failed = "IO_ERROR: simulated: writing the log failed: java.io.IOException: bad sector";
        assertEquals(failed, first.join().getMessage());
        assertCode(ErrorCode.IO_ERROR, second.join());
        assertEquals("IO_ERROR: simulated: the log failed before (java.io.IOException: bad sector), so nothing more is"
                + " written; mend the cause, close the store and open it again", second.thrown.getMessage());
        assertCode(ErrorCode.IO_ERROR, image.join());
        assertEquals(0, directory.durableLsn());
        assertCode(ErrorCode.IO_ERROR, assertThrows(RegionStoreException.class, this::append));
        files.hook(call -> { });
        files.take();
        directory.close();
        assertEquals(List.of(), files.takeChanges(), "nothing is written after a failure, not even at close");
    }

    @Test
    void shouldTellAppendThatWaitsForRoomWhenTheWriteFails() throws Exception {
        long last = fill();
        Gate gate = new Gate("write");
        files.hook(call -> {
            gate.before(call);
            throw new IOException("bad sector");
        });
        Runner first = run(() -> directory.awaitDurable(last));
        gate.awaitThread();
        fill();
        Runner full = run(this::append);
        Gate.awaitWaiting(full.thread);
        gate.open();
        assertCode(ErrorCode.IO_ERROR, first.join());
        assertCode(ErrorCode.IO_ERROR, full.join());
    }

    @Test
    void shouldAcknowledgeBeforeRoomIsMadeAndFailWhatComesAfterIfThatFails() throws Exception {
        Gate gate = new Gate("write " + LOG_1 + " 8192");
        files.hook(call -> {
            gate.before(call);
            if (call.contains(" 8192+")) {
                throw new IOException("bad sector");
            }
        });
        fill();
        directory.sync();
        append();
        Runner second = run(directory::sync); // up to 1552: no room is short
        assertNull(second.join());
        fill();
        long lsn = directory.lastLsn();
        Runner third = run(directory::sync);
        gate.awaitThread();
        assertEquals(lsn, directory.durableLsn());
        directory.awaitDurable(lsn);
        long later = append();
        Runner waits = run(() -> directory.awaitDurable(later));
        Gate.awaitWaiting(waits.thread);
        gate.open();
        assertCode(ErrorCode.IO_ERROR, third.join());
        assertTrue(third.thrown.getMessage().contains("bad sector"), third.thrown.getMessage());
        assertCode(ErrorCode.IO_ERROR, waits.join());
        directory.awaitDurable(lsn);
    }

    @Test
    void shouldWaitForTheSyncUnderWayBeforeLogsAreSwitched() throws Exception {
        Gate gate = gate("sync " + LOG_1);
        Runner first = run(() -> directory.awaitDurable(append()));
        gate.awaitThread();
        append();
        Runner image = run(() -> directory.writeImage(new TestTable(64)));
        Gate.interruptWaiting(image.thread);
        Gate.interruptWaiting(image.thread);
        List<String> calls = files.take();
        assertEquals("sync names", calls.getLast(), "the new log has its name, and the old one is not touched yet");
        gate.open();
        assertNull(first.join());
        assertNull(image.join());
        assertTrue(image.interrupted);
        assertEquals(List.of("write " + LOG_1 + " 592+80", "sync " + LOG_1), files.take().subList(0, 2));
        append();
        directory.sync();
        assertEquals("write log-0000000000000003 512+80", files.takeChanges().get(0));
    }

    @Test
    void shouldKeepAppendsOutOfTheOldLogDuringTheSwitch() throws Exception {
        append();
        Gate gate = gate("sync " + LOG_1);
        Runner image = run(() -> directory.writeImage(new TestTable(64) {
            @Override
            public void awaitApplied(long lsn) {
                assertEquals(1, lsn);
            }
        }));
        gate.awaitThread();
        long lsn = append();
        Runner second = run(() -> directory.awaitDurable(lsn));
        Gate.awaitWaiting(second.thread);
        assertEquals(0, directory.durableLsn());
        gate.open();
        assertNull(second.join());
        assertNull(image.join());
        assertTrue(files.take().contains("write " + LOG_2 + " 512+80"), "the frame begins the new log");
        directory.close();
        TestTable found = new TestTable(64);
        MetadataDirectory opened = MetadataDirectory.open(simulated, found, SMALL);
        assertEquals(2, opened.replayedUpTo());
        assertEquals(1, opened.replayedFrames());
    }

    @Test
    void shouldFailAppendsAndTheSwitchWhenFinishingTheLogFails() throws Exception {
        append();
        files.hook(call -> {
            if (call.equals("sync " + LOG_1)) {
                throw new IOException("bad sector");
            }
        });
        RegionStoreException e =
                assertThrows(RegionStoreException.class, () -> directory.writeImage(new TestTable(64)));
        assertEquals("IO_ERROR: simulated: finishing the log failed: java.io.IOException: bad sector", e.getMessage());
        assertCode(ErrorCode.IO_ERROR, assertThrows(RegionStoreException.class, this::append));
        assertEquals(1, simulated.openFiles(), "the new log is closed");
    }

    @Test
    void shouldEndTheLogWhenItIsNotKnownWhetherTheNewOneHasItsName() {
        long lsn = append();
        directory.awaitDurable(lsn);
        files.hook(call -> {
            if (call.equals("sync names")) {
                throw new IOException("bad sector");
            }
        });
        RegionStoreException e =
                assertThrows(RegionStoreException.class, () -> directory.writeImage(new TestTable(64)));
        assertEquals("IO_ERROR: simulated: naming a log failed: java.io.IOException: bad sector", e.getMessage());
        files.hook(call -> { });
        assertCode(ErrorCode.IO_ERROR, assertThrows(RegionStoreException.class, this::append));
        assertCode(ErrorCode.IO_ERROR,
                assertThrows(RegionStoreException.class, () -> directory.writeImage(new TestTable(64))));
        directory.awaitDurable(lsn);
        assertEquals(1, simulated.openFiles());
    }

    @Test
    void shouldLetSwitchAndAppendThatWaitGoOnAfterTheSync() throws Exception {
        Gate gate = gate("sync " + LOG_1);
        Runner first = run(() -> directory.awaitDurable(append()));
        gate.awaitThread();
        Runner image = run(() -> directory.writeImage(new TestTable(64))); // waits for the role
        Gate.awaitWaiting(image.thread);
        fill();
        Runner full = run(this::append);
        Gate.awaitWaiting(full.thread);
        gate.open();
        assertNull(first.join());
        assertNull(image.join());
        assertNull(full.join());
    }

    @Test
    void shouldWaitAtCloseForTheThreadThatWrites() throws Exception {
        Gate gate = gate("sync");
        long lsn = append();
        Runner first = run(() -> directory.awaitDurable(lsn));
        gate.awaitThread();
        Runner close = run(directory::close);
        Gate.interruptWaiting(close.thread);
        assertEquals(1, simulated.openFiles());
        gate.open();
        assertNull(close.join());
        assertTrue(close.interrupted);
        assertNull(first.join());
        assertEquals(0, simulated.openFiles());
        assertCode(ErrorCode.CLOSED, assertThrows(RegionStoreException.class, this::append));
    }

    @Test
    void shouldWaitAtCloseForTheThreadThatMakesRoom() throws Exception {
        Gate gate = gate("write " + LOG_1 + " 8192");
        fill();
        directory.sync();
        long lsn = fill();
        Runner first = run(directory::sync);
        gate.awaitThread();
        assertEquals(lsn, directory.durableLsn());
        Runner close = run(directory::close);
        Gate.interruptWaiting(close.thread);
        Gate.interruptWaiting(close.thread);
        gate.open();
        assertNull(close.join());
        assertTrue(close.interrupted);
        assertNull(first.join());
    }

    @Test
    void shouldWaitAtCloseForAnImage() throws Exception {
        Gate gate = gate("create image");
        Runner image = run(() -> directory.writeImage(new TestTable(64)));
        gate.awaitThread();
        Runner close = run(directory::close);
        while (close.thread.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        append(); // still
        gate.open();
        assertNull(image.join());
        assertNull(close.join());
        assertEquals(1, directory.durableLsn());
    }

    @Test
    void shouldMakeAllDurableAtCloseAndFailIfThatFails() {
        append();
        files.hook(call -> {
            throw new IOException("bad sector");
        });
        assertCode(ErrorCode.IO_ERROR, assertThrows(RegionStoreException.class, directory::close));
        assertEquals(0, simulated.openFiles(), "released all the same");
    }

    @Test
    void shouldRefuseToAwaitWhatWasNotAppended() {
        append();
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> directory.awaitDurable(2));
        assertEquals("INVALID_ARGUMENT: simulated: awaited LSN 2, but the last one appended is 1", e.getMessage());
        assertCode(ErrorCode.INVALID_ARGUMENT, e);
        directory.awaitDurable(1);
        directory.awaitDurable(0);
    }

    @Test
    void shouldRefuseSlotsThatReplayWouldRefuse() {
        long limit = (1L << 25) + 2 * 64;
        MemorySegment two = MemorySegment.ofArray(new byte[64]);
        directory.append(two, 0, limit - 2, 2, limit - 1);
        String message = "INVALID_ARGUMENT: simulated: expected slots below " + limit + ", found ";
        for (long[] beyond : new long[][] {{limit - 1, -1}, {Long.MAX_VALUE, -1}, {-1, -1}, {0, limit}, {0, -2}}) {
            RegionStoreException e = assertThrows(RegionStoreException.class,
                    () -> directory.append(two, 0, beyond[0], 2, beyond[1]));
            assertEquals(message + "2 from " + beyond[0] + " and the retirement of " + beyond[1], e.getMessage());
        }
        assertEquals(message + "0 from -1 and the retirement of " + limit,
                assertThrows(RegionStoreException.class, () -> directory.appendRetire(limit)).getMessage());
        assertEquals(1, directory.lastLsn());
        directory.sync();
        directory.appendRetire(limit + 127); // a frame further
        assertThrows(RegionStoreException.class, () -> directory.appendRetire(limit + 128));
        directory.close();
        List<Long> retired = new ArrayList<>();
        MetadataDirectory.open(simulated, new TestTable(64) {
            @Override
            public void write(long firstSlot, MemorySegment source) {
                retired.add(firstSlot);
            }

            @Override
            public void retire(long slot) {
                retired.add(slot);
            }
        }, SMALL).close();
        assertEquals(List.of(limit - 2, limit - 1, limit + 127), retired);
    }

    @Test
    void shouldTakeFrameThatJustFitsTheBuffer() {
        SimulatedFiles others = new SimulatedFiles();
        try (MetadataDirectory smallest = MetadataDirectory.create(others, new UUID(1, 2), 64, TestTable.header(1),
                SMALL.withSizes(560, 4096))) {
            smallest.start();
            assertEquals(1, smallest.appendHeader(TestTable.header(2)));
            assertEquals(2, smallest.appendHeader(TestTable.header(3)));
            assertEquals(1, smallest.durableLsn());
        }
        TestTable found = new TestTable(64);
        MetadataDirectory opened = MetadataDirectory.open(others, found, SMALL);
        assertEquals(-1, opened.header().mismatch(TestTable.header(3)));
        assertEquals(3, found.header[511], "the table is told too");
    }

    @Test
    void shouldRefuseFramesThatFitNoBuffer() {
        MemorySegment source = MemorySegment.ofArray(new byte[2048]);
        assertEquals(1, directory.append(source, 0, 0, 30, -1)); // 1008 of 1024 bytes
        for (int slots : new int[] {31, 0, -1, Integer.MAX_VALUE}) {
            RegionStoreException e = assertThrows(RegionStoreException.class,
                    () -> directory.append(source, 0, 0, slots, -1));
            assertEquals("INVALID_ARGUMENT: simulated: a frame of " + slots + " slots: expected 1 to 30",
                    e.getMessage());
        }
    }
}
