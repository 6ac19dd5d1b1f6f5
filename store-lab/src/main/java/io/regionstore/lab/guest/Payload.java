package io.regionstore.lab.guest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Bytes that follow from a number: every word of a payload differs from the word at its place in any other payload, so
 * a payload put together from two writes is never taken for one.
 */
final class Payload {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private Payload() {
    }

    /**
     * @param destination filled to its end
     * @param identity    the number the bytes follow from
     */
    static void fill(MemorySegment destination, long identity) {
        long start = mix(identity);
        long words = destination.byteSize() / Long.BYTES;
        for (long i = 0; i < words; i++) {
            destination.set(WORD, i * Long.BYTES, start + i * STEP);
        }
        for (long at = words * Long.BYTES; at < destination.byteSize(); at++) {
            destination.set(ValueLayout.JAVA_BYTE, at, tail(start, at));
        }
    }

    /**
     * @param bytes    compared to their end
     * @param identity the number the bytes should follow from
     * @return whether every byte is right
     */
    static boolean matches(MemorySegment bytes, long identity) {
        long start = mix(identity);
        long words = bytes.byteSize() / Long.BYTES;
        for (long i = 0; i < words; i++) {
            if (bytes.get(WORD, i * Long.BYTES) != start + i * STEP) {
                return false;
            }
        }
        for (long at = words * Long.BYTES; at < bytes.byteSize(); at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) != tail(start, at)) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param value any number
     * @return a number spread over all 64 bits, one for each value (the finalizer of SplitMix64)
     */
    static long mix(long value) {
        long z = value + STEP;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private static byte tail(long start, long at) {
        return (byte) (start >>> 8 * (at % Long.BYTES));
    }
}
