package io.regionstore.bench.jmh;

import io.regionstore.bench.subject.Keys;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
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

/**
 * Publishing a slot of a {@code long} key: composed, sealed with its checksum, stored, its tail last. Once as where caches
 * are kept, once with its line written back and fenced.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SlotBenchmark {
    private static final long SEED = 42;

    /** Slots, written in random order. */
    @Param({"10000", "1000000"})
    public int records;

    private final SlotImage image = new SlotImage(SEED);
    private Arena arena;
    private MappedMemory memory;
    private SlotTable table;
    private long random = 1;
    private long version = 1;

    /** Makes the table. */
    @Setup
    public void allocate() {
        arena = Arena.ofShared();
        memory = new MappedMemory(arena.allocate((long) records * SlotDescriptor.SLOT_LENGTH, 64),
                FlushMethod.CACHE_LINES);
        table = new SlotTable(memory, 0, records);
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        arena.close();
    }

    /** @return the slot */
    @Benchmark
    public int publish() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        int slot = (int) ((random >>> 33) % records);
        image.longKey(Keys.first(slot), 100);
        image.seal(slot, version++ & SlotDescriptor.MAX_VERSION, slot * 104L, 100, 0x1234_5678);
        table.write(slot, image);
        return slot;
    }

    /** @return the slot */
    @Benchmark
    public int publishAndFlush() {
        int slot = publish();
        table.flush(slot, 1);
        memory.fence();
        return slot;
    }
}
