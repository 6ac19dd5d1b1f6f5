package io.regionstore.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Computes the checksum of a slot or run. The bytes it covers are gathered in one array, so that one pass of CRC32C
 * does; the continuations' stream is put in place first, with {@link #streamWord}. Not thread-safe; reused.
 */
final class SlotChecksum {
    /** Little-endian words in a heap array. */
    static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int PREFIX = 40;
    private static final int WORDS_PER_CONTINUATION = SlotDescriptor.CONTINUATION_BYTES / 8;

    private final byte[] covered =
            new byte[PREFIX + (SlotDescriptor.MAX_RUN - 1) * SlotDescriptor.CONTINUATION_BYTES];
    private final CRC32C crc = new CRC32C();
    private final long seed;

    SlotChecksum(long seed) {
        this.seed = seed;
    }

    void streamWord(int index, long value) {
        WORD.set(covered, PREFIX + index * 8, value);
    }

    long streamWord(int index) {
        return (long) WORD.get(covered, PREFIX + index * 8);
    }

    /** @return the tail of the head */
    long tail(long slot, long keyWord, long extentWord, long versionWord, int payloadChecksum, int continuations) {
        WORD.set(covered, 0, seed + slot);
        WORD.set(covered, 8, keyWord);
        WORD.set(covered, 16, extentWord);
        WORD.set(covered, 24, versionWord);
        WORD.set(covered, 32, (long) payloadChecksum);
        crc.reset();
        crc.update(covered, 0, PREFIX + continuations * WORDS_PER_CONTINUATION * 8);
        return SlotDescriptor.tail(payloadChecksum, (int) crc.getValue());
    }
}
