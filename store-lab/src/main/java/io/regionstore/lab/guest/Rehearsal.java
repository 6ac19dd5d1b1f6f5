package io.regionstore.lab.guest;

import io.regionstore.RegionStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Does once on the host, with files, what the guest's programs do: the JVM notes the classes that this needs in a cache
 * that those programs then start from. In an emulated machine that saves most of the time until a store is open.
 */
public final class Rehearsal {
    private static final long OPERATIONS = 400;

    private Rehearsal() {
    }

    /**
     * @param args an empty directory
     * @throws IOException if its files fail
     */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        Path disk = Files.write(directory.resolve("journal"), new byte[1 << 20]);
        String[] metadata = {"file:" + directory.resolve("metadata") + ":0x200000",
            "directory:" + directory.resolve("log")};
        for (int run = 1; run <= metadata.length; run++) {
            String region = "file:" + directory.resolve("region" + run) + ":0x4000000";
            write(disk, new Workload(run, 1, 1, 50, 0), region, metadata[run - 1]);
            Checker.check(disk, region, metadata[run - 1], run);
        }
    }

    private static void write(Path disk, Workload workload, String region, String metadata) throws IOException {
        try (Journal journal = Journal.open(disk); Arena arena = Arena.ofConfined();
             RegionStore store = Media.store(region, metadata).openOrCreate()) {
            journal.begin(workload);
            MemorySegment buffer = arena.allocate(Workload.MAX_LENGTH);
            MemorySegment[] keys = workload.byteKeys(0, arena);
            for (long number = 1; number <= OPERATIONS; number++) {
                Writer.apply(store, workload, 0, workload.operation(0, number), keys, buffer);
                journal.acknowledge(workload.run(), new long[] {number});
            }
        }
    }
}
