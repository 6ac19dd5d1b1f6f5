package io.regionstore.cli.demo;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * What one writer of small records does: its n-th operation, n counted from 1, follows from the seed alone. So the
 * parent knows every byte that must be there from one number, the sequence that was acknowledged last.
 */
enum SmallRecords {
    /** Filled through Agrona windows over reservations, under {@code long} keys. */
    AGRONA(1, "agrona"),
    /** {@code BytesMarshallable} values written into reservations, under keys of 16 to 255 bytes. */
    CHRONICLE(2, "chronicle"),
    /** {@code put} and, one time in five, {@code delete}, under {@code long} keys; some payloads are empty. */
    PUT(3, "put+delete");

    static final int LONGEST_PAYLOAD = 1024;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** Number of this writer in the ledger. */
    final int writer;
    /** Name in reports. */
    final String label;

    SmallRecords(int writer, String label) {
        this.writer = writer;
        this.label = label;
    }

    /** Which of the writer's keys an operation is about: 0 to {@code keys - 1}. */
    int key(long seed, long sequence, long keys) {
        return (int) Long.remainderUnsigned(random(seed, sequence), keys);
    }

    boolean isDelete(long seed, long sequence) {
        return this == PUT && Long.remainderUnsigned(mix(random(seed, sequence)), 5) == 0;
    }

    /** Bytes of payload of an operation that is not a delete; a multiple of 8 for CHRONICLE. */
    int length(long seed, long sequence) {
        long random = mix(random(seed, sequence) + 1);
        return switch (this) {
            case AGRONA -> 16 + (int) Long.remainderUnsigned(random, LONGEST_PAYLOAD - 16 + 1);
            case CHRONICLE -> 8 * (4 + (int) Long.remainderUnsigned(random, 29));
            case PUT -> random >>> 58 == 0 ? 0 : (int) Long.remainderUnsigned(random, 600);
        };
    }

    /** The word at byte {@code 8 * index} of a payload; the first is the sequence, to tell which write is found. */
    long word(long seed, long sequence, int index) {
        return index == 0 ? sequence : mix(random(seed, sequence) + index * GOLDEN);
    }

    /** Writes a payload; its last word may be cut short. */
    void fill(MemorySegment payload, long seed, long sequence, int length) {
        int whole = length & -8;
        for (int at = 0; at < whole; at += 8) {
            payload.set(WORD, at, word(seed, sequence, at >> 3));
        }
        for (int at = whole; at < length; at++) {
            payload.set(ValueLayout.JAVA_BYTE, at, (byte) (word(seed, sequence, whole >> 3) >>> 8 * (at & 7)));
        }
    }

    /** The {@code long} key of AGRONA and PUT. */
    long longKey(int key) {
        return (long) writer << 32 | key;
    }

    /** The key of CHRONICLE: 16 to 255 bytes. */
    static byte[] byteKey(int key) {
        String name = String.format("chronicle/%06d", key);
        return (name + "-".repeat(Math.floorMod(key * 31, 240))).getBytes(StandardCharsets.US_ASCII);
    }

    private long random(long seed, long sequence) {
        return mix(seed + ((long) writer << 56) + sequence * GOLDEN);
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
