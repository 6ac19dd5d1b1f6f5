package io.regionstore.recovery;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records sorted by the part of the index they go to, between the two halves of a scan. Without this, every insert
 * would miss the cache somewhere in the whole index; with it, a thread fills a part that fits its cache, alone.
 *
 * <p>Pairs of hash and slot in chunks of 4 KiB of ordinary memory; a chunk begins with the offset of the one before it
 * in its chain and the number of its pairs.
 */
final class Partitions implements AutoCloseable {
    private static final int CHUNK = 4096;
    private static final int FIRST = 16;
    private static final int MOST = 1024;
    private static final long NO_CHUNK = 0;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final AtomicLong end = new AtomicLong(CHUNK);
    private final List<Writer> writers = new ArrayList<>();
    private final int bits;

    /** Told of a pair. */
    interface Visitor {
        void visit(long hash, long slot);
    }

    /**
     * @param stripes number of the index's stripes, a power of two
     * @param records that may be added at most
     */
    Partitions(long stripes, long records) {
        bits = Long.numberOfTrailingZeros(Math.min(stripes, MOST));
        long threads = Runtime.getRuntime().availableProcessors();
        long chunks = records / ((CHUNK - FIRST) / 16) + (threads << bits) + 1;
        memory = AnonymousMemory.reserve(chunks * CHUNK, arena);
    }

    int count() {
        return 1 << bits;
    }

    /** A writer for one thread. */
    synchronized Writer writer() {
        Writer writer = new Writer();
        writers.add(writer);
        return writer;
    }

    /** Adds pairs. */
    final class Writer {
        private final long[] chunk = new long[count()];
        private final int[] position = new int[count()];

        void add(long hash, long slot) {
            int partition = (int) (hash >>> 64 - bits);
            int at = position[partition];
            if (chunk[partition] == NO_CHUNK || at == CHUNK) {
                seal(partition);
                long fresh = end.getAndAdd(CHUNK);
                memory.set(WORD, fresh, chunk[partition]);
                chunk[partition] = fresh;
                at = FIRST;
            }
            long base = chunk[partition] + at;
            memory.set(WORD, base, hash);
            memory.set(WORD, base + 8, slot);
            position[partition] = at + 16;
        }

        private void seal(int partition) {
            if (chunk[partition] != NO_CHUNK) {
                memory.set(WORD, chunk[partition] + 8, position[partition]);
            }
        }
    }

    /** Visits a partition's pairs, once all that write have finished. */
    void forEach(int partition, Visitor visitor) {
        for (Writer writer : writers) {
            writer.seal(partition);
            for (long chunk = writer.chunk[partition]; chunk != NO_CHUNK; chunk = memory.get(WORD, chunk)) {
                long bytes = memory.get(WORD, chunk + 8);
                for (long at = chunk + FIRST; at < chunk + bytes; at += 16) {
                    visitor.visit(memory.get(WORD, at), memory.get(WORD, at + 8));
                }
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
