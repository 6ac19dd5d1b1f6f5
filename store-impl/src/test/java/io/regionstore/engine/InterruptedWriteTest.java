package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Puts on a stack that is nearly used up, as a user's recursion leaves it: tried at every depth at which they do not fit.
 * {@code StoreErrorsTest} tries every call, one by one, and the heap as well.
 */
class InterruptedWriteTest {
    private static final int STORES = 20;
    private static final int MOST_PUTS = 400;
    private static final long STACK_BYTES = 256 << 10;
    private static final long MILLIS = 60_000;

    private final MemoryMedia media = new MemoryMedia(1 << 20, 1 << 18, 1);
    private final Map<Long, Long> acknowledged = new HashMap<>();
    private final Map<Long, Set<Long>> inDoubt = new HashMap<>();
    private RegionStore store;
    private long next;
    private int puts;
    private int overflows;

    /** Puts at the deepest place where it can be tried, then at each one above. */
    private void dive(int padding) {
        try {
            if (padding > 0) {
                diveWithMore(padding - 1, 1, 2, 3, 4);
            } else {
                dive(0);
            }
        } catch (StackOverflowError e) {
            // here is the bottom
        }
        if (puts++ < MOST_PUTS) {
            tryPut();
        }
    }

    private void diveWithMore(int padding, long a, long b, long c, long d) {
        dive(padding);
        assertNotEquals(0, a + b + c + d);
    }

    private void tryPut() {
        long key = next % 16;
        long value = ++next;
        try {
            store.put(key, MemorySegment.ofArray(new long[] {value, ~value}));
            acknowledged.put(key, value);
            inDoubt.remove(key);
        } catch (StackOverflowError e) {
            overflows++;
            inDoubt.computeIfAbsent(key, k -> new HashSet<>()).add(value);
        } catch (RegionStoreException e) {
            // after an Error at a place where it matters
        }
    }

    @Test
    void shouldHangNowhereAndLoseNothingWhereStackIsShort() throws InterruptedException {
        store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, 4096);
        for (int i = 0; i < STORES; i++) {
            int padding = i;
            puts = 0;
            inThread(STACK_BYTES, () -> dive(padding));
            inThread(0, () -> {
                requireRecords(); // by whom the Error did not meet
                tryPut();
                requireRecords();
                store.close();
            });
            store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.OPEN, 0);
            requireRecords();
        }
        store.close();
        assertTrue(overflows > STORES, () -> "the stack was too short " + overflows + " times");
    }

    private static void inThread(long stackBytes, Runnable run) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(null, run, "short of stack", stackBytes);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
        thread.start();
        thread.join(MILLIS);
        if (thread.isAlive()) {
            AssertionError hangs = new AssertionError("not over after " + MILLIS + " ms");
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    private void requireRecords() {
        for (long key = 0; key < 16; key++) {
            long[] found = new long[2];
            long length = store.get(key, MemorySegment.ofArray(found), 0);
            Long expected = acknowledged.get(key);
            if (length == RegionStore.ABSENT) {
                assertEquals(null, expected, "record " + key);
                continue;
            }
            assertArrayEquals(new long[] {found[0], ~found[0]}, found);
            boolean maybe = inDoubt.getOrDefault(key, Set.of()).contains(found[0]);
            assertTrue(maybe || expected != null && expected == found[0], "record " + key + ": " + found[0]
                    + ", acknowledged " + expected + ", in doubt " + inDoubt.get(key));
        }
    }
}
