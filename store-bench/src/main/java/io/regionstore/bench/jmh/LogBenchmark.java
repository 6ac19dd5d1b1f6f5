package io.regionstore.bench.jmh;

import io.regionstore.bench.run.WorkFiles;
import io.regionstore.log.MetadataDirectory;
import io.regionstore.log.Options;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Appending the commit of one slot to the redo log, not synced: into the buffer, written when it is full; and each
 * written before the next. The log is begun anew for each iteration.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LogBenchmark {
    private Arena arena;
    private Path directory;
    private MetadataDirectory log;
    private MemorySegment slot;

    /** Begins a log. */
    @Setup(Level.Iteration)
    public void create() throws IOException {
        Path shared = Path.of("/dev/shm");
        directory = Files.isWritable(shared) ? Files.createTempDirectory(shared, "regionstore-jmh-")
                : Files.createTempDirectory("regionstore-jmh-");
        arena = Arena.ofShared();
        slot = arena.allocate(32, 8).fill((byte) 1);
        log = MetadataDirectory.create(directory.resolve("log"), new UUID(1, 2), 1 << 20, arena.allocate(512, 8),
                Options.DEFAULT.withSynced(false));
        log.start();
    }

    /** Removes it. */
    @TearDown(Level.Iteration)
    public void remove() throws IOException {
        log.close();
        arena.close();
        WorkFiles.remove(directory);
    }

    /** @return its LSN */
    @Benchmark
    public long append() {
        return log.append(slot, 0, 7, 1, 8);
    }

    /** @return its LSN */
    @Benchmark
    public long appendAndWrite() {
        long lsn = log.append(slot, 0, 7, 1, 8);
        log.awaitDurable(lsn);
        return lsn;
    }
}
