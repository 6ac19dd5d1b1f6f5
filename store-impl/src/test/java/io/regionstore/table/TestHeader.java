package io.regionstore.table;

import io.regionstore.FailureDomain;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Headers for tests, good ones and ones with a field that no store writes. */
final class TestHeader {
    static final UUID INSTANCE = new UUID(0x0102030405060708L, 0x1112131415161718L);
    static final StoreHeader.Region REGION = new StoreHeader.Region(3, 1L << 32, 1 << 20, 5, 6, 7, "/dev/dax0.0");

    private TestHeader() {
    }

    static StoreHeader of(long sequence) {
        return of(INSTANCE, sequence);
    }

    static StoreHeader of(UUID instance, long sequence) {
        return new StoreHeader(instance, sequence, 22, 23, 64, 32768, true, FailureDomain.KERNEL, REGION,
                new UUID(7, 8), 24);
    }

    /** @return a copy with another int in it, and the checksum that belongs to it */
    static byte[] withInt(byte[] header, int offset, int value) {
        byte[] changed = header.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return sealed(changed);
    }

    /** @return a copy with another long in it, and the checksum that belongs to it */
    static byte[] withLong(byte[] header, int offset, long value) {
        byte[] changed = header.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(offset, value);
        return sealed(changed);
    }

    private static byte[] sealed(byte[] header) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, 508);
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(508, (int) crc.getValue());
        return header;
    }

    /** @return a copy with one bit turned */
    static byte[] damaged(byte[] header, int offset) {
        byte[] changed = header.clone();
        changed[offset] ^= 0x10;
        return changed;
    }
}
