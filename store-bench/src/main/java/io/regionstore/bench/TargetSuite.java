package io.regionstore.bench;

import static io.regionstore.bench.Targets.CHECKSUMS;
import static io.regionstore.bench.Targets.CHRONICLE;
import static io.regionstore.bench.Targets.PMEMOBJ;
import static io.regionstore.bench.Targets.PMEMOBJ_FLUSH;
import static io.regionstore.bench.Targets.UNTOUCHED;

import io.regionstore.bench.Scenarios.Opened;
import io.regionstore.bench.report.HistogramFiles;
import io.regionstore.bench.report.Plots;
import io.regionstore.bench.report.Summary;
import io.regionstore.bench.report.Table;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Measures everything that has a target, and says which are met. */
final class TargetSuite {
    private static final List<String> ALL = List.of("insert", "overwrite", "get-copy", "get-view", "delete");
    private static final List<String> PARTS =
            List.of("small", "platform", "threads", "scaling", "large", "ycsb", "rate", "opening", "space", "synced");
    private static final List<String> SCALED = List.of("overwrite", "get-view");
    private static final List<String> YCSB = List.of("ycsb-a", "ycsb-b", "ycsb-c", "ycsb-d", "ycsb-e", "ycsb-f");
    private static final int MOST_THREADS = 64;
    private static final int SMALL = 100;
    private static final int LARGE = 64 << 10;

    private final Experiment experiment;
    private final Settings settings;
    private final Scenarios scenarios;
    private final Path disk;
    private final PrintWriter terminal;
    private final long openRecords;
    private final double rateSeconds;
    private final List<String> parts;
    private final Map<String, Map<Long, Double>> openTimes = new LinkedHashMap<>();
    private final Map<String, Map<Integer, Double>> scaled = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    /**
     * @param experiment  with the settings of the command line
     * @param disk        folder on a disk
     * @param terminal    for the results
     * @param openRecords to open after kill -9
     * @param rateSeconds length of a run at a fixed rate
     * @param parts       to run; none means all
     */
    TargetSuite(Experiment experiment, Path disk, PrintWriter terminal, long openRecords, double rateSeconds,
                List<String> parts) {
        this.experiment = experiment;
        this.settings = experiment.settings();
        this.scenarios = new Scenarios(experiment.children(), experiment.work());
        this.disk = disk;
        this.terminal = terminal;
        this.openRecords = openRecords;
        this.rateSeconds = rateSeconds;
        this.parts = List.copyOf(parts);
        if (!PARTS.containsAll(this.parts)) {
            throw new BenchFailure("--parts " + String.join(",", parts) + ": expected some of " + PARTS);
        }
    }

    int run(Path out, Path json) {
        Targets targets = new Targets();
        part("small", () -> small(targets));
        part("platform", () -> platform(targets));
        part("threads", () -> twoThreads(targets));
        part("scaling", () -> scaling(targets));
        part("large", () -> large(targets));
        part("ycsb", this::ycsb);
        part("rate", () -> fixedRate(targets));
        part("opening", () -> opening(targets));
        part("space", () -> space(targets));
        part("synced", () -> synced(targets));
        double seconds = experiment.seconds();
        if (json != null) {
            JsonFile.write(json, experiment, targets.rows());
        }
        terminal.print(Table.of(experiment.summaries()));
        terminal.print(experiment.explanation());
        terminal.println();
        terminal.print(targets.table());
        terminal.println("each ratio is the median of the ratios of single repetitions, whose two sides were measured"
                + " right after one another");
        terminal.flush();
        if (out != null) {
            HistogramFiles.write(experiment.summaries(), out);
            Plots plots = new Plots(out);
            List<String> names = new ArrayList<>(plots.write(experiment.summaries()));
            if (!openTimes.isEmpty()) {
                names.add(plots.openTimes(openTimes));
            }
            if (!scaled.isEmpty()) {
                names.add(plots.scaling(scaled, SMALL));
            }
            terminal.println("plots in " + out + ": " + String.join(", ", names));
        }
        terminal.printf("measured in %.0f s%n", seconds);
        terminal.flush();
        return failures.isEmpty() ? 0 : 1;
    }

    /** A part that fails costs its rows, not those of the others. */
    private void part(String name, Runnable measurement) {
        if (!parts.isEmpty() && !parts.contains(name)) {
            return;
        }
        experiment.say("== " + name);
        try {
            measurement.run();
        } catch (RuntimeException e) {
            failures.add(name);
            String what = name + " failed: " + (e instanceof BenchFailure ? e.getMessage() : e.toString());
            experiment.say(what);
            terminal.println(what);
        }
    }

    private void small(Targets targets) {
        List<String> interleaved = asked(CHRONICLE, CHECKSUMS, PMEMOBJ, PMEMOBJ_FLUSH);
        List<String> insert = List.of("insert");
        Plan plan = new Plan(settings.with(interleaved), ALL, SMALL, 1)
                .peersDoing(Map.of(PMEMOBJ, insert, PMEMOBJ_FLUSH, insert));
        Plan untouched = new Plan(settings.beside(asked(CHRONICLE, CHECKSUMS)).untouched().repeated(1), insert, SMALL, 1)
                .named(UNTOUCHED);
        List<List<Summary>> both = experiment.inTurn(List.of(plan, untouched));
        Found found = new Found(both.getFirst());
        targets.insert(found, new Found(both.get(1)));
        targets.overwrite(found);
        targets.get(found);
        targets.heap(found);
        List<String> others = new ArrayList<>(settings.peers());
        others.removeAll(List.of(CHRONICLE, CHECKSUMS));
        if (!others.isEmpty()) {
            // once, and no longer than needed: no target depends on them
            List<String> rest = ALL.stream().filter(w -> !insert.contains(w)).toList();
            experiment.measure(new Plan(settings.sized(settings.records(), Math.min(settings.warmup(), 50_000),
                    Math.min(settings.seconds(), 2), 1).only(others), ALL, SMALL, 1)
                    .peersDoing(Map.of(PMEMOBJ, rest, PMEMOBJ_FLUSH, rest)));
        }
    }

    private List<String> asked(String... names) {
        return List.of(names).stream().filter(settings.peers()::contains).toList();
    }

    private void platform(Targets targets) {
        List<String> writes = List.of("insert", "overwrite");
        List<List<Summary>> both = experiment.inTurn(List.of(new Plan(settings.alone(), writes, SMALL, 1),
                new Plan(settings.alone().in("PLATFORM", settings.medium()), writes, SMALL, 1).named("/platform")));
        targets.platform(any(both.get(1), "insert"), any(both.getFirst(), "insert"));
    }

    private void twoThreads(Targets targets) {
        List<String> workloads = List.of("insert", "overwrite", "get-view");
        List<List<Summary>> both = experiment.inTurn(List.of(new Plan(settings.withLimit(), workloads, SMALL, 1),
                new Plan(settings.withLimit(), workloads, SMALL, 2)));
        targets.twoThreads(new Found(both.getFirst()), new Found(both.get(1)));
    }

    private void scaling(Targets targets) {
        SortedMap<Integer, Found> threads = new TreeMap<>();
        Settings crowd = settings.alone().repeated(1).lasting(Math.min(settings.seconds(), 1.5));
        for (int n = 1; n <= MOST_THREADS; n *= 2) {
            threads.put(n, new Found(experiment.measure(new Plan(crowd, SCALED, SMALL, n).named("/scaling"))
                    .stream().map(s -> s.named("regionstore")).toList()));
        }
        targets.scaling(threads);
        for (String workload : SCALED) {
            Map<Integer, Double> points = new TreeMap<>();
            threads.forEach((n, found) -> points.put(n, found.store(workload).throughput()));
            scaled.put(workload, points);
        }
    }

    private void ycsb() {
        experiment.measure(new Plan(settings.beside(asked(CHRONICLE)).repeated(1), YCSB, SMALL, 1));
        experiment.say("ycsb-e scans a range of keys: no subject keeps keys in order");
    }

    private void large(Targets targets) {
        targets.large(new Found(experiment.measure(new Plan(settings.withLimits(),
                List.of("insert", "overwrite", "get-copy", "get-view", "get-verified"), LARGE, 1))));
    }

    private void fixedRate(Targets targets) {
        Settings steady = settings.withLimit().at(500_000, rateSeconds);
        rate(targets, "in place", steady.repeated(Math.min(settings.repetitions(), 2)), "/500k");
        rate(targets, "directory, PROCESS, images written", steady.in("PROCESS", "directory").repeated(1),
                "/500k-directory");
    }

    private void rate(Targets targets, String where, Settings how, String suffix) {
        List<Summary> found = experiment.measure(new Plan(how, List.of("overwrite"), SMALL, 1).named(suffix));
        Found both = new Found(found.stream().map(s -> s.named(s.subject().replace(suffix, ""))).toList());
        targets.rate(where, both.store("overwrite"), both.limit("overwrite"), rateSeconds);
    }

    private void opening(Targets targets) {
        Map<Long, Double> times = openTimes.computeIfAbsent("regionstore, keys of 16 bytes", k -> new TreeMap<>());
        for (long records = openRecords / 1000; records < openRecords; records *= 10) {
            if (records > 0) {
                experiment.say("opening " + records + " records");
                times.put(records, scenarios.open(records, SMALL, "bytes", 3).milliseconds());
            }
        }
        experiment.say("opening " + openRecords + " records");
        Opened bytes = scenarios.open(openRecords, SMALL, "bytes", 3);
        times.put(openRecords, bytes.milliseconds());
        targets.opening(openRecords, bytes, "keys of 16 bytes");
        Opened longs = scenarios.open(openRecords, SMALL, "long", 3);
        openTimes.put("regionstore, long keys", Map.of(openRecords, longs.milliseconds()));
        targets.opening(openRecords, longs, "long keys");
        targets.memory(longs);
        experiment.say("opening 1 TiB");
        targets.sparse(scenarios.sparse(3));
    }

    private void space(Targets targets) {
        targets.space(scenarios.space(Math.min(settings.bytes(), 1 << 30), settings.seed()));
    }

    private void synced(Targets targets) {
        double limit = scenarios.syncedWrites(disk, 2);
        Map<Integer, Summary> writers = new TreeMap<>();
        for (int n : new int[] {1, 2, 4, 8, 16}) {
            Settings few = settings.alone().in("KERNEL", "directory").sized(20_000, 5_000, 2,
                    n == 1 || n == 8 ? settings.repetitions() : 1);
            writers.put(n, any(experiment.measure(new Plan(few, List.of("overwrite"), SMALL, n).in(disk.resolve("data"))
                    .named("/synced")), "overwrite"));
        }
        targets.synced(writers, limit);
    }

    private static Summary any(List<Summary> summaries, String workload) {
        return summaries.stream().filter(s -> s.workload().equals(workload) && s.isMeasured()).findFirst()
                .orElseThrow(() -> new BenchFailure(workload + ": " + summaries.stream().map(Summary::failure)
                        .findFirst().orElse("nothing measured")));
    }
}
