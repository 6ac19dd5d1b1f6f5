package io.regionstore.engine;

import static io.regionstore.engine.StoreSetup.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.SpaceReport;
import io.regionstore.Verdict;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every store does, on every kind of media, and on simulated ones. */
class StoreContractTest {
    private static final long REGION = ContractStores.REGION;

    @TempDir
    Path home;

    private static String text(RegionStore store, long key) {
        byte[] buffer = new byte[1000];
        long length = store.get(key, MemorySegment.ofArray(buffer), 0);
        return length < 0 ? null : new String(buffer, 0, (int) length);
    }

    private static String text(RegionStore store, String key) {
        byte[] buffer = new byte[1000];
        long length = store.get(bytes(key), MemorySegment.ofArray(buffer), 0);
        return length < 0 ? null : new String(buffer, 0, (int) length);
    }

    @ParameterizedTest
    @MethodSource("io.regionstore.engine.ContractStores#all")
    void shouldKeepRecordsThroughCloseAndOpen(ContractStores stores) {
        long version;
        try (RegionStore store = stores.create(home, 1024)) {
            assertEquals(Verdict.CREATED, store.recovery().verdict());
            store.put(1, bytes("one"));
            store.put(2, bytes("two"));
            store.put(bytes("key"), bytes("three"));
            store.put(bytes("k".repeat(1024)), bytes("four"));
            store.put(3, bytes(""));
            version = store.put(2, bytes("two again"));
            assertTrue(store.delete(1));
            assertFalse(store.delete(1));
            assertEquals(4, store.size());
        }
        try (RegionStore store = stores.open(home)) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            assertEquals(4, store.recovery().kept());
            assertEquals(4, store.size());
            assertEquals(null, text(store, 1));
            assertEquals("two again", text(store, 2));
            assertEquals("three", text(store, "key"));
            assertEquals("four", text(store, "k".repeat(1024)));
            assertEquals("", text(store, 3));
            assertEquals(version, store.version(2));
            assertTrue(store.put(2, bytes("x")) > version);
            assertTrue(store.put(1, bytes("y")) > version, "versions of a deleted key go on");
        }
    }

    @ParameterizedTest
    @MethodSource("io.regionstore.engine.ContractStores#all")
    void shouldCompareVersions(ContractStores stores) {
        try (RegionStore store = stores.create(home, 1024)) {
            long v1 = store.putIfVersion(7, RegionStore.ABSENT, bytes("a"));
            assertTrue(v1 > 0);
            assertEquals(RegionStore.ABSENT, store.putIfVersion(7, RegionStore.ABSENT, bytes("b")));
            assertEquals(RegionStore.ABSENT, store.putIfVersion(7, v1 + 1, bytes("b")));
            long v2 = store.putIfVersion(7, v1, bytes("c"));
            assertTrue(v2 > v1);
            assertFalse(store.deleteIfVersion(7, v1));
            assertEquals("c", text(store, 7));
            assertTrue(store.deleteIfVersion(7, v2));
            assertFalse(store.contains(7));
        }
    }

    @ParameterizedTest
    @MethodSource("io.regionstore.engine.ContractStores#all")
    void shouldKeepPinnedBytesWhileTheRecordIsReplaced(ContractStores stores) {
        try (RegionStore store = stores.create(home, 4096); RecordView view = store.newView()) {
            store.put(1, bytes("pinned"));
            assertTrue(store.get(1, view));
            for (int i = 0; i < 1000; i++) {
                store.put(1, bytes("other!"));
                store.put(2 + i % 7, bytes("filler"));
            }
            store.delete(1);
            assertArrayEquals("pinned".getBytes(), view.segment().toArray(ValueLayout.JAVA_BYTE));
            view.verify();
            assertEquals(1, view.longKey());
            MemorySegment readOnly = view.segment();
            assertThrows(IllegalArgumentException.class, () -> readOnly.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
        }
    }

    @ParameterizedTest
    @MethodSource("io.regionstore.engine.ContractStores#all")
    void shouldCommitWhatWasWrittenInPlace(ContractStores stores) {
        try (RegionStore store = stores.create(home, 1024)) {
            try (Reservation reservation = store.reserve(100, 4096)) {
                reservation.segment().fill((byte) 5);
                reservation.commit(bytes("in place"));
            }
            try (Reservation reservation = store.reserve(REGION / 2, 8)) {
                assertEquals(REGION / 2, reservation.length());
            }
            byte[] buffer = new byte[100];
            assertEquals(100, store.get(bytes("in place"), MemorySegment.ofArray(buffer), 0));
            byte[] expected = new byte[100];
            Arrays.fill(expected, (byte) 5);
            assertArrayEquals(expected, buffer);
            store.delete(bytes("in place"));
            assertEquals(REGION, store.largestFreeExtent(8), "abandoned and deleted extents are free again");
        }
    }

    @ParameterizedTest
    @MethodSource("io.regionstore.engine.ContractStores#all")
    void shouldVisitEveryRecord(ContractStores stores) {
        try (RegionStore store = stores.create(home, 4096)) {
            Set<Object> expected = new HashSet<>();
            for (long i = 0; i < 500; i++) {
                store.put(i, bytes("v" + i));
                store.put(bytes("key " + i), bytes("w" + i));
                expected.add(i);
                expected.add("key " + i);
            }
            Set<Object> seen = new HashSet<>();
            store.forEach(view -> assertTrue(
                    seen.add(view.hasLongKey() ? (Object) view.longKey() : new String(view.keyBytes()))));
            assertEquals(expected, seen);
        }
    }

    @ParameterizedTest
    @MethodSource("io.regionstore.engine.ContractStores#all")
    void shouldBehaveAsAMapUnderRandomOperations(ContractStores stores) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Object, byte[]> model = new HashMap<>();
        RegionStore store = stores.create(home, 8192);
        try {
            for (int i = 0; i < 8_000; i++) {
                boolean longKey = random.nextBoolean();
                int k = random.nextInt(300);
                String textKey = "key " + k + "x".repeat(k);
                Object key = longKey ? (Object) (long) k : textKey;
                if (random.nextInt(4) == 0) {
                    boolean there = longKey ? store.delete((long) k) : store.delete(bytes(textKey));
                    assertEquals(model.remove(key) != null, there, "seed " + seed + " step " + i);
                } else {
                    byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(40_000) : random.nextInt(200)];
                    random.nextBytes(value);
                    if (longKey) {
                        store.put(k, MemorySegment.ofArray(value));
                    } else {
                        store.put(bytes(textKey), MemorySegment.ofArray(value));
                    }
                    model.put(key, value);
                }
                if (i % 2_000 == 1_999) {
                    store.close();
                    store = stores.open(home);
                    check(store, model, "seed " + seed + " step " + i);
                }
            }
        } finally {
            store.close();
        }
    }

    private static void check(RegionStore store, Map<Object, byte[]> model, String context) {
        assertEquals(model.size(), store.size(), context);
        try (RecordView view = store.newView()) {
            for (Map.Entry<Object, byte[]> entry : model.entrySet()) {
                boolean there = entry.getKey() instanceof Long key ? store.get(key, view)
                        : store.get(bytes((String) entry.getKey()), view);
                assertTrue(there, context + " " + entry.getKey());
                assertArrayEquals(entry.getValue(), view.segment().toArray(ValueLayout.JAVA_BYTE), context);
            }
        }
        SpaceReport space = store.space();
        assertEquals(model.values().stream().mapToLong(v -> v.length).sum(), space.payloadBytes(), context);
        assertEquals(space.regionBytes(),
                space.payloadBytes() + space.paddingBytes() + space.freeBytes() + space.heldBytes(), context);
    }

    @ParameterizedTest
    @MethodSource("io.regionstore.engine.ContractStores#all")
    void shouldRefuseEverythingAfterClose(ContractStores stores) {
        RegionStore store = stores.create(home, 1024);
        store.put(1, bytes("one"));
        RecordView view = store.newView();
        store.get(1, view);
        MemorySegment segment = view.segment();
        store.close();
        store.close();
        for (Runnable use : new Runnable[] {() -> store.put(1, bytes("x")), () -> store.delete(1),
            () -> store.contains(1), store::size, store::space, store::sync, () -> store.reserve(1, 8),
            () -> store.get(1, MemorySegment.ofArray(new byte[9]), 0), store::newView, view::length, view::segment,
            () -> store.forEach(v -> { }), () -> store.largestFreeExtent(8)}) {
            assertEquals(ErrorCode.CLOSED, assertThrows(RegionStoreException.class, use::run).code());
        }
        if (stores.unmaps()) {
            assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
        }
    }
}
