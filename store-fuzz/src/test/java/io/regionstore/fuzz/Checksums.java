package io.regionstore.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Makes checksums right again, so that what they protect is reached. */
public final class Checksums {
    private Checksums() {
    }

    static int of(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    static void put(byte[] destination, int at, byte[] bytes, int from, int length) {
        ByteBuffer.wrap(destination).order(ByteOrder.LITTLE_ENDIAN).putInt(at, of(bytes, from, length));
    }

    /** Applies damage: pairs of a 3-byte offset, a count and that many bytes. */
    public static void damage(byte[] target, byte[] data, int from) {
        ByteBuffer in = ByteBuffer.wrap(data);
        in.position(Math.min(from, data.length));
        while (in.remaining() > 4) {
            int offset = ((in.get() & 0xFF) << 16 | (in.get() & 0xFF) << 8 | in.get() & 0xFF) % target.length;
            int count = Math.min(Math.min(in.get() & 0x1F, in.remaining()), target.length - offset);
            in.get(target, offset, count);
        }
    }
}
