package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Any bytes are the header of a log or of an image, or a typed refusal; a header is the same after it was written again. */
class FileHeaderFuzzTest {
    private static final long GENERATION = 3;

    @FuzzTest(maxDuration = "15s")
    void read(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        boolean image = (data[0] & 1) != 0;
        byte[] bytes = java.util.Arrays.copyOfRange(data, 1, data.length);
        int length = image ? ImageHeader.LENGTH : LogHeader.LENGTH;
        if ((data[0] & 2) != 0 && bytes.length >= length) {
            seal(bytes, image ? ImageHeader.MAGIC : LogHeader.MAGIC, length);
        }
        try {
            if (image) {
                ImageHeader header = ImageHeader.read(new Bytes(bytes), "fuzz", GENERATION);
                assertEquals(bytes.length, header.fileLength());
                byte[] again = header.encode().bytes.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                assertEquals(header.tableSlots(), ImageHeader.read(new Bytes(java.util.Arrays.copyOf(again, bytes.length)),
                        "fuzz", GENERATION).tableSlots());
            } else {
                LogHeader header = LogHeader.read(new Bytes(bytes), "fuzz", GENERATION);
                assertTrue(header.step() > 0 && header.step() <= LogHeader.MAX_STEP);
                byte[] again = header.encode().bytes.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                assertEquals(header, LogHeader.read(new Bytes(again), "fuzz", GENERATION));
            }
        } catch (RegionStoreException e) {
            assertTrue(e.code().name().startsWith("METADATA_"), () -> e.code() + ": " + e.getMessage());
        }
    }

    private static void seal(byte[] bytes, long magic, int length) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, magic).putInt(12, length);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 12, length - 12);
        b.putInt(8, (int) crc.getValue());
    }

    /** A file to read. */
    private record Bytes(byte[] bytes) implements LogFile {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(ByteBuffer destination, long position) {
            int length = (int) Math.max(0, Math.min(destination.remaining(), bytes.length - position));
            if (length > 0) {
                destination.put(bytes, (int) position, length);
            }
            return length;
        }

        @Override
        public void write(ByteBuffer source, long position) {
            throw new AssertionError("a header is only read");
        }

        @Override
        public void sync(boolean metadata) {
            throw new AssertionError("a header is only read");
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
