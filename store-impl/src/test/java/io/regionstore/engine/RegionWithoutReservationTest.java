package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.SpaceReport;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariant 7: the region holds payload and not one byte of metadata. */
class RegionWithoutReservationTest {
    private static final int REGION = 1 << 20;
    private static final int GRANULES = REGION / RegionStore.GRANULE;

    @TempDir
    Path home;

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE_PROCESS", "IN_PLACE_PLATFORM", "DIRECTORY_PROCESS"})
    void shouldFillTheRegionToTheLastGranuleWithPayload(StoreSetup setup) throws IOException {
        try (RegionStore store = setup.builder(home, REGION, GRANULES + 1024).create(); Arena arena = Arena.ofConfined()) {
            MemorySegment payload = arena.allocate(8, 8);
            for (long key = 0; key < GRANULES; key++) {
                payload.set(ValueLayout.JAVA_LONG, 0, key ^ 0x5555_5555_5555_5555L);
                store.put(key, payload);
            }
            assertEquals(ErrorCode.REGION_FULL,
                    assertThrows(RegionStoreException.class, () -> store.put(-1, payload)).code());
            SpaceReport space = store.space();
            assertEquals(REGION, space.payloadBytes(), "payload is 100.0 % of the region");
            assertEquals(0, space.paddingBytes());
            assertEquals(0, space.freeBytes());
            assertEquals(0, space.heldBytes());
            assertEquals(32L * GRANULES, space.metadataBytes(), "32 bytes of metadata a record");
        }
        // every byte of the medium itself belongs to exactly one record
        ByteBuffer region = ByteBuffer.wrap(Files.readAllBytes(home.resolve("region"))).order(ByteOrder.nativeOrder());
        BitSet seen = new BitSet(GRANULES);
        while (region.hasRemaining()) {
            long key = region.getLong() ^ 0x5555_5555_5555_5555L;
            assertTrue(key >= 0 && key < GRANULES && !seen.get((int) key), "granule before " + region.position());
            seen.set((int) key);
        }
        assertEquals(GRANULES, seen.cardinality());
        try (RegionStore store = setup.builder(home, REGION, GRANULES + 1024).open()) {
            assertEquals(GRANULES, store.size());
            assertEquals(0, store.space().freeBytes());
        }
    }

    @Test
    void shouldWriteNothingToTheRegionWhenItIsCreatedAndOpened() throws IOException {
        byte[] before = new byte[REGION];
        new java.util.Random(1).nextBytes(before);
        Files.write(home.resolve("region"), before);
        StoreSetup.IN_PLACE_PLATFORM.builder(home, REGION, 1024).overwriteRegion().create().close();
        StoreSetup.IN_PLACE_PLATFORM.builder(home, REGION, 1024).open().close();
        org.junit.jupiter.api.Assertions.assertArrayEquals(before, Files.readAllBytes(home.resolve("region")));
    }

    @Test
    void shouldAlignExtents() {
        try (RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(home, 64 << 20, 1024).alignment(64).create();
                RecordView view = store.newView()) {
            store.put(1, MemorySegment.ofArray(new byte[10]));
            store.put(2, MemorySegment.ofArray(new byte[10]));
            for (long key = 1; key <= 2; key++) {
                assertTrue(store.get(key, view));
                assertEquals(0, view.offset() % 64);
            }
            for (long alignment = 8; alignment <= 16 << 20; alignment *= 2) {
                try (Reservation reservation = store.reserve(100, alignment)) {
                    assertEquals(0, reservation.offset() % alignment);
                }
            }
        }
    }
}
