package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.RecoveryListener;
import io.regionstore.RecoveryListener.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ParallelScanTest {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final RecoveryListener SILENT = (phase, done, total) -> { };

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 128, 1000})
    void shouldVisitEveryUnitOnceInWholeBlocks(int units) {
        AtomicIntegerArray visits = new AtomicIntegerArray(1024);
        ParallelScan.run(units, 64, Phase.SCAN, SILENT, () -> (from, to) -> {
            assertEquals(0, from % 64);
            assertEquals(Math.min(units, from + 64), to);
            for (long unit = from; unit < to; unit++) {
                visits.incrementAndGet((int) unit);
            }
        });
        for (int unit = 0; unit < 1024; unit++) {
            assertEquals(unit < units ? 1 : 0, visits.get(unit), "unit " + unit);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 64, 65})
    void shouldUseAsManyThreadsAsThereIsWorkAndProcessorsFor(int units) {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        AtomicInteger workers = new AtomicInteger();
        ParallelScan.run(units, 1, Phase.SCAN, SILENT, () -> {
            threads.add(Thread.currentThread());
            workers.incrementAndGet();
            return (from, to) -> { };
        });
        assertEquals(Math.max(1, Math.min(units, PROCESSORS)), workers.get());
        assertEquals(workers.get(), threads.size());
        assertTrue(threads.remove(Thread.currentThread()));
        assertTrue(threads.stream().allMatch(thread -> thread.isDaemon() && !thread.isAlive()));
    }

    @Test
    void shouldTellTheProgressToOneAtATime() {
        AtomicBoolean inside = new AtomicBoolean();
        List<Long> told = new ArrayList<>();
        ParallelScan.run(1000, 64, Phase.VERIFY, (phase, done, total) -> {
            assertTrue(inside.compareAndSet(false, true));
            assertEquals(Phase.VERIFY, phase);
            assertEquals(1000, total);
            told.add(done);
            inside.set(false);
        }, () -> (from, to) -> { });
        assertEquals(16, told.size());
        assertEquals(1000, told.getLast());
        for (int i = 1; i < told.size(); i++) {
            assertTrue(told.get(i) > told.get(i - 1), told.toString());
        }
    }

    @Test
    void shouldThrowWhatAWorkerThrowsAndStop() {
        for (Throwable failure : new Throwable[] {new IllegalArgumentException("first"), new InternalError("first")}) {
            AtomicInteger blocks = new AtomicInteger();
            Throwable thrown = assertThrows(failure.getClass(), () -> ParallelScan.run(1 << 20, 1, Phase.SCAN, SILENT,
                    () -> (from, to) -> {
                        blocks.incrementAndGet();
                        ParallelScanTest.<RuntimeException>raise(failure);
                    }));
            assertSame(failure, thrown);
            assertTrue(blocks.get() <= PROCESSORS, blocks + " blocks");
        }
    }

    @Test
    void shouldThrowWhatAListenerThrowsThoughItDeclaresNothing() {
        IOException failure = new IOException("disk of the log");
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> ParallelScan.run(10, 1,
                Phase.SCAN, (phase, done, total) -> ParallelScanTest.<RuntimeException>raise(failure),
                () -> (from, to) -> { }));
        assertSame(failure, thrown.getCause());
    }

    @Test
    void shouldThrowWhatKeepsAWorkerFromBeingMade() {
        OutOfMemoryError failure = new OutOfMemoryError("of a test");
        assertSame(failure, assertThrows(OutOfMemoryError.class, () -> ParallelScan.run(10, 1, Phase.SCAN, SILENT,
                () -> {
                    throw failure;
                })));
    }

    @Test
    void shouldThrowWhatAHelperThrows() {
        assumeTrue(PROCESSORS > 1);
        Thread caller = Thread.currentThread();
        CountDownLatch helperIsThere = new CountDownLatch(1);
        IllegalArgumentException failure = new IllegalArgumentException("in a helper");
        assertSame(failure, assertThrows(IllegalArgumentException.class, () -> ParallelScan.run(2, 1, Phase.SCAN, SILENT,
                () -> (from, to) -> {
                    if (Thread.currentThread() != caller) {
                        helperIsThere.countDown();
                        throw failure;
                    }
                    await(helperIsThere);
                })));
    }

    @Test
    void shouldWaitForItsHelpersThoughItIsInterruptedAndSayThatItWas() {
        assumeTrue(PROCESSORS > 1);
        Thread caller = Thread.currentThread();
        CountDownLatch helperIsThere = new CountDownLatch(1);
        AtomicBoolean helped = new AtomicBoolean();
        ParallelScan.run(2, 1, Phase.SCAN, SILENT, () -> (from, to) -> {
            if (Thread.currentThread() == caller) {
                await(helperIsThere);
                caller.interrupt();
            } else {
                helperIsThere.countDown();
                while (caller.isInterrupted() || caller.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait(); // until it waits for this thread, once more after the interrupt
                }
                helped.set(true);
            }
        });
        assertTrue(helped.get());
        assertTrue(Thread.interrupted());
    }

    @Test
    void shouldNotInterruptAnybody() {
        ParallelScan.run(100, 1, Phase.SCAN, SILENT, () -> (from, to) -> { });
        assertFalse(Thread.interrupted());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }
}
