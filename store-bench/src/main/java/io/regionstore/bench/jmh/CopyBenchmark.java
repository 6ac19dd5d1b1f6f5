package io.regionstore.bench.jmh;

import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.record.PayloadCopier;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

/** Copying a payload with its checksum in one pass, beside the copy alone, into 16 MiB of ordinary memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CopyBenchmark {
    private static final long REGION = 16 << 20;

    /** Bytes of a payload. */
    @Param({"100", "1024", "65536"})
    public int length;

    private final PayloadCopier copier = new PayloadCopier();
    private Arena arena;
    private MappedMemory region;
    private MemorySegment value;
    private long offset;

    /** Makes the memory. */
    @Setup
    public void allocate() {
        arena = Arena.ofShared();
        region = new MappedMemory(arena.allocate(REGION, 4096), FlushMethod.NONE);
        value = arena.allocate(length, 64).fill((byte) 0x5A);
    }

    /** Gives it back. */
    @TearDown
    public void close() {
        arena.close();
    }

    private long next() {
        offset += length + 7 & -8;
        if (offset + length > REGION) {
            offset = 0;
        }
        return offset;
    }

    /** @return CRC32C */
    @Benchmark
    public int copyAndChecksum() {
        return copier.store(value, region, next());
    }

    /** @return CRC32C */
    @Benchmark
    public int checksum() {
        return copier.checksum(region, next(), length);
    }

    /** @return where to */
    @Benchmark
    public long copy() {
        long at = next();
        MemorySegment.copy(value, 0, region.segment(), at, length);
        return at;
    }
}
