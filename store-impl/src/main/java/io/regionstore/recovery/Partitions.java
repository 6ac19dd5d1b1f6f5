package io.regionstore.recovery;

import io.regionstore.device.AnonymousMemory;
import io.regionstore.index.ExtentHint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records sorted by the part of the index they go to, between the two halves of a scan. Without this, every insert
 * would miss the cache somewhere in the whole index; with it, a thread fills a part that fits its cache, alone.
 *
 * <p>Pairs of hash and slot, with the hint of the slot's extent, in chunks of 4 KiB of ordinary memory; a chunk begins with the offset of the one before it
 * in its chain. Each writer gathers the pairs of a part in a small buffer first, and moves them by {@value #GATHERED}.
 */
final class Partitions implements AutoCloseable {
    private static final int CHUNK = 4096;
    private static final int GATHERED = 8;
    private static final int BUFFER = 2 * GATHERED;
    private static final int FIRST = BUFFER * Long.BYTES;
    private static final int MOST = 1024;
    private static final int SLOT_BITS = 64 - ExtentHint.BITS;
    private static final long NO_CHUNK = 0;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final AtomicLong end = new AtomicLong(CHUNK);
    private final List<Writer> writers = new ArrayList<>();
    private final int bits;

    /**
     * @param stripes number of the index's stripes, a power of two
     * @param records that may be added at most
     * @param threads that have a writer at most
     */
    Partitions(long stripes, long records, int threads) {
        bits = Long.numberOfTrailingZeros(Math.min(stripes, MOST));
        long chunks = records / ((CHUNK - FIRST) / 16) + ((long) threads << bits) + 1;
        memory = AnonymousMemory.reserveHuge(chunks * CHUNK, arena);
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
        private final long[] buffers = new long[count() * BUFFER];
        private final byte[] gathered = new byte[count()];

        void add(long hash, long slot, int hint) {
            int partition = (int) (hash >>> 64 - bits);
            int words = gathered[partition];
            int at = partition * BUFFER + words;
            buffers[at] = hash;
            buffers[at + 1] = (long) hint << SLOT_BITS | slot;
            gathered[partition] = (byte) (words + 2);
            if (words + 2 == BUFFER) {
                move(partition);
            }
        }

        private void move(int partition) {
            if (chunk[partition] == NO_CHUNK || position[partition] == CHUNK) {
                long fresh = end.getAndAdd(CHUNK);
                memory.set(WORD, fresh, chunk[partition]);
                chunk[partition] = fresh;
                position[partition] = FIRST;
            }
            MemorySegment.copy(buffers, partition * BUFFER, memory, WORD, chunk[partition] + position[partition], BUFFER);
            position[partition] += FIRST;
            gathered[partition] = 0;
        }
    }

    /** The pairs of one partition; belongs to a thread, which uses it for one after the other. */
    final class Pairs {
        private long[] words = new long[0];
        private int count;

        /** Loads a partition's pairs, once all that write have finished. */
        void load(int partition) {
            int length = 0;
            for (Writer writer : writers) {
                int bytes = writer.position[partition];
                for (long chunk = writer.chunk[partition]; chunk != NO_CHUNK; chunk = memory.get(WORD, chunk)) {
                    int n = (bytes - FIRST) / Long.BYTES;
                    reserve(length + n);
                    MemorySegment.copy(memory, WORD, chunk + FIRST, words, length, n);
                    length += n;
                    bytes = CHUNK; // of the ones before it
                }
                int rest = writer.gathered[partition];
                reserve(length + rest);
                System.arraycopy(writer.buffers, partition * BUFFER, words, length, rest);
                length += rest;
            }
            count = length / 2;
        }

        private void reserve(int length) {
            if (length > words.length) {
                words = Arrays.copyOf(words, length + length / 2 + CHUNK);
            }
        }

        int count() {
            return count;
        }

        long hash(int i) {
            return words[2 * i];
        }

        long slot(int i) {
            return words[2 * i + 1] & (1L << SLOT_BITS) - 1;
        }

        int hint(int i) {
            return (int) (words[2 * i + 1] >>> SLOT_BITS);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
