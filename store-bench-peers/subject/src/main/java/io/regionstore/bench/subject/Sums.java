package io.regionstore.bench.subject;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/** Looks at every byte of a value, the same way for every subject. */
public final class Sums {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private Sums() {
    }

    /**
     * @param segment what to read
     * @param offset  first byte
     * @param length  bytes
     * @return the exclusive-or of its words, never -1
     */
    public static long of(MemorySegment segment, long offset, long length) {
        long sum = 0;
        long words = length & -8;
        for (long at = 0; at < words; at += 8) {
            sum ^= segment.get(LONG, offset + at);
        }
        for (long at = words; at < length; at++) {
            sum ^= segment.get(ValueLayout.JAVA_BYTE, offset + at);
        }
        return sum & Long.MAX_VALUE;
    }

    /**
     * @param buffer what to read, from 0 to its limit
     * @return the exclusive-or of its words, never -1
     */
    public static long of(ByteBuffer buffer) {
        long sum = 0;
        int length = buffer.limit();
        int words = length & -8;
        for (int at = 0; at < words; at += 8) {
            sum ^= buffer.getLong(at);
        }
        for (int at = words; at < length; at++) {
            sum ^= buffer.get(at);
        }
        return sum & Long.MAX_VALUE;
    }
}
