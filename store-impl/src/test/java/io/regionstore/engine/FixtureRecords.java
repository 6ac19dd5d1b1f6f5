package io.regionstore.engine;

import io.regionstore.RegionStore;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Records of every kind that fit a small store: what {@link FixtureWriter} stored, and what every later build must find.
 * Never changed once a fixture was written; another fixture gets records of its own.
 */
final class FixtureRecords {
    /** A key, of either kind, and how often it was put. */
    record Entry(long longKey, byte[] bytesKey, int length, int puts) {
        long put(RegionStore store, int round) {
            MemorySegment payload = MemorySegment.ofArray(payload(round));
            return bytesKey == null ? store.put(longKey, payload)
                    : store.put(MemorySegment.ofArray(bytesKey), payload);
        }

        boolean delete(RegionStore store) {
            return bytesKey == null ? store.delete(longKey) : store.delete(MemorySegment.ofArray(bytesKey));
        }

        /** @return the payload, or null */
        byte[] get(RegionStore store) {
            MemorySegment destination = MemorySegment.ofArray(new byte[8192]);
            long found = bytesKey == null ? store.get(longKey, destination, 0)
                    : store.get(MemorySegment.ofArray(bytesKey), destination, 0);
            return found < 0 ? null : destination.asSlice(0, found).toArray(ValueLayout.JAVA_BYTE);
        }

        byte[] last() {
            return payload(puts - 1);
        }

        private byte[] payload(int round) {
            byte[] payload = new byte[length];
            new Random(31L * name().hashCode() + round).nextBytes(payload);
            return payload;
        }

        /** @return the key, as reports name it */
        String name() {
            return bytesKey == null ? Long.toString(longKey)
                    : '"' + new String(bytesKey, StandardCharsets.UTF_8) + '"';
        }
    }

    private FixtureRecords() {
    }

    /** @return records that are there */
    static List<Entry> kept() {
        List<Entry> entries = new ArrayList<>();
        for (long key : new long[] {0, 1, -1, 42, Long.MAX_VALUE, Long.MIN_VALUE}) {
            entries.add(new Entry(key, null, (int) (17 * (key & 7) + 1), 1 + (int) (key & 1)));
        }
        entries.add(new Entry(100, null, 0, 1));
        entries.add(new Entry(101, null, 8, 3));
        entries.add(new Entry(102, null, 8000, 1));
        for (int length : new int[] {1, 8, 16, 17, 40, 41, 100, 300, 1024}) {
            byte[] key = ("k" + length + "-").repeat(length).substring(0, length).getBytes(StandardCharsets.UTF_8);
            entries.add(new Entry(0, key, length % 50, 1 + length % 2));
        }
        return entries;
    }

    /** @return records that were put and deleted */
    static List<Entry> deleted() {
        return List.of(new Entry(500, null, 100, 1), new Entry(501, null, 0, 2),
                new Entry(0, "a deleted record".getBytes(StandardCharsets.UTF_8), 33, 1));
    }

    /** Unpacks a store that {@link FixtureWriter} wrote. */
    static void unpack(String fixture, Path home) throws IOException {
        try (InputStream in = FixtureRecords.class.getResourceAsStream("/stores/" + fixture + ".zip")) {
            ZipInputStream entries = new ZipInputStream(Objects.requireNonNull(in, fixture));
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path file = home.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(entries, file);
            }
        }
    }

    static void write(RegionStore store) {
        for (Entry entry : deleted()) {
            entry.put(store, 0);
        }
        for (int round = 0; round < 3; round++) {
            for (Entry entry : kept()) {
                if (round < entry.puts()) {
                    entry.put(store, round);
                }
            }
        }
        for (Entry entry : deleted()) {
            entry.delete(store);
        }
    }
}
