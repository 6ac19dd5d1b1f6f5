package io.regionstore.cli.demo;

import io.regionstore.RegionStore;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * One writing thread of the child: operations 1, 2, 3 … until the process is killed, each begun in the ledger before and
 * acknowledged after it returned. Latencies are saved into the ledger now and then, outside what is timed.
 */
abstract class Writer implements AutoCloseable {
    private static final long SAVE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(200);

    final RegionStore store;
    private final Ledger ledger;
    private final int number;
    private final Histogram latencies = Ledger.newHistogram();

    Writer(RegionStore store, Ledger ledger, int number) {
        this.store = store;
        this.ledger = ledger;
        this.number = number;
    }

    /** Gets ready what is not to be timed. */
    abstract void prepare(long sequence) throws Exception;

    /** Does the operation; it is acknowledged when this returns. */
    abstract void write(long sequence);

    @Override
    public void close() {
    }

    /** Writes until {@code deadline}, a {@code System.nanoTime()}, or until told to stop. */
    final void run(long deadline, BooleanSupplier stop) throws Exception {
        long saved = System.nanoTime();
        for (long sequence = 1; ; sequence++) {
            prepare(sequence);
            ledger.begin(number, sequence);
            long start = System.nanoTime();
            write(sequence);
            long end = System.nanoTime();
            ledger.acknowledge(number, sequence);
            latencies.recordValue(Math.clamp(end - start, 1, latencies.getHighestTrackableValue()));
            if (end - saved > SAVE_INTERVAL_NS) {
                ledger.save(number, latencies);
                saved = System.nanoTime();
            }
            if (end - deadline > 0 || stop.getAsBoolean()) {
                ledger.save(number, latencies);
                return;
            }
        }
    }

    /** What the writers of small records share. */
    abstract static class Small extends Writer {
        final SmallRecords records;
        final long seed;
        final long keys;
        int key;
        int length;

        Small(RegionStore store, Ledger ledger, SmallRecords records, long seed, long keys) {
            super(store, ledger, records.writer);
            this.records = records;
            this.seed = seed;
            this.keys = keys;
        }

        @Override
        void prepare(long sequence) {
            key = records.key(seed, sequence, keys);
            length = records.length(seed, sequence);
        }
    }

    /** Key bytes in native memory, made once. */
    static MemorySegment keyOf(byte[] bytes, SegmentAllocator allocator) {
        MemorySegment key = allocator.allocate(bytes.length);
        MemorySegment.copy(bytes, 0, key, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return key;
    }
}
