package io.regionstore.log;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A direct buffer seen in two ways, as a segment for fields and copies and as a buffer for checksums and I/O, so that
 * neither needs an object of its own for each use. Not thread-safe.
 */
final class Chunk {
    final MemorySegment bytes;
    private final ByteBuffer buffer;
    private final CRC32C crc = new CRC32C();

    Chunk(int capacity) {
        buffer = ByteBuffer.allocateDirect(capacity);
        bytes = MemorySegment.ofBuffer(buffer);
    }

    int capacity() {
        return buffer.capacity();
    }

    /** @return the one buffer of this chunk, from {@code from} to {@code to} */
    ByteBuffer range(int from, int to) {
        return buffer.limit(to).position(from);
    }

    int getInt(long offset) {
        return bytes.get(LittleEndian.INT, offset);
    }

    void putInt(long offset, int value) {
        bytes.set(LittleEndian.INT, offset, value);
    }

    long getLong(long offset) {
        return bytes.get(LittleEndian.LONG, offset);
    }

    void putLong(long offset, long value) {
        bytes.set(LittleEndian.LONG, offset, value);
    }

    int crc32c(int from, int to) {
        crc.reset();
        crc.update(range(from, to));
        return (int) crc.getValue();
    }

    /**
     * @param instance   of the store
     * @param generation of the file
     * @return what the checksums of a file are XORed with, so that none passes in another store or generation
     */
    static int seed(UUID instance, long generation) {
        ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(instance.getMostSignificantBits()).putLong(instance.getLeastSignificantBits()).putLong(generation);
        CRC32C crc = new CRC32C();
        crc.update(bytes.flip());
        return (int) crc.getValue();
    }
}
