package io.regionstore.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * 64-bit hash of keys: multiply and fold the 128-bit product, the step of the wyhash family. Seeded for each store, so
 * that keys which collide in one store do not in another. The hash of a key of bytes is part of the format.
 */
public final class KeyHash {
    private static final long K0 = 0x9E3779B97F4A7C15L;
    private static final long K1 = 0xD6E8FEB86659FD93L;
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private KeyHash() {
    }

    /**
     * @param key  a key
     * @param seed the store's seed
     * @return its hash
     */
    public static long of(long key, long seed) {
        return fold(fold(key ^ seed ^ K0, K1) ^ seed, K0);
    }

    /**
     * @param key  a key of bytes, in any kind of segment
     * @param seed the store's seed
     * @return its hash
     */
    public static long of(MemorySegment key, long seed) {
        long length = key.byteSize();
        long hash = begin(length, seed);
        long at = 0;
        for (; at + 8 <= length; at += 8) {
            hash = add(hash, key.get(LONG, at));
        }
        if (at < length) {
            hash = add(hash, partialWord(key, at, length));
        }
        return end(hash);
    }

    /** Begins the hash of a key of some bytes. */
    static long begin(long length, long seed) {
        return seed ^ (length * K1);
    }

    /** Adds the next 8 bytes of the key, zeros past its end. */
    static long add(long hash, long word) {
        return fold(hash ^ word, K0);
    }

    static long end(long hash) {
        return fold(hash ^ K1, K1);
    }

    /** The last 1 to 7 bytes as a little-endian word, zeros above. */
    static long partialWord(MemorySegment key, long at, long length) {
        long word = 0;
        for (long i = length - 1; i >= at; i--) {
            word = word << 8 | key.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
        }
        return word;
    }

    /** 8 bytes of a key at an offset, zeros past its end. */
    static long word(MemorySegment key, long at, long length) {
        if (at + 8 <= length) {
            return key.get(LONG, at);
        }
        return at < length ? partialWord(key, at, length) : 0;
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
