package io.regionstore.index;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.device.AnonymousMemory;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.table.SlotTable;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StripeLockTest {
    @Test
    void shouldLeaveInterruptedVirtualThreadsCarriersForTheHolder() throws Exception {
        try (Arena arena = Arena.ofShared();
                RecordIndex index = new RecordIndex(new SlotTable(new MappedMemory(AnonymousMemory.reserve(4096, arena),
                        FlushMethod.NONE), 0, 64), 64, 64, 0)) {
            List<Thread> threads = new ArrayList<>();
            Thread holder = Thread.ofVirtual().start(() -> {
                index.lock(0);
                try {
                    Thread.sleep(Duration.ofMillis(100)); // gives its carrier away
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                } finally {
                    index.unlock(0);
                }
            });
            threads.add(holder);
            while (holder.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    Thread.currentThread().interrupt();
                    index.lock(0);
                    index.unlock(0);
                    assertTrue(Thread.currentThread().isInterrupted());
                }));
            }
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
            boolean over = threads.stream().noneMatch(Thread::isAlive);
            if (!over) {
                Runtime.getRuntime().halt(1); // nothing else would end those threads, nor let the arena close
            }
        }
    }
}
