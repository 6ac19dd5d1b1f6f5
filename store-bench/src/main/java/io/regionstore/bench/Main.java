package io.regionstore.bench;

import io.regionstore.bench.report.HistogramFiles;
import io.regionstore.bench.report.Plots;
import io.regionstore.bench.report.Summary;
import io.regionstore.bench.report.Table;
import io.regionstore.bench.run.StoreMedia;
import io.regionstore.bench.run.WorkFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The benchmarks: {@code ./regionstore bench}. */
@Command(name = "regionstore bench", mixinStandardHelpOptions = true, sortOptions = false, usageHelpWidth = 110,
        description = {"Measures the store beside what the machine can do (raw copies into the same memory) and beside"
                + " other stores. Every repetition is a JVM of its own; medians are shown.",
                "Latencies are taken with System.nanoTime around each operation and contain its cost; throughput is"
                + " measured in another loop, without timers."})
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Option(names = "--suite", paramLabel = "NAME", description = "targets: everything that the project set itself as a"
            + " target, each with value, limit, peer, ratio, target, met. jmh: the inner pieces, with JMH.")
    private String suite;

    @Option(names = "--workload", split = ",", paramLabel = "NAME", defaultValue =
            "insert,overwrite,get-copy,get-view,delete", description = "insert, overwrite, get-copy, get-view,"
            + " get-verified, delete, ycsb-a to ycsb-f (default: ${DEFAULT-VALUE})")
    private List<String> workloads;

    @Option(names = "--size", split = ",", paramLabel = "BYTES", defaultValue = "100",
            description = "of the values, 8 to 1M; several: one after the other (default: ${DEFAULT-VALUE})")
    private List<String> sizes;

    @Option(names = "--records", paramLabel = "N", defaultValue = "1000000",
            description = "keys; fewer when their values take more than --bytes (default: ${DEFAULT-VALUE})")
    private long records;

    @Option(names = "--bytes", paramLabel = "BYTES", defaultValue = "1G",
            description = "most bytes of values at a time (default: ${DEFAULT-VALUE})")
    private String bytes;

    @Option(names = "--threads", split = ",", paramLabel = "N", defaultValue = "1",
            description = "several: one after the other (default: ${DEFAULT-VALUE})")
    private List<Integer> threads;

    @Option(names = "--domain", defaultValue = "KERNEL",
            description = "PROCESS, KERNEL or PLATFORM (default: ${DEFAULT-VALUE})")
    private String domain;

    @Option(names = "--medium", defaultValue = StoreMedia.MAPPED, description = {"of the store:",
            "mapped: region and metadata in mapped files below --dir, vouched for as a stand-in for dax (default)",
            "directory: metadata in a directory below --dir",
            "REGION,METADATA: files, directories, or devices such as /dev/dax0.0@2M+1G; needs --erase"})
    private String medium;

    @Option(names = "--erase", description = "what is on the media of --medium REGION,METADATA may be lost")
    private boolean erase;

    @Option(names = "--keys", defaultValue = "bytes",
            description = "of the store: bytes, which is 16 of them as for the peers, or long (default: bytes)")
    private String keys;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "0", description = "operations a second, all threads"
            + " together; a latency then counts from when the operation was due; the raw copy is run at the same rate"
            + " (default: as fast as they go)")
    private long rate;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "5",
            description = "for each loop, at most; with --rate, exactly (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "500000",
            description = "operations of each loop before it is measured (default: ${DEFAULT-VALUE})")
    private long warmup;

    @Option(names = "--repetitions", paramLabel = "N", defaultValue = "3", description = "(default: ${DEFAULT-VALUE})")
    private int repetitions;

    @Option(names = "--peers", split = ",", paramLabel = "NAME", description = "none, all, or"
            + " chronicle-map (checksums off), chronicle-map-checksums (on, its default), chronicle-queue (insert is append),"
            + " lmdb, mapdb, mvstore, pmemobj (caches are kept, as in KERNEL), pmemobj-flush (as its documentation has it),"
            + " rocksdb; built by Maven at first use; pmemobj needs Debian's libpmemobj-dev (default: none; all for --suite"
            + " targets)")
    private List<String> peers;

    @Option(names = "--peer-checksums", description = "peers that can keep and verify checksums (chronicle-map, rocksdb)"
            + " do so, as the store always does; without this they are configured for speed")
    private boolean peerChecksums;

    @Option(names = "--no-populate", description = "leave the first touch of each page to the operations")
    private boolean noPopulate;

    @Option(names = "--heap", paramLabel = "SIZE", defaultValue = "2g",
            description = "of each JVM (default: ${DEFAULT-VALUE})")
    private String heap;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "of the random keys (default: 1)")
    private long seed;

    @Option(names = "--dir", paramLabel = "FOLDER", description = "works in a new folder below this one, removed"
            + " afterwards (default: /dev/shm where there is one, else the folder for temporary files)")
    private Path dir;

    @Option(names = "--disk", paramLabel = "FOLDER", description = "--suite targets: on a disk, for synced metadata"
            + " (default: the folder for temporary files)")
    private Path disk;

    @Option(names = "--open-records", paramLabel = "N", defaultValue = "10000000", description = "--suite targets: records"
            + " to open after kill -9 (default: ${DEFAULT-VALUE})")
    private long openRecords;

    @Option(names = "--rate-seconds", paramLabel = "N", defaultValue = "60", description = "--suite targets: length of a"
            + " run at a fixed rate; the raw copy beside it takes 20 s at most (default: ${DEFAULT-VALUE})")
    private double rateSeconds;

    @Option(names = "--parts", split = ",", paramLabel = "NAME", description = "--suite targets: only these of small,"
            + " platform, threads, scaling, large, ycsb, rate, opening, space, synced")
    private List<String> parts;

    @Option(names = "--json", paramLabel = "FILE", description = "writes the figures there")
    private Path json;

    @Option(names = "--out", paramLabel = "FOLDER",
            description = "writes histograms (.hlog, .hgrm) and plots (.png, .svg) there")
    private Path out;

    /**
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((e, line, parsed) -> {
            if (e instanceof BenchFailure || e instanceof IllegalArgumentException) {
                line.getErr().println("regionstore bench: " + e.getMessage());
                return 1;
            }
            throw e;
        });
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter terminal = command.commandLine().getOut();
        if (medium.contains(",") && !erase) {
            throw new BenchFailure("--medium " + medium + ": what is on these media is lost; say --erase if it may be");
        }
        if ("jmh".equals(suite)) {
            return JmhSuite.run(command.commandLine().getErr());
        }
        Path shared = Path.of("/dev/shm");
        Path parent = dir != null ? dir
                : Files.isWritable(shared) ? shared : Path.of(System.getProperty("java.io.tmpdir"));
        Path work = Files.createTempDirectory(parent, "regionstore-bench-");
        Thread cleaner = new Thread(() -> removeQuietly(work));
        Runtime.getRuntime().addShutdownHook(cleaner);
        try {
            if (out != null) {
                Files.createDirectories(out);
            }
            return measure(work, terminal);
        } finally {
            WorkFiles.remove(work);
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
    }

    private static void removeQuietly(Path work) {
        try {
            WorkFiles.remove(work);
        } catch (IOException e) {
            System.err.println("regionstore bench: " + work + " could not be removed: " + e);
        }
    }

    private int measure(Path work, PrintWriter terminal) throws IOException {
        Experiment experiment = new Experiment(settings(), work, command.commandLine().getErr());
        if ("targets".equals(suite)) {
            Path onDisk = Files.createTempDirectory(
                    disk != null ? disk : Path.of(System.getProperty("java.io.tmpdir")), "regionstore-bench-");
            try {
                return new TargetSuite(experiment, onDisk, terminal, openRecords, rateSeconds,
                        parts == null ? List.of() : parts).run(out, json);
            } finally {
                WorkFiles.remove(onDisk);
            }
        }
        if (suite != null) {
            throw new BenchFailure("--suite " + suite + ": expected targets or jmh");
        }
        for (String size : sizes) {
            for (int n : threads) {
                experiment.measure(new Plan(experiment.settings(), workloads, Sizes.parse(size), n));
            }
        }
        List<Summary> summaries = experiment.summaries();
        terminal.print(Table.of(summaries));
        terminal.print(experiment.explanation());
        if (out != null) {
            HistogramFiles.write(summaries, out);
            terminal.println("plots in " + out + ": " + String.join(", ", new Plots(out).write(summaries)));
        }
        if (json != null) {
            JsonFile.write(json, experiment, List.of());
        }
        terminal.flush();
        return summaries.stream().anyMatch(s -> s.failure() != null && s.failure().startsWith("failed")) ? 1 : 0;
    }

    private Settings settings() {
        return new Settings(records, Sizes.parse(bytes), domain.toUpperCase(Locale.ROOT), medium, keys, rate, seconds,
                false,
                warmup, repetitions, peerNames(), true, Settings.LIMITS, !noPopulate, heap, seed, peerChecksums);
    }

    private List<String> peerNames() {
        List<String> asked = peers != null ? peers : List.of(suite == null ? "none" : "all");
        for (String name : asked) {
            if (!Peers.ALL.contains(name) && !name.equals("all") && !name.equals("none")) {
                throw new BenchFailure("--peers " + name + ": expected none, all, or some of " + Peers.ALL);
            }
        }
        return asked.contains("all") ? Peers.ALL : asked.contains("none") ? List.of() : asked;
    }
}
