package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Writes while system calls fail, and what must be found afterwards. */
final class FaultWorkload {
    private static final int KEYS = 7;

    /** What was acknowledged, and for each key what a write that failed may have left instead; null: no record. */
    private final Map<Long, byte[]> acknowledged = new HashMap<>();
    private final Map<Long, byte[]> possible = new HashMap<>();
    private final Set<Long> uncertain = new HashSet<>();

    void forget() {
        acknowledged.clear();
        possible.clear();
        uncertain.clear();
    }

    /** @return whether all writes were taken */
    boolean write(RegionStore store, int from, int to) {
        boolean failed = false;
        for (int i = from; i < to; i++) {
            long key = i % KEYS;
            byte[] payload = i % 5 == 4 ? null : ("value " + i).getBytes(StandardCharsets.UTF_8);
            try {
                if (payload == null) {
                    store.delete(key);
                } else {
                    store.put(key, MemorySegment.ofArray(payload));
                }
                assertFalse(failed && (payload != null || acknowledged.get(key) != null),
                        "a write was taken after one had failed");
                acknowledged.put(key, payload);
            } catch (RegionStoreException e) {
                assertTrue(e.code() == ErrorCode.IO_ERROR || e.code() == ErrorCode.NO_SPACE, e.getMessage());
                if (!failed) {
                    uncertain.add(key);
                    possible.put(key, payload);
                }
                failed = true;
            }
        }
        return !failed;
    }

    /** Reads, and takes what is found of a write that failed for acknowledged from now on. */
    void settle(RegionStore store) {
        read(store);
        for (long key : uncertain) {
            byte[] found = find(store, key);
            if (Arrays.equals(found, possible.get(key))) {
                acknowledged.put(key, found);
            }
        }
        uncertain.clear();
        possible.clear();
    }

    private static byte[] find(RegionStore store, long key) {
        MemorySegment destination = MemorySegment.ofArray(new byte[100]);
        long length = store.get(key, destination, 0);
        return length < 0 ? null : destination.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    void read(RegionStore store) {
        for (long key = 0; key < KEYS; key++) {
            byte[] found = find(store, key);
            byte[] expected = acknowledged.get(key);
            if (uncertain.contains(key) && Arrays.equals(found, possible.get(key))) {
                continue;
            }
            assertArrayEquals(expected, found, "key " + key);
        }
    }

    static void close(RegionStore store) {
        try {
            store.close();
        } catch (RegionStoreException e) {
            assertTrue(e.code() == ErrorCode.IO_ERROR || e.code() == ErrorCode.NO_SPACE, e.getMessage());
        }
        assertEquals(ErrorCode.CLOSED, assertThrows(RegionStoreException.class, () -> store.contains(1)).code());
        store.close();
    }

    static void assertNothingOpen(Path place, String where) throws IOException {
        String name = place.toAbsolutePath().toString();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertEquals(0, descriptors.filter(fd -> {
                try {
                    return Files.readSymbolicLink(fd).toString().startsWith(name);
                } catch (IOException e) {
                    return false;
                }
            }).count(), "descriptors, " + where);
        }
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            assertEquals(0, maps.filter(line -> line.contains(name)).count(), "mappings, " + where);
        }
    }
}
