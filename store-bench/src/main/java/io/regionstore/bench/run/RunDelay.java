package io.regionstore.bench.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * How long the thread that made it was ready to run and had no core, as the kernel counts it. Read in about a
 * microsecond, without heap. Not thread-safe.
 */
final class RunDelay implements LongSupplier, AutoCloseable {
    private static final int MOST_DIGITS = 64;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_DIGITS);
    private final FileChannel file;

    /** For the calling thread, which must be a platform thread. */
    RunDelay() {
        FileChannel opened = null;
        try {
            // resolved now: the file stays that of this thread
            opened = FileChannel.open(Path.of("/proc/thread-self/schedstat"));
        } catch (IOException absent) {
            // a kernel that does not count it: always 0
        }
        file = opened;
    }

    /** @return nanoseconds so far; 0 when the kernel does not tell */
    @Override
    public long getAsLong() {
        try {
            if (file == null || file.read(buffer.clear(), 0) <= 0) {
                return 0;
            }
        } catch (IOException e) {
            return 0;
        }
        // the second of three figures
        buffer.flip();
        int at = 0;
        while (at < buffer.limit() && buffer.get(at) != ' ') {
            at++;
        }
        long nanos = 0;
        for (at++; at < buffer.limit() && buffer.get(at) >= '0'; at++) {
            nanos = nanos * 10 + buffer.get(at) - '0';
        }
        return nanos;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
