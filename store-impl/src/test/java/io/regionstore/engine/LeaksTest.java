package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.Reservation;
import io.regionstore.StoreHealth;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views and reservations that nobody closed. */
class LeaksTest {
    private static final int LEAKS = 1000;
    private static final long REGION = 1 << 20;

    @TempDir
    private Path home;

    private final List<StoreHealth.Problem> told = Collections.synchronizedList(new ArrayList<>());

    private RegionStoreBuilder builder() {
        return StoreSetup.IN_PLACE_PROCESS.builder(home, REGION, 8192).healthListener(told::add);
    }

    private static void leakReservations(RegionStore store) {
        for (int i = 0; i < LEAKS; i++) {
            Reservation reservation = store.reserve(100, 8);
            if (i % 2 == 0) {
                reservation.segment().fill((byte) 9);
            }
        }
    }

    /** Pins records that are then deleted, so that only pins hold their extents. */
    private static void leakViews(RegionStore store) {
        for (int i = 0; i < LEAKS; i++) {
            store.put(i, MemorySegment.ofArray(new byte[100]));
            assertTrue(store.get(i, store.newView()));
        }
        for (int i = 0; i < LEAKS; i++) {
            store.delete(i);
        }
    }

    /** Each collection may find only some. */
    private static void awaitFree(RegionStore store) {
        while (store.largestFreeExtent(8) < REGION || store.space().freeBytes() < REGION) {
            System.gc();
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldGiveBackReservationsAndSayItOnce() {
        try (RegionStore store = builder().create()) {
            leakReservations(store);
            awaitFree(store);
            leakReservations(store);
            awaitFree(store);
            assertEquals(1, told.size(), told::toString);
            assertEquals(ErrorCode.LEAK, told.getFirst().code());
            assertTrue(told.getFirst().message().contains("trackLeaks()"), told.getFirst().message());
            assertEquals(told, store.health().problems());
            assertTrue(store.health().writable());
        }
    }

    @Test
    void shouldGiveBackWhatViewsPinned() {
        try (RegionStore store = builder().create()) {
            leakViews(store);
            awaitFree(store);
            assertEquals(ErrorCode.LEAK, told.getFirst().code());
            assertEquals(1, told.size());
        }
    }

    @Test
    void shouldTellNothingOfWhatWasClosed() {
        try (RegionStore store = builder().create()) {
            for (int i = 0; i < LEAKS; i++) {
                try (Reservation reservation = store.reserve(100, 8); RecordView view = store.newView()) {
                    reservation.segment().fill((byte) 1);
                    reservation.commit(i % 10);
                    assertTrue(store.get(i % 10, view));
                }
                store.reserve(50, 8).abandon();
            }
            System.gc();
            store.health();
            System.gc();
            assertEquals(List.of(), store.health().problems());
        }
    }

    @Test
    void shouldKeepAReservationOfWhichASegmentIsInUse() {
        try (RegionStore store = builder().create()) {
            MemorySegment segment = store.reserve(100, 8).segment();
            segment.fill((byte) 7);
            for (int i = 0; i < 20; i++) {
                System.gc();
                store.put(i, MemorySegment.ofArray(new byte[100]));
                store.largestFreeExtent(8);
            }
            byte[] expected = new byte[100];
            java.util.Arrays.fill(expected, (byte) 7);
            assertArrayEquals(expected, segment.toArray(ValueLayout.JAVA_BYTE), "given to another record");
            assertEquals(List.of(), told);
        }
    }

    @Test
    void shouldFindRoomForAPutInWhatLeaked() {
        try (RegionStore store = builder().create()) {
            leakReservations(store);
            java.lang.ref.WeakReference<Object> sentinel = new java.lang.ref.WeakReference<>(new Object());
            while (sentinel.get() != null) {
                System.gc();
            }
            // nothing but puts: what is free is used up first
            for (int i = 0; i < REGION / 200 - 300; i++) {
                store.put(i, MemorySegment.ofArray(new byte[200]));
            }
            assertEquals(1, told.size());
        }
    }

    @Test
    void shouldCloseAStoreWhoseReservationsAndViewsLeaked() {
        RegionStore store = builder().create();
        leakViews(store);
        leakReservations(store);
        store.close();
        System.gc();
        store.health();
        builder().open().close();
    }

    @Test
    void shouldNameThePlaceOnRequest() {
        try (RegionStore store = builder().trackLeaks().create()) {
            leakReservations(store);
            awaitFree(store);
            assertTrue(told.getFirst().message().contains("made at ") && told.getFirst().message()
                    .contains("LeaksTest.leakReservations(LeaksTest.java:"), told.getFirst().message());
        }
    }
}
