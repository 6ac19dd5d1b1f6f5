package io.regionstore.bench.subject;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Keys of 16 bytes without order, the same for every subject: two mixed words made from the key's number. */
public final class Keys {
    /** Length of a key in bytes. */
    public static final int LENGTH = 16;

    private Keys() {
    }

    /**
     * @param number of the key
     * @return its first 8 bytes, little-endian; different for different numbers
     */
    public static long first(long number) {
        // finalizer of SplitMix64: a bijection
        long z = number + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /**
     * @param number of the key
     * @return its last 8 bytes, little-endian
     */
    public static long second(long number) {
        return number * 0xD6E8FEB86659FD93L;
    }

    /**
     * @param number of the key
     * @param buffer little-endian; receives the key in its first 16 bytes, position and limit stay
     */
    public static void write(long number, ByteBuffer buffer) {
        buffer.putLong(0, first(number)).putLong(8, second(number));
    }

    /**
     * @param direct whether it lies outside the heap
     * @param length bytes
     * @return a little-endian buffer
     */
    public static ByteBuffer buffer(boolean direct, int length) {
        return (direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
