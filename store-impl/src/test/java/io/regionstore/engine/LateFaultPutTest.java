package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.CutFile;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.HeaderDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a put returned for is there, though HotSpot throws the fault of a store late: also in compiled code. */
class LateFaultPutTest {
    private static final int REGION = 1 << 20;
    private static final int METADATA = 1 << 19;
    private static final int SLOTS = 8192;
    private static final int WARM_UP = 60_000;
    private static final int PAYLOAD = 104;

    @TempDir
    private Path home;

    private static byte[] payload(long key) {
        byte[] payload = new byte[PAYLOAD];
        Arrays.fill(payload, (byte) (key * 31 + 1));
        return payload;
    }

    private static void warmUp(RegionStore store) {
        byte[] found = new byte[PAYLOAD];
        for (int i = 0; i < WARM_UP; i++) {
            store.put(i % 100, MemorySegment.ofArray(payload(i % 100)));
            store.get(i % 100, MemorySegment.ofArray(found), 0);
        }
    }

    private static void requireRecord(RegionStore store, long key) {
        byte[] found = new byte[PAYLOAD];
        assertEquals(PAYLOAD, store.get(key, MemorySegment.ofArray(found), 0), "a put returned, and there is no record");
        assertArrayEquals(payload(key), found, "a put returned, and its bytes are not there");
    }

    /** @return puts that were refused */
    private static int putAll(RegionStore store, boolean[] put, int keys) {
        int refused = 0;
        for (int key = 1000; key < keys; key++) {
            try {
                store.put(key, MemorySegment.ofArray(payload(key)));
                put[key] = true;
                requireRecord(store, key);
            } catch (RegionStoreException e) {
                assertTrue(e.code() == ErrorCode.IO_ERROR || e.code() == ErrorCode.REGION_FULL, e.getMessage());
                refused++;
            }
        }
        return refused;
    }

    @Test
    void shouldRefuseAPutWhosePayloadTheRegionDidNotTake() {
        try (CutFile file = new CutFile(home, REGION); MemoryMedia media = new MemoryMedia(REGION, METADATA, 1)) {
            media.through(memory -> memory.size() == REGION ? new MappedMemory(file.bytes(), FlushMethod.NONE) : memory);
            RegionStore store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, SLOTS);
            warmUp(store);
            store.put(999, MemorySegment.ofArray(payload(999)));
            try (RecordView view = store.newView()) {
                assertTrue(store.get(999, view));
                file.cut((view.offset() + 5 * 4096) & -4096); // extents are taken upward
            }
            int keys = REGION / PAYLOAD;
            boolean[] put = new boolean[keys];
            assertTrue(putAll(store, put, keys) > 100);
            assertTrue(store.health().writable(), "nothing was committed that failed");
            int kept = 0;
            for (int key = 0; key < keys; key++) {
                if (put[key]) {
                    requireRecord(store, key);
                    kept++;
                }
            }
            assertTrue(kept > 10, "records before the cut: " + kept);
            store.close();
        }
    }

    @Test
    void shouldRefuseAPutWhoseSlotTheMetadataDidNotTake() {
        try (CutFile file = new CutFile(home, METADATA); MemoryMedia media = new MemoryMedia(REGION, METADATA, 1)) {
            media.through(memory -> memory.size() == METADATA ? new MappedMemory(file.bytes(), FlushMethod.NONE) : memory);
            RegionStore store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, SLOTS);
            warmUp(store);
            file.cut((HeaderDescriptor.TABLE + SLOTS * 32 / 2) & -4096);
            boolean[] put = new boolean[REGION / PAYLOAD];
            assertTrue(putAll(store, put, SLOTS) > 100);
            assertTrue(!store.health().writable(), "a commit is in doubt");
            for (int key = 0; key < put.length; key++) {
                if (put[key]) {
                    requireRecord(store, key);
                }
            }
            store.close();
        }
    }
}
