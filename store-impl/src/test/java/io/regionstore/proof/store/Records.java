package io.regionstore.proof.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RegionStore;
import io.regionstore.SpaceReport;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Operations by the names that keys have here, and a reading of a whole store that checks what must hold in any. */
final class Records {
    private Records() {
    }

    static long put(RegionStore store, String key, byte[] payload) {
        MemorySegment bytes = MemorySegment.ofArray(payload);
        return isLong(key) ? store.put(number(key), bytes) : store.put(name(key), bytes);
    }

    static long putIf(RegionStore store, String key, long version, byte[] payload) {
        MemorySegment bytes = MemorySegment.ofArray(payload);
        return isLong(key) ? store.putIfVersion(number(key), version, bytes)
                : store.putIfVersion(name(key), version, bytes);
    }

    static boolean deleteIf(RegionStore store, String key, long version) {
        return isLong(key) ? store.deleteIfVersion(number(key), version) : store.deleteIfVersion(name(key), version);
    }

    static boolean delete(RegionStore store, String key) {
        return isLong(key) ? store.delete(number(key)) : store.delete(name(key));
    }

    static boolean isLong(String key) {
        return key.startsWith("#");
    }

    static long number(String key) {
        return Long.parseLong(key.substring(1));
    }

    static MemorySegment name(String key) {
        return MemorySegment.ofArray(key.getBytes(StandardCharsets.US_ASCII));
    }

    /** Slots that a record takes. */
    private static int slots(String key) {
        int slots = 1;
        while (!isLong(key) && slots < 1 + (8 + key.length() + 23) / 24) {
            slots *= 2;
        }
        return slots;
    }

    /** All records of a store that was just opened; no two share a byte, and the space account adds up. */
    static Map<String, Stored> read(RegionStore store) {
        Map<String, Stored> found = new TreeMap<>();
        TreeMap<Long, Long> extents = new TreeMap<>();
        long[] sums = new long[3];
        store.forEach(view -> {
            view.verify();
            String key = view.hasLongKey() ? "#" + view.longKey()
                    : new String(view.keyBytes(), StandardCharsets.US_ASCII);
            String payload = Stored.text(view.segment().toArray(ValueLayout.JAVA_BYTE));
            assertNull(found.put(key, new Stored(view.version(), payload)), () -> key + " is there twice");
            if (view.length() > 0) {
                assertNull(extents.put(view.offset(), view.length()), "two records at one place");
            }
            sums[0] += view.length();
            sums[1] += -view.length() & 7;
            sums[2] += slots(key);
        });
        long end = 0;
        for (Map.Entry<Long, Long> extent : extents.entrySet()) {
            assertTrue(extent.getKey() >= end, "extents overlap");
            end = extent.getKey() + extent.getValue();
        }
        found.forEach((key, stored) -> assertEquals(stored.version(),
                isLong(key) ? store.version(number(key)) : store.version(name(key)), "the index knows it"));
        SpaceReport space = store.space();
        assertEquals(found.size(), store.size(), "size");
        assertEquals(sums[0], space.payloadBytes(), "payload bytes");
        assertEquals(sums[1], space.paddingBytes(), "padding bytes");
        assertEquals(0, space.heldBytes(), "bytes that nothing uses and nobody can have");
        assertEquals(sums[2], space.slotsUsed(), "slots used");
        return found;
    }
}
