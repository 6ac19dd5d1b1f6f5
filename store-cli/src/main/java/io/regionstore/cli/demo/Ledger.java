package io.regionstore.cli.demo;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/**
 * What the writing JVM has been promised, in a file that parent and child map. A store into the mapping is in the page
 * cache at once, so SIGKILL takes nothing from it: an acknowledgement that the child saw, the parent sees.
 *
 * <pre>
 * byte 0       state: 0 starting, 1 running, 2 failed
 *      8       bytes of the region            (valid once running)
 *     16       keys of each small-record writer (valid once running)
 *   4096       one line of 128 bytes for each writer:
 *                0  sequence that was begun
 *               64  sequence that was acknowledged; the writer's operations run one after another, so either both are
 *                   equal or the first is one more
 *   8192       for each writer a word: 0, or 1 + the histogram copy that is whole
 *  65536       for each writer two copies of its latency histogram, written in turn, 256 KiB each
 * </pre>
 */
final class Ledger implements AutoCloseable {
    static final int WRITERS = 4;

    private static final long STARTING = 0;
    private static final long RUNNING = 1;
    private static final long FAILED = 2;
    private static final int LINES = 4096;
    private static final int LINE = 128;
    private static final int ACKNOWLEDGED = 64;
    private static final int WHOLE_COPIES = 8192;
    private static final int HISTOGRAMS = 65_536;
    private static final int HISTOGRAM = 256 << 10;
    private static final int LENGTH = HISTOGRAMS + WRITERS * 2 * HISTOGRAM;
    private static final long LONGEST_LATENCY_NS = 60_000_000_000L;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;

    private Ledger(FileChannel channel) throws IOException {
        bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH, arena);
    }

    static Ledger create(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return new Ledger(channel);
        }
    }

    static Ledger open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Ledger(channel);
        }
    }

    /** An empty histogram of nanoseconds that fits a copy of the ledger. */
    static Histogram newHistogram() {
        return new Histogram(1, LONGEST_LATENCY_NS, 3);
    }

    void running(long regionBytes, long keys) {
        put(8, regionBytes);
        put(16, keys);
        put(0, RUNNING);
    }

    void failed() {
        put(0, FAILED);
    }

    boolean isRunning() {
        return get(0) == RUNNING;
    }

    boolean isStarting() {
        return get(0) == STARTING;
    }

    long regionBytes() {
        return get(8);
    }

    long keys() {
        return get(16);
    }

    /** The operation is about to start: from here on its effect may be found. */
    void begin(int writer, long sequence) {
        put(LINES + writer * LINE, sequence);
    }

    /** The operation returned: from here on its effect must be found. */
    void acknowledge(int writer, long sequence) {
        put(LINES + writer * LINE + ACKNOWLEDGED, sequence);
    }

    long begun(int writer) {
        return get(LINES + writer * LINE);
    }

    long acknowledged(int writer) {
        return get(LINES + writer * LINE + ACKNOWLEDGED);
    }

    /** Copies a histogram out. The copy that was whole stays so until the new one is. */
    void save(int writer, Histogram histogram) {
        int copy = get(WHOLE_COPIES + writer * 8) == 1 ? 1 : 0;
        histogram.encodeIntoByteBuffer(copy(writer, copy));
        put(WHOLE_COPIES + writer * 8, copy + 1);
    }

    /** The histogram that a writer saved last; empty when it saved none. */
    Histogram histogram(int writer) {
        long whole = get(WHOLE_COPIES + writer * 8);
        if (whole == 0) {
            return newHistogram();
        }
        return Histogram.decodeFromByteBuffer(copy(writer, (int) whole - 1), LONGEST_LATENCY_NS);
    }

    @Override
    public void close() {
        arena.close();
    }

    private ByteBuffer copy(int writer, int copy) {
        return bytes.asSlice(HISTOGRAMS + (writer * 2L + copy) * HISTOGRAM, HISTOGRAM).asByteBuffer();
    }

    private long get(long offset) {
        return (long) LONG.getAcquire(bytes, offset);
    }

    private void put(long offset, long value) {
        LONG.setRelease(bytes, offset, value);
    }
}
