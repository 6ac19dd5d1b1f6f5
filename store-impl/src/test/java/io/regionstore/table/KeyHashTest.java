package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Hashes against the same formula in whole numbers; a failure prints its seed. */
class KeyHashTest {
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);
    private static final long K0 = 0x9E3779B97F4A7C15L;
    private static final long K1 = 0xD6E8FEB86659FD93L;

    private static long fold(long a, long b) {
        BigInteger product = new BigInteger(Long.toUnsignedString(a)).multiply(new BigInteger(Long.toUnsignedString(b)));
        return product.mod(WORD).xor(product.divide(WORD)).longValue();
    }

    private static long word(byte[] key, int at) {
        long word = 0;
        for (int i = 0; i < 8 && at + i < key.length; i++) {
            word |= (key[at + i] & 0xFFL) << 8 * i;
        }
        return word;
    }

    @Test
    void shouldHashKeysOfEveryLengthByTheFormula() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int length = 0; length <= 70; length++) {
            byte[] key = new byte[length];
            random.nextBytes(key);
            long storeSeed = random.nextLong();
            long expected = storeSeed ^ length * K1;
            for (int at = 0; at < length; at += 8) {
                expected = fold(expected ^ word(key, at), K0);
            }
            expected = fold(expected ^ K1, K1);
            assertEquals(expected, KeyHash.of(MemorySegment.ofArray(key), storeSeed),
                    "length " + length + ", seed " + seed);
        }
    }

    @Test
    void shouldHashLongKeysByTheFormula() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            long key = i < 10 ? i - 5 : random.nextLong();
            long storeSeed = random.nextLong();
            assertEquals(fold(fold(key ^ storeSeed ^ K0, K1) ^ storeSeed, K0), KeyHash.of(key, storeSeed), "seed " + seed);
        }
    }

    @Test
    void shouldSpreadNeighbouringKeysOverTheLowAndTheHighBits() {
        Set<Long> low = new HashSet<>();
        Set<Long> high = new HashSet<>();
        for (long key = 0; key < 4096; key++) {
            long hash = KeyHash.of(key, 42);
            low.add(hash & 4095);
            high.add(hash >>> 52);
        }
        assertTrue(low.size() > 2400 && high.size() > 2400, "about 1 - 1/e of 4096: " + low.size() + ", " + high.size());
    }

    @Test
    void shouldReadTheWordsOfAKeyWithZerosPastItsEnd() {
        byte[] key = {1, 2, 3, 4, 5, 6, 7, (byte) 0x88, 9, (byte) 0xFA, 11};
        MemorySegment segment = MemorySegment.ofArray(key);
        assertEquals(0x8807060504030201L, KeyHash.word(segment, 0, 11));
        assertEquals(0x0BFA09L, KeyHash.word(segment, 8, 11));
        assertEquals(0, KeyHash.word(segment, 16, 11));
        assertEquals(0x0BFA098807060504L, KeyHash.word(segment, 3, 11), "8 bytes that end where the key does");
        assertEquals(0x0BFA0988070605L, KeyHash.word(segment, 4, 11));
        assertEquals(0x0B, KeyHash.word(segment, 10, 11));
        assertEquals(0, KeyHash.word(segment, 11, 11));
    }
}
