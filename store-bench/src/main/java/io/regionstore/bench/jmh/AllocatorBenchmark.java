package io.regionstore.bench.jmh;

import io.regionstore.allocator.ExtentAllocator;
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

/** Taking an extent while an old one is given back, in a region that is three quarters full. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AllocatorBenchmark {
    private static final int LIVE = 1 << 14;

    /** Bytes of an extent. */
    @Param({"104", "1024", "65536"})
    public long length;

    private ExtentAllocator allocator;
    private final long[] live = new long[LIVE];
    private long random = 1;

    /** Fills the region. */
    @Setup
    public void fill() {
        allocator = new ExtentAllocator(LIVE * length / 3 * 4 + (1 << 20) & -8, 0, 1);
        allocator.finishRebuild();
        for (int i = 0; i < LIVE; i++) {
            live[i] = allocator.allocate(0, length, 8);
        }
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        allocator.close();
    }

    /** @return the new extent */
    @Benchmark
    public long allocateAndFree() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        int at = (int) (random >>> 40) & LIVE - 1;
        long taken = allocator.allocate(0, length, 8);
        allocator.free(0, live[at], length);
        live[at] = taken;
        return taken;
    }
}
