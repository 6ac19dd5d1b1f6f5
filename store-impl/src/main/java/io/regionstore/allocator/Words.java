package io.regionstore.allocator;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** Aligned 8-byte words of a segment, native byte order; every offset is in bytes and a multiple of 8. */
final class Words {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private Words() {
    }

    /** Not torn, no order. */
    static long get(MemorySegment words, long offset) {
        return (long) WORD.getOpaque(words, offset);
    }

    static long getVolatile(MemorySegment words, long offset) {
        return (long) WORD.getVolatile(words, offset);
    }

    static void setVolatile(MemorySegment words, long offset, long value) {
        WORD.setVolatile(words, offset, value);
    }

    static boolean compareAndSet(MemorySegment words, long offset, long expected, long value) {
        return WORD.compareAndSet(words, offset, expected, value);
    }

    /** @return the word as it was */
    static long getAndAdd(MemorySegment words, long offset, long delta) {
        return (long) WORD.getAndAdd(words, offset, delta);
    }

    /** @return the word as it was */
    static long getAndOr(MemorySegment words, long offset, long mask) {
        return (long) WORD.getAndBitwiseOr(words, offset, mask);
    }

    /** @return the word as it was */
    static long getAndAnd(MemorySegment words, long offset, long mask) {
        return (long) WORD.getAndBitwiseAnd(words, offset, mask);
    }

    /** @return {@code count} ones from bit {@code first}; first + count at most 64, count at least 1 */
    static long mask(int first, int count) {
        return (-1L >>> (64 - count)) << first;
    }
}
