package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ranges of bits against a {@link BitSet}; a failure prints its seed. */
class BitRangeTest {
    private static final int BITS = 256;

    private final long[] words = new long[BITS / 64];
    private final MemorySegment bits = MemorySegment.ofArray(words);

    private void fill(BitSet expected) {
        long[] filled = expected.toLongArray();
        Arrays.fill(words, 0);
        System.arraycopy(filled, 0, words, 0, filled.length);
    }

    @Test
    void shouldChangeAllBitsOfARangeOrNone() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            BitSet before = new BitSet(BITS);
            for (int k = random.nextInt(4); k > 0; k--) {
                int at = random.nextInt(BITS);
                before.set(at, Math.min(BITS, at + 1 + random.nextInt(1 << random.nextInt(8))));
            }
            int first = random.nextInt(3) == 0 ? random.nextInt(4) * 64 : random.nextInt(BITS);
            int count = random.nextInt(3) == 0 ? Math.min(64, BITS - first) : 1 + random.nextInt(BITS - first);
            String what = "seed " + seed + ": " + first + "+" + count + " of " + before;
            BitSet after = (BitSet) before.clone();
            boolean isClear = before.get(first, first + count).isEmpty();
            if (isClear) {
                after.set(first, first + count);
            }
            fill(before);
            assertEquals(isClear, BitRange.trySet(bits, first, count), what);
            assertEquals(after, BitSet.valueOf(words), what);
            if (isClear) {
                fill(before);
                BitRange.set(bits, first, count);
                assertEquals(after, BitSet.valueOf(words), what);
            }
            boolean isSet = before.get(first, first + count).cardinality() == count;
            fill(before);
            assertEquals(isSet, BitRange.clear(bits, first, count), what);
            if (isSet) {
                before.clear(first, first + count);
                assertEquals(before, BitSet.valueOf(words), what);
            }
        }
    }

    @Test
    void shouldDoNothingForNoBits() {
        BitRange.set(bits, 64, 0);
        assertTrue(BitRange.trySet(bits, 256, 0));
        assertTrue(BitRange.clear(bits, 256, 0));
        assertEquals(new BitSet(), BitSet.valueOf(words));
    }

    @Test
    void shouldStopClearingAtTheFirstWordThatIsNotWhollySet() {
        BitRange.set(bits, 0, 256);
        assertTrue(BitRange.clear(bits, 70, 1));
        assertFalse(BitRange.clear(bits, 0, 256));
        assertEquals(128, BitSet.valueOf(words).cardinality(), "the last two words are as they were");
    }

    @Test
    void shouldMakeMasksOfOneToSixtyFourBits() {
        assertEquals(1, Words.mask(0, 1));
        assertEquals(-1, Words.mask(0, 64));
        assertEquals(1L << 63, Words.mask(63, 1));
        assertEquals(0xFF00, Words.mask(8, 8));
    }
}
