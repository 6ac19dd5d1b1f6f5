package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.Memory;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Readers that lose a race, at the worst moment: writes come in between two of their loads. */
class ReadRulesTest {
    private static final int REGION = 4096;
    private static final int METADATA = 28 << 10;
    private static final int PAYLOAD = 400;
    private static final int LONGER = 500;
    /** Puts that use up the region, so that what one gave back is used again. */
    private static final int ROUNDS = 200;

    private final MemoryMedia media = new MemoryMedia(REGION, METADATA, 1);
    private final AtomicReference<String> method = new AtomicReference<>("");
    private final AtomicInteger call = new AtomicInteger();
    private boolean after;
    private int interrupted;
    private Runnable meanwhile;
    private RegionStore store;

    @BeforeEach
    void open() {
        media.through(this::interruptible);
        store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, 64);
        put(1, 1);
    }

    @AfterEach
    void close() {
        store.close();
        media.close();
    }

    private void put(long key, int value) {
        put(key, value, PAYLOAD);
    }

    private void put(long key, int value, int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) value);
        store.put(key, MemorySegment.ofArray(payload));
    }

    /** Before or after one call of the memory others write. */
    private Memory interruptible(Memory memory) {
        return (Memory) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Memory.class},
                (proxy, called, arguments) -> {
                    boolean now = called.getName().equals(method.get()) && call.decrementAndGet() == 0;
                    if (now && !after) {
                        interrupt();
                    }
                    try {
                        return called.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (now && after) {
                            interrupt();
                        }
                    }
                });
    }

    private void interrupt() {
        method.set("");
        interrupted++;
        meanwhile.run();
    }

    private void before(String name, int n, Runnable action) {
        at(name, n, action);
        after = false;
    }

    private void after(String name, int n, Runnable action) {
        at(name, n, action);
        after = true;
    }

    /** At the {@code n}th call of a method of the memory. */
    private void at(String name, int n, Runnable action) {
        meanwhile = action;
        call.set(n);
        method.set(name);
    }

    /** Replaces key 1 and fills the region with others' bytes until its first extent is theirs. */
    private void replaceAndReuse() {
        put(1, 2);
        for (int i = 0; i < ROUNDS; i++) {
            put(2 + i % 3, 9, LONGER);
        }
    }

    private static void requireBytes(byte[] found, int value) {
        for (byte b : found) {
            assertEquals(value, b, "bytes of another record");
        }
    }

    @Test
    void shouldCopyNoBytesOfAnotherRecordThatCameIntoTheExtent() {
        byte[] buffer = new byte[PAYLOAD];
        before("copyOut", 1, this::replaceAndReuse);
        assertEquals(PAYLOAD, store.get(1, MemorySegment.ofArray(buffer), 0));
        requireBytes(buffer, 2);
        assertEquals(1, interrupted);
    }

    private long length(byte[] buffer) {
        try {
            return store.get(1, MemorySegment.ofArray(buffer), 0);
        } catch (RegionStoreException e) {
            throw new AssertionError("the length of another record", e);
        }
    }

    @Test
    void shouldNotMixWordsOfTwoRecordsThatHadTheSlot() {
        byte[] buffer = new byte[PAYLOAD];
        for (int n = 1; n < 14; n++) {
            for (String load : new String[] {"getLong", "getLongAcquire"}) {
                put(1, 1);
                before(load, n, this::replaceAndReuse);
                assertTrue(store.version(1) > 0);
                method.set("");
                put(1, 1);
                before(load, n, this::replaceAndReuse);
                assertEquals(PAYLOAD, length(buffer));
                method.set("");
                assertEquals(buffer[0], buffer[PAYLOAD - 1]);
                assertTrue(buffer[0] == 1 || buffer[0] == 2, "bytes of another record");
            }
        }
        assertTrue(interrupted > 10);
    }

    @Test
    void shouldShowNoRecordThatWasGivenBackBeforeThePinWasSeen() {
        try (RecordView view = store.newView()) {
            // the reader has seen the tail of a live slot, and its pin is not up yet
            after("getLongAcquire", 1, () -> {
                put(1, 2);
                store.largestFreeExtent(8); // gives back what was retired
            });
            assertTrue(store.get(1, view));
            assertEquals(1, interrupted);
            byte[] shown = view.segment().toArray(ValueLayout.JAVA_BYTE);
            replaceAndReuse();
            assertArrayEquals(shown, view.segment().toArray(ValueLayout.JAVA_BYTE), "bytes that are not pinned");
        }
    }

    @Test
    void shouldNotReuseWhatAViewPins() {
        try (RecordView view = store.newView()) {
            assertTrue(store.get(1, view));
            replaceAndReuse();
            requireBytes(view.segment().toArray(ValueLayout.JAVA_BYTE), 1);
            store.delete(1);
            assertFalse(store.contains(1));
            replaceAndReuse();
            requireBytes(view.segment().toArray(ValueLayout.JAVA_BYTE), 1);
        }
    }
}
