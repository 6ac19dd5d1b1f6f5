package io.regionstore.bench.jmh;

import io.regionstore.bench.subject.Keys;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.table.KeyHash;
import io.regionstore.table.SlotDescriptor;
import io.regionstore.table.SlotImage;
import io.regionstore.table.SlotTable;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Looking up a {@code long} key, there and not there. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class IndexBenchmark {
    private static final long SEED = 42;

    /** Keys. */
    @Param({"10000", "1000000"})
    public int records;

    private final SlotImage image = new SlotImage(SEED);
    private Arena arena;
    private SlotTable table;
    private RecordIndex index;
    private long random = 1;
    private long version = 1;

    /** Indexes the keys. */
    @Setup
    public void fill() {
        arena = Arena.ofShared();
        table = new SlotTable(new MappedMemory(arena.allocate((long) records * SlotDescriptor.SLOT_LENGTH, 64),
                FlushMethod.NONE), 0, records);
        index = new RecordIndex(table, records, records, 0);
        for (int i = 0; i < records; i++) {
            publish(i, Keys.first(i));
            long hash = KeyHash.of(Keys.first(i), SEED);
            long stripe = index.stripe(hash);
            index.lock(stripe);
            index.set(stripe, hash, RecordIndex.NONE, i, 0);
            index.unlock(stripe);
        }
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        index.close();
        arena.close();
    }

    private void publish(int slot, long key) {
        image.longKey(key, 100);
        image.seal(slot, version++ & SlotDescriptor.MAX_VERSION, slot * 104L, 100, 0x1234_5678);
        table.write(slot, image);
    }

    private int any() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        return (int) ((random >>> 33) % records);
    }

    /** @return its slot */
    @Benchmark
    public long find() {
        long key = Keys.first(any());
        return index.find(key, KeyHash.of(key, SEED));
    }

    /** @return no slot */
    @Benchmark
    public long miss() {
        long key = Keys.first(any() + (1L << 40));
        return index.find(key, KeyHash.of(key, SEED));
    }
}
