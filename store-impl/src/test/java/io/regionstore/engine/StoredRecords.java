package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RegionStore;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Records of several kinds that a test stored: what is live, and everything that ever was. */
final class StoredRecords {
    /** What must be found under a key, and where its slots are, if that is known. */
    record Expected(byte[] key, byte[] payload, long version, int slot, int slots, boolean isLong) {
        /** As reports name it. */
        String keyText() {
            String text = isLong ? Long.toString(longKey()) : "0x" + HexFormat.of().formatHex(key);
            return text.length() <= 120 ? text : text.substring(0, 120) + "…";
        }

        long longKey() {
            return MemorySegment.ofArray(key).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        }
    }

    /** By the key's bytes in words. */
    final Map<String, Expected> live = new LinkedHashMap<>();
    private final Map<String, Map<Long, byte[]>> history = new HashMap<>();
    private int next;

    /** Puts, replaces and deletes until about so many slots more are in use. */
    void fill(RegionStore store, Random random, int slotsMore) {
        int slots = 0;
        for (; slots < slotsMore; next++) {
            byte[] key = next % 3 == 0 ? key(next, random) : null;
            byte[] payload = new byte[next % 17 == 0 ? 0 : random.nextInt(150)];
            random.nextBytes(payload);
            slots += key == null ? 1 : Integer.highestOneBit(1 + (8 + key.length + 23) / 24 - 1) << 1;
            long longKey = next % 5 == 0 ? random.nextLong() : next;
            for (int puts = random.nextInt(3); puts >= 0; puts--) {
                put(store, longKey, key, puts > 0 ? new byte[puts] : payload);
            }
            if (random.nextInt(4) == 0) {
                assertTrue(key == null ? store.delete(longKey) : store.delete(MemorySegment.ofArray(key)));
                live.remove(name(key, longKey));
            }
        }
    }

    private static byte[] key(int i, Random random) {
        int[] lengths = {1, 7, 8, 16, 17, 24, 40, 41, 64, 88, 100, 200};
        byte[] key = new byte[i % 400 == 399 ? 1024 : lengths[random.nextInt(lengths.length)]];
        random.nextBytes(key);
        key[0] = (byte) i;
        key[key.length - 1] = (byte) (i >> 8);
        return key.length == 1 ? new byte[] {(byte) i, (byte) (i >> 8)} : key;
    }

    /** Puts one record, under a key of bytes or, if that is null, a long. */
    void put(RegionStore store, long longKey, byte[] key, byte[] payload) {
        MemorySegment bytes = MemorySegment.ofArray(payload);
        long version = key == null ? store.put(longKey, bytes) : store.put(MemorySegment.ofArray(key), bytes);
        String name = name(key, longKey);
        history.computeIfAbsent(name, n -> new HashMap<>()).put(version, payload);
        live.remove(name);
        live.put(name, new Expected(key == null ? longBytes(longKey) : key, payload, version, -1, 0, key == null));
    }

    private static byte[] longBytes(long key) {
        byte[] bytes = new byte[8];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, key);
        return bytes;
    }

    static String name(byte[] key, long longKey) {
        return key == null ? Long.toString(longKey) : Arrays.toString(key);
    }

    /** Says where a record's slots are. */
    void locate(String name, int slot, int slots) {
        Expected e = live.get(name);
        assertNotNull(e, name);
        live.put(name, new Expected(e.key, e.payload, e.version, slot, slots, e.isLong));
    }

    /** Reads everything, in both ways there are, and expects the live records only. */
    Set<String> readAll(RegionStore store) {
        Set<String> found = readEverStored(store);
        store.forEach(view -> {
            String name = view.hasLongKey() ? Long.toString(view.longKey()) : Arrays.toString(view.keyBytes());
            Expected e = live.get(name);
            assertNotNull(e, () -> "a record that was deleted: " + name);
            assertEquals(e.version, view.version(), name);
        });
        MemorySegment destination = MemorySegment.ofArray(new byte[256]);
        int absent = 0;
        for (Map.Entry<String, Expected> entry : live.entrySet()) {
            Expected e = entry.getValue();
            long length = e.isLong ? store.get(e.longKey(), destination, 0)
                    : store.get(MemorySegment.ofArray(e.key), destination, 0);
            absent += length == RegionStore.ABSENT ? 1 : 0;
            requireRight(length == RegionStore.ABSENT || length == e.payload.length && MemorySegment.mismatch(destination,
                    0, length, MemorySegment.ofArray(e.payload), 0, length) < 0, entry.getKey());
        }
        assertEquals(live.size() - found.size(), absent, "forEach and get agree");
        return found;
    }

    /** Reads everything; what is served was stored once, under that key and version. */
    Set<String> readEverStored(RegionStore store) {
        Set<String> found = new HashSet<>();
        store.forEach(view -> {
            String name = view.hasLongKey() ? Long.toString(view.longKey()) : Arrays.toString(view.keyBytes());
            byte[] once = ever(name, view.version());
            assertTrue(found.add(name), () -> "twice: " + name);
            requireRight(once != null && Arrays.equals(once, view.segment().toArray(ValueLayout.JAVA_BYTE)), name);
        });
        assertEquals(found.size(), store.size());
        return found;
    }

    /** @return what was stored in that version, or null if nothing was */
    byte[] ever(String name, long version) {
        return history.getOrDefault(name, Map.of()).get(version);
    }

    /** Wrong data is counted, and never forgiven. */
    private static void requireRight(boolean right, String name) {
        if (!right) {
            ProofSummary.add(Field.wrongData, 1);
            throw new AssertionError("wrong data under key " + name);
        }
    }

    /** @return live records that were not found */
    List<Expected> missing(Set<String> found) {
        List<Expected> missing = new ArrayList<>();
        live.forEach((name, e) -> {
            if (!found.contains(name)) {
                missing.add(e);
            }
        });
        return missing;
    }
}
