package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import io.regionstore.proof.SimulatedFiles.Survival;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many threads, one log. */
@Tag("exhaustive")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ConcurrencyTest {
    private static final int THREADS = 8;
    private static final int PER_THREAD = 400;
    private static final int SLOTS = THREADS * PER_THREAD;
    private static final Options SMALL = Options.DEFAULT.withSizes(1024, 4096);

    @TempDir
    Path temporary;

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void inParallel(Work work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            CountDownLatch start = new CountDownLatch(THREADS);
            List<Future<?>> results = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                results.add(threads.submit(() -> {
                    start.countDown();
                    start.await();
                    work.run(thread);
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        }
    }

    private static MemorySegment slot(long value) {
        long[] words = {value, ~value, value * 3, value + 1};
        return MemorySegment.ofArray(words);
    }

    private static void assertSlots(TestTable found, int thread, int count) {
        MemorySegment table = MemorySegment.ofArray(found.bytes);
        for (int i = 0; i < count; i++) {
            long slot = (long) thread * PER_THREAD + i;
            assertEquals(-1, table.asSlice(slot * 32, 32).mismatch(slot(slot + 1)), "slot " + slot);
        }
    }

    @Test
    void shouldKeepEveryAwaitedFrameOfManyThreadsAndShareSyncs() throws Exception {
        SimulatedFiles files = new SimulatedFiles().syncsTaking(200_000);
        MetadataDirectory directory =
                MetadataDirectory.create(files, new UUID(1, 2), SLOTS, TestTable.header(1), SMALL);
        directory.start();
        int before = files.fileSyncs();
        inParallel(thread -> {
            for (int i = 0; i < PER_THREAD; i++) {
                long slot = (long) thread * PER_THREAD + i;
                long lsn = directory.append(slot(slot + 1), 0, slot, 1, -1);
                directory.awaitDurable(lsn);
                assertTrue(directory.durableLsn() >= lsn);
            }
        });
        int syncs = files.fileSyncs() - before;
        assertTrue(syncs < SLOTS / 2, syncs + " syncs for " + SLOTS + " commits");
        TestTable found = new TestTable(SLOTS);
        MetadataDirectory.open(files.afterCrash(Survival.NONE, new Random(1)), found, SMALL);
        for (int thread = 0; thread < THREADS; thread++) {
            assertSlots(found, thread, PER_THREAD);
        }
        directory.close();
        assertEquals(0, files.openFiles());
    }

    @Test
    void shouldKeepEveryAwaitedFrameWhenPowerIsLostUnderManyThreads() throws Exception {
        for (int round = 0; round < 20; round++) {
            SimulatedFiles files = new SimulatedFiles();
            MetadataDirectory directory =
                    MetadataDirectory.create(files, new UUID(1, 2), SLOTS, TestTable.header(1), SMALL);
            directory.start();
            files.crashAtChange(20 + 17 * round);
            int[] awaited = new int[THREADS];
            inParallel(thread -> {
                try {
                    for (int i = 0; i < PER_THREAD; i++) {
                        long slot = (long) thread * PER_THREAD + i;
                        directory.awaitDurable(directory.append(slot(slot + 1), 0, slot, 1, -1));
                        awaited[thread] = i + 1;
                    }
                } catch (RegionStoreException e) {
                    assertEquals(ErrorCode.IO_ERROR, e.code());
                }
            });
            assertTrue(files.reached());
            TestTable found = new TestTable(SLOTS);
            MetadataDirectory.open(files.afterCrash(Survival.ANY, new Random(round)), found, SMALL);
            for (int thread = 0; thread < THREADS; thread++) {
                assertSlots(found, thread, awaited[thread]);
            }
            assertThrows(RegionStoreException.class, () -> directory.appendRetire(0));
            if (directory.durableLsn() < directory.lastLsn()) {
                assertThrows(RegionStoreException.class, directory::sync);
            } else {
                directory.sync(); // what was durable before the failure stays so
            }
            directory.close();
            assertEquals(0, files.openFiles());
        }
    }

    @Test
    void shouldWriteImagesWhileThreadsAppend() throws Exception {
        Path path = temporary.resolve("meta");
        Options options = Options.DEFAULT.withSizes(4096, 4096).withImageBytes(16 << 10);
        TestTable table = new TestTable(SLOTS);
        ReentrantReadWriteLock applying = new ReentrantReadWriteLock();
        AtomicInteger images = new AtomicInteger();
        try (MetadataDirectory directory =
                     MetadataDirectory.create(path, new UUID(1, 2), SLOTS, TestTable.header(1), options)) {
            directory.start();
            AtomicBoolean running = new AtomicBoolean(true);
            Thread writers = new Thread(() -> {
                try {
                    inParallel(thread -> {
                        for (int i = 0; i < PER_THREAD; i++) {
                            long slot = (long) thread * PER_THREAD + i;
                            while (i == PER_THREAD / 2 && images.get() == 0) {
                                Thread.onSpinWait(); // the second image is due to what follows the first
                            }
                            applying.readLock().lock();
                            try {
                                long lsn = directory.append(slot(slot + 1), 0, slot, 1, i % 2 == 1 ? slot - 1 : -1);
                                table.write(slot, slot(slot + 1));
                                if (i % 2 == 1) {
                                    table.retire(slot - 1);
                                }
                                directory.awaitDurable(lsn);
                            } finally {
                                applying.readLock().unlock();
                            }
                        }
                    });
                } catch (Exception e) {
                    throw new AssertionError(e);
                } finally {
                    running.set(false);
                }
            });
            writers.start();
            ImageSource source = new ImageSource() {
                @Override
                public void awaitApplied(long lsn) {
                    applying.writeLock().lock(); // all that appended have applied when this is had
                    applying.writeLock().unlock();
                }

                @Override
                public long tableSlots() {
                    return SLOTS;
                }

                @Override
                public long usedSlots() {
                    return SLOTS;
                }

                @Override
                public void copy(long firstSlot, MemorySegment destination) {
                    table.copy(firstSlot, destination);
                }
            };
            while (running.get() || directory.imageDue()) {
                if (directory.imageDue()) {
                    directory.writeImage(source);
                    images.incrementAndGet();
                }
                Thread.onSpinWait();
            }
            writers.join();
        }
        assertTrue(images.get() >= 2, "images: " + images);
        TestTable found = new TestTable(SLOTS);
        MetadataDirectory.open(path, found, options).close();
        assertArrayEquals(table.bytes, found.bytes);
    }

    /** Found by name, since the module under test does not read java.management. */
    private static final MethodHandle ALLOCATED_BYTES = allocatedBytes();

    private static MethodHandle allocatedBytes() {
        try {
            Object bean = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
            return MethodHandles.publicLookup().findVirtual(Class.forName("com.sun.management.ThreadMXBean"),
                    "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class)).bindTo(bean);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldAllocateNothingPerCommitAfterWarmUp() throws Throwable {
        for (boolean synced : new boolean[] {false, true}) {
            Options options = Options.DEFAULT.withSynced(synced);
            try (Arena arena = Arena.ofConfined();
                 MetadataDirectory directory = MetadataDirectory.create(temporary.resolve("heap" + synced),
                         new UUID(1, 2), 1024, TestTable.header(1), options)) {
                directory.start();
                MemorySegment slots = arena.allocate(128, 8);
                slots.set(ValueLayout.JAVA_LONG, 0, 42);
                long allocated = 0;
                // The compiler takes its time: what counts is that it comes to nothing.
                for (int round = 0; round < 20; round++) {
                    long before = (long) ALLOCATED_BYTES.invokeExact();
                    commits(directory, slots, 2_000);
                    allocated = (long) ALLOCATED_BYTES.invokeExact() - before;
                    if (allocated == 0) {
                        break;
                    }
                }
                assertEquals(0, allocated, "bytes for 2000 commits, synced " + synced);
            }
        }
    }

    private static void commits(MetadataDirectory directory, MemorySegment slots, int count) {
        for (int i = 0; i < count; i++) {
            directory.awaitDurable(directory.append(slots, 32, i & 511, 2, i & 511));
            directory.imageDue();
        }
        directory.awaitDurable(directory.appendRetire(3));
    }

    @Test
    void shouldMakeRelaxedCommitsDurableAtTheInterval() throws Exception {
        SimulatedFiles files = new SimulatedFiles();
        Options relaxed = SMALL.withRelaxed(Duration.ofMillis(5));
        try (MetadataDirectory directory =
                     MetadataDirectory.create(files, new UUID(1, 2), SLOTS, TestTable.header(1), relaxed)) {
            directory.start();
            long lsn = directory.append(slot(1), 0, 0, 1, -1);
            while (directory.durableLsn() < lsn) {
                Thread.onSpinWait();
            }
            TestTable found = new TestTable(SLOTS);
            MetadataDirectory.open(files.afterCrash(Survival.NONE, new Random(1)), found, SMALL);
            assertSlots(found, 0, 1);
        }
        assertEquals(0, files.openFiles());
    }

    @Test
    void shouldLosePrefixOnlyWhenRelaxedCommitsMeetPowerLoss() {
        for (int seed = 0; seed < 100; seed++) {
            SimulatedFiles files = new SimulatedFiles();
            MetadataDirectory directory =
                    MetadataDirectory.create(files, new UUID(1, 2), SLOTS, TestTable.header(1),
                            SMALL.withSizes(4096, 4096).withRelaxed(Duration.ofHours(1)));
            directory.start();
            files.crashAtChange(3 + seed % 16);
            int appended = 0;
            try {
                for (; appended < 500; appended++) {
                    directory.append(slot(appended + 1), 0, appended, 1, -1);
                }
            } catch (RegionStoreException e) {
                assertEquals(ErrorCode.IO_ERROR, e.code());
            }
            long durable = directory.durableLsn();
            TestTable found = new TestTable(SLOTS);
            Survival survival = seed % 4 == 0 ? Survival.ANY : Survival.MOST;
            MetadataDirectory opened =
                    MetadataDirectory.open(files.afterCrash(survival, new Random(seed)), found, SMALL);
            long last = opened.replayedUpTo();
            assertTrue(last >= durable && last <= appended, durable + " <= " + last + " <= " + appended);
            TestTable expected = new TestTable(SLOTS);
            for (int i = 0; i < last; i++) {
                expected.write(i, slot(i + 1));
            }
            assertArrayEquals(expected.bytes, found.bytes, "seed " + seed);
            directory.close();
        }
    }

    @Test
    void shouldSurviveInterruptsOfCommittingThreads() throws Exception {
        Path path = temporary.resolve("interrupted");
        try (MetadataDirectory directory =
                     MetadataDirectory.create(path, new UUID(1, 2), SLOTS, TestTable.header(1), SMALL)) {
            directory.start();
            AtomicBoolean running = new AtomicBoolean(true);
            int commits = 60;
            List<Thread> victims = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                int thread = t;
                victims.add(new Thread(() -> {
                    for (int i = 0; i < commits; i++) {
                        long slot = (long) thread * PER_THREAD + i;
                        directory.awaitDurable(directory.append(slot(slot + 1), 0, slot, 1, -1));
                    }
                }));
            }
            Thread attacker = new Thread(() -> {
                while (running.get()) {
                    victims.forEach(Thread::interrupt);
                    Thread.onSpinWait();
                }
            });
            victims.forEach(Thread::start);
            attacker.start();
            for (Thread victim : victims) {
                victim.join();
            }
            running.set(false);
            attacker.join();
            assertEquals(2 * commits, directory.durableLsn());

            Thread.currentThread().interrupt();
            directory.awaitDurable(directory.appendRetire(SLOTS - 1));
            assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
            assertFalse(Thread.interrupted());
        }
        TestTable found = new TestTable(SLOTS);
        MetadataDirectory.open(path, found, SMALL);
        assertSlots(found, 1, 60);
    }
}
