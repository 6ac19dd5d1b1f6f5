package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.IntentLines;
import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A store with a table of 64 KiB in memory, full of records of several kinds, that is damaged again and again; and the
 * judgement of what the engine makes of each damage.
 */
final class DamagedStore implements AutoCloseable {
    static final int SLOTS = 2048;
    static final int TABLE = 24576;
    static final int TABLE_BYTES = 65536;
    private static final int REGION = 256 << 10;

    /** What must be found under a key, and where its slots are. */
    record Expected(byte[] key, byte[] payload, long version, int slot, int slots) {
    }

    final MemoryMedia media;
    /** By the key's bytes in words. */
    final Map<String, Expected> records = new LinkedHashMap<>();
    final byte[] intact;
    private final FailureDomain domain;
    long trials;
    long refused;
    long dropped;

    /**
     * @param domain of all sessions
     * @param closed whether the store was closed before it is damaged, or left as by a crash
     * @param seed   of the records
     * @param inode  of its media
     */
    DamagedStore(FailureDomain domain, boolean closed, long seed, long inode) {
        this.domain = domain;
        media = new MemoryMedia(REGION, TABLE + TABLE_BYTES, inode);
        Random random = new Random(seed);
        byte[] left;
        try (RegionStore store = media.open(domain, DamagePolicy.REFUSE, Mode.CREATE, SLOTS)) {
            fill(store, random);
            left = media.metadataBytes();
        }
        intact = closed ? media.metadataBytes() : left;
        media.restoreMetadata(intact);
        StoreHeader header = StoreHeader.decode(Arrays.copyOf(intact, 512), "test");
        locate(header.seed());
    }

    private void fill(RegionStore store, Random random) {
        int slots = 0;
        for (int i = 0; slots < SLOTS - 300; i++) {
            byte[] key = null;
            if (i % 3 == 0) {
                int[] lengths = {1, 7, 8, 16, 17, 24, 40, 41, 64, 88, 100, 200};
                key = new byte[i % 400 == 399 ? 1024 : lengths[random.nextInt(lengths.length)]];
                random.nextBytes(key);
                key[0] = (byte) i;
                key[key.length - 1] = (byte) (i >> 8);
                if (key.length == 1) {
                    key = new byte[] {(byte) i, (byte) (i >> 8)};
                }
            }
            byte[] payload = new byte[i % 17 == 0 ? 0 : random.nextInt(150)];
            random.nextBytes(payload);
            slots += key == null ? 1 : Integer.highestOneBit(1 + (8 + key.length + 23) / 24 - 1) << 1;
            long longKey = i % 5 == 0 ? random.nextLong() : i;
            for (int puts = random.nextInt(3); puts >= 0; puts--) {
                put(store, longKey, key, MemorySegment.ofArray(puts > 0 ? new byte[puts] : payload));
            }
            if (random.nextInt(4) == 0) {
                delete(store, longKey, key);
                continue;
            }
            String name = name(key, longKey);
            records.put(name, new Expected(key == null ? longBytes(longKey) : key, payload,
                    key == null ? store.version(longKey) : store.version(MemorySegment.ofArray(key)), -1, 0));
        }
    }

    private static void put(RegionStore store, long longKey, byte[] key, MemorySegment payload) {
        if (key == null) {
            store.put(longKey, payload);
        } else {
            store.put(MemorySegment.ofArray(key), payload);
        }
    }

    private static void delete(RegionStore store, long longKey, byte[] key) {
        assertTrue(key == null ? store.delete(longKey) : store.delete(MemorySegment.ofArray(key)));
    }

    private static byte[] longBytes(long key) {
        byte[] bytes = new byte[8];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, key);
        return bytes;
    }

    private static String name(byte[] key, long longKey) {
        return key == null ? Long.toString(longKey) : Arrays.toString(key);
    }

    private void locate(long seed) {
        SlotTable table = new SlotTable(new MappedMemory(media.metadata, FlushMethod.NONE), HeaderDescriptor.TABLE,
                SLOTS);
        SlotReader reader = new SlotReader(table, seed, REGION);
        for (int slot = 0; slot < SLOTS; slot += reader.runLength()) {
            if (reader.read(slot) == SlotReader.State.RECORD) {
                byte[] key = reader.keyLength() == 0 ? null : table.keyBytes(slot);
                String name = name(key, table.keyWord(slot));
                Expected e = records.get(name);
                assertNotNull(e, name);
                records.put(name, new Expected(e.key, e.payload, e.version, slot, reader.runLength()));
            }
        }
        assertTrue(records.values().stream().allMatch(e -> e.slot >= 0));
    }

    RegionStore open(DamagePolicy policy) {
        return media.open(domain, policy, Mode.OPEN, 0);
    }

    /** @return those that now look like any free slot: nobody can name what was there before all of it was overwritten */
    Set<Integer> freeNow(Set<Integer> slots) {
        return slots.stream().filter(slot -> {
            long tail = media.metadata.get(ValueLayout.JAVA_LONG_UNALIGNED, TABLE + slot * 32L + 24);
            return tail == 0 || tail >>> 32 == 0x434F4E54;
        }).collect(Collectors.toSet());
    }

    /** @return slots that intent lines name now: the ones that a crash may have torn; none in a store that was closed */
    Set<Integer> intents() {
        Set<Integer> named = new HashSet<>();
        if (!StoreHeader.decode(Arrays.copyOf(intact, 512), "test").clean()) {
            new IntentLines(new MappedMemory(media.metadata, FlushMethod.NONE), HeaderDescriptor.INTENTS,
                    HeaderDescriptor.MAX_LANES).forEach(slot -> named.add((int) slot));
        }
        return named;
    }

    /**
     * Opens the store, damaged as it is, with both policies, and judges. Then the damage is undone.
     *
     * @param damagedSlots slots that were touched
     * @param mayRollBack  slots whose loss needs no mention: a crash explains it, or nothing is left that tells
     * @param where        said when something is wrong
     */
    void judge(Set<Integer> damagedSlots, Set<Integer> mayRollBack, Supplier<String> where) {
        trials++;
        byte[] damaged = media.metadataBytes();
        try {
            RecoveryReport refusal = judgeRefuse(damaged, mayRollBack);
            judgeDrop(damagedSlots, mayRollBack, refusal);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(where.get() + ": " + e.getMessage(), e);
        } finally {
            media.restoreMetadata(intact);
        }
    }

    private RecoveryReport judgeRefuse(byte[] damaged, Set<Integer> mayRollBack) {
        try (RegionStore store = media.open(domain, DamagePolicy.REFUSE, Mode.OPEN, 0)) {
            Set<String> found = readAll(store);
            for (Expected e : missing(found)) {
                assertTrue(mayRollBack.contains(e.slot), () -> "opened without a word, and without slot " + e.slot);
            }
        } catch (RegionStoreException e) {
            refused++;
            assertTrue(e.code() == ErrorCode.METADATA_CORRUPT || e.code() == ErrorCode.CONTENTS_DAMAGED
                    || e.code() == ErrorCode.CONTENTS_LOST, () -> e.code() + " " + e.getMessage());
            assertArrayEquals(damaged, media.metadataBytes(), "a refusal changes nothing");
            assertEquals(0, media.open());
            return e.report().orElse(null);
        }
        media.restoreMetadata(damaged);
        return null;
    }

    private void judgeDrop(Set<Integer> damagedSlots, Set<Integer> mayRollBack, RecoveryReport refusal) {
        Set<String> found;
        try (RegionStore store = media.open(domain, DamagePolicy.DROP, Mode.OPEN, 0)) {
            RecoveryReport report = store.recovery();
            found = readAll(store);
            List<Expected> missing = missing(found);
            Set<String> named = report.damaged().stream().map(RecoveryReport.DamagedRecord::key)
                    .collect(Collectors.toSet());
            for (Expected e : missing) {
                dropped++;
                assertTrue(touched(e, damagedSlots), () -> "lost though undamaged, slot " + e.slot);
                assertTrue(mayRollBack.contains(e.slot) || named.contains("unreadable, slot " + e.slot)
                        || named.contains(keyText(e)), () -> "not named: slot " + e.slot + ", named: " + named);
            }
            if (refusal != null) {
                assertEquals(refusal.damaged(), report.damaged(), "REFUSE and DROP name the same");
            }
        }
        try (RegionStore store = media.open(domain, DamagePolicy.REFUSE, Mode.OPEN, 0)) {
            assertEquals(found, readAll(store), "opened again after DROP");
        }
    }

    private static String keyText(Expected e) {
        return e.slots == 1 ? Long.toString(MemorySegment.ofArray(e.key).get(ValueLayout.JAVA_LONG_UNALIGNED, 0))
                : "0x" + java.util.HexFormat.of().formatHex(e.key);
    }

    private static boolean touched(Expected e, Set<Integer> slots) {
        for (int slot = e.slot; slot < e.slot + e.slots; slot++) {
            if (slots.contains(slot)) {
                return true;
            }
        }
        return false;
    }

    private List<Expected> missing(Set<String> found) {
        List<Expected> missing = new ArrayList<>();
        records.forEach((name, e) -> {
            if (!found.contains(name)) {
                missing.add(e);
            }
        });
        return missing;
    }

    /** Reads everything, in both ways there are; wrong data is never forgiven. */
    Set<String> readAll(RegionStore store) {
        Set<String> found = new HashSet<>();
        store.forEach(view -> {
            String name = view.hasLongKey() ? Long.toString(view.longKey()) : Arrays.toString(view.keyBytes());
            Expected e = records.get(name);
            assertNotNull(e, () -> "a record that nobody stored: " + name);
            assertTrue(found.add(name), () -> "twice: " + name);
            assertEquals(e.version, view.version(), name);
            assertArrayEquals(e.payload, view.segment().toArray(ValueLayout.JAVA_BYTE), name);
        });
        MemorySegment destination = MemorySegment.ofArray(new byte[256]);
        Map<String, Expected> absent = new HashMap<>();
        records.forEach((name, e) -> {
            long length = e.slots == 1 ? store.get(MemorySegment.ofArray(e.key).get(ValueLayout.JAVA_LONG_UNALIGNED, 0),
                    destination, 0) : store.get(MemorySegment.ofArray(e.key), destination, 0);
            if (length == RegionStore.ABSENT) {
                absent.put(name, e);
            } else {
                assertEquals(e.payload.length, length, name);
                assertTrue(MemorySegment.mismatch(destination, 0, length, MemorySegment.ofArray(e.payload), 0, length)
                        < 0, name);
            }
        });
        assertEquals(records.size() - found.size(), absent.size(), "forEach and get agree");
        assertEquals(found.size(), store.size());
        return found;
    }

    @Override
    public void close() {
        media.close();
    }
}
