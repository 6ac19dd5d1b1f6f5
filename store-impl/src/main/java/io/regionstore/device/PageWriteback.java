package io.regionstore.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Write-back of the pages of a mapped file: {@code msync(MS_SYNC)}, which returns when the bytes, and what the file
 * system needs to find them, are durable. Thread-safe; allocates once for a thread.
 */
public final class PageWriteback {
    private static final ThreadLocal<MemorySegment> CALL_STATE = ThreadLocal.withInitial(Native::newCallState);

    private PageWriteback() {
    }

    /**
     * @param address first byte, inside a mapping
     * @param length  bytes
     * @throws io.regionstore.RegionStoreException IO_ERROR: nothing is known of the bytes of the range on disk
     */
    public static void persist(long address, long length) {
        long start = address & -Native.PAGE;
        int result = Native.msync(CALL_STATE.get(), start, address + length - start);
        if (result < 0) {
            throw Errno.failure("msync of " + length + " bytes", mappedAt(start), -result);
        }
    }

    /** @return the file, for a message: the bytes do not know whose they are */
    private static String mappedAt(long address) {
        // 7f2c8c000000-7f2c8c100000 rw-s 00000000 fe:00 12345    /path
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            return mappings.filter(line -> Long.compareUnsigned(address, end(line)) < 0).findFirst()
                    .map(line -> line.substring(Math.max(0, line.indexOf('/')))).orElse("a mapping of a file");
        } catch (IOException | UncheckedIOException e) {
            return "a mapping of a file";
        }
    }

    private static long end(String line) {
        return Long.parseUnsignedLong(line.substring(line.indexOf('-') + 1, line.indexOf(' ')), 16);
    }
}
