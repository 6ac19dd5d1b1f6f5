package io.regionstore.bench;

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
import java.util.TreeMap;

/** Measures everything that has a target, and says which are met. */
final class TargetSuite {
    private static final List<String> ALL = List.of("insert", "overwrite", "get-copy", "get-view", "delete");
    private static final List<String> PARTS =
            List.of("small", "platform", "threads", "large", "rate", "opening", "space", "synced");
    private static final int SMALL = 100;
    private static final int LARGE = 64 << 10;
    private static final String MAIN_PEER = "chronicle-map";

    private final Experiment experiment;
    private final Settings settings;
    private final Scenarios scenarios;
    private final Path disk;
    private final PrintWriter terminal;
    private final long openRecords;
    private final double rateSeconds;
    private final List<String> parts;
    private final Map<String, Map<Long, Double>> openTimes = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private Summary kernelInsert;
    private Found oneThread;

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
        part("large", () -> large(targets));
        part("rate", () -> fixedRate(targets));
        part("opening", () -> opening(targets));
        part("space", () -> space(targets));
        part("synced", () -> synced(targets));
        if (json != null) {
            JsonFile.write(json, experiment, targets.rows());
        }
        terminal.print(Table.of(experiment.summaries()));
        terminal.print(experiment.explanation());
        terminal.println();
        terminal.print(targets.table());
        terminal.flush();
        if (out != null) {
            HistogramFiles.write(experiment.summaries(), out);
            Plots plots = new Plots(out);
            List<String> names = new ArrayList<>(plots.write(experiment.summaries()));
            if (!openTimes.isEmpty()) {
                names.add(plots.openTimes(openTimes));
            }
            terminal.println("plots in " + out + ": " + String.join(", ", names));
            terminal.flush();
        }
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
        List<String> main = settings.peers().stream().filter(MAIN_PEER::equals).toList();
        List<String> others = settings.peers().stream().filter(p -> !p.equals(MAIN_PEER)).toList();
        Found found = new Found(experiment.measure(settings.with(main), ALL, SMALL, 1));
        targets.insert(found);
        targets.overwrite(found);
        targets.get(found);
        targets.heap(found);
        if (!others.isEmpty()) {
            // once, and no longer than needed: no target depends on them
            experiment.measure(settings.sized(settings.records(), Math.min(settings.warmup(), 50_000),
                    Math.min(settings.seconds(), 2), 1).only(others, 1), ALL, SMALL, 1);
        }
        kernelInsert = found.store("insert");
        oneThread = found;
    }

    private void platform(Targets targets) {
        Found found = new Found(experiment.measure(settings.alone().in("PLATFORM", settings.medium()),
                List.of("insert", "overwrite"), SMALL, 1, experiment.work().resolve("data"), "/platform"));
        if (kernelInsert == null) {
            throw new BenchFailure("nothing to compare with: the part \"small\" was not measured");
        }
        targets.platform(found.any("insert"), kernelInsert);
    }

    private void twoThreads(Targets targets) {
        if (oneThread == null) {
            throw new BenchFailure("nothing to compare with: the part \"small\" was not measured");
        }
        Found found = new Found(experiment.measure(settings.withLimits(), List.of("insert", "overwrite", "get-view"),
                SMALL, 2));
        targets.twoThreads(oneThread, found);
    }

    private void large(Targets targets) {
        targets.large(new Found(experiment.measure(settings.withLimits(),
                List.of("insert", "overwrite", "get-copy", "get-view", "get-verified"), LARGE, 1)));
    }

    private void fixedRate(Targets targets) {
        Path data = experiment.work().resolve("data");
        Settings steady = settings.alone().at(500_000, rateSeconds);
        targets.rate("in place", new Found(experiment.measure(steady, List.of("overwrite"), SMALL, 1, data, "/500k"))
                .any("overwrite"), rateSeconds);
        targets.rate("directory, PROCESS, images written", new Found(experiment.measure(
                steady.in("PROCESS", "directory").sized(settings.records(), settings.warmup(), rateSeconds, 1),
                List.of("overwrite"), SMALL, 1, data, "/500k-directory")).any("overwrite"), rateSeconds);
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
            Settings few = settings.alone().in("KERNEL", "directory").sized(2000, 500, 2,
                    n == 1 || n == 8 ? settings.repetitions() : 1);
            writers.put(n, new Found(experiment.measure(few, List.of("overwrite"), SMALL, n, disk.resolve("data"),
                    "/synced")).any("overwrite"));
        }
        targets.synced(writers, limit);
    }

    /**
     * What one measurement found.
     *
     * @param summaries of all its subjects and workloads
     */
    record Found(List<Summary> summaries) {
        Summary of(String subject, String workload) {
            return summaries.stream().filter(s -> s.subject().equals(subject) && s.workload().equals(workload)
                    && s.isMeasured()).findFirst().orElse(null);
        }

        Summary store(String workload) {
            return of("regionstore", workload);
        }

        Summary limit(String workload) {
            return of("limit", workload);
        }

        Summary peer(String workload) {
            return of(MAIN_PEER, workload);
        }

        Summary any(String workload) {
            return summaries.stream().filter(s -> s.workload().equals(workload) && s.isMeasured()).findFirst()
                    .orElseThrow(() -> new BenchFailure(workload + ": " + summaries.stream().map(Summary::failure)
                            .findFirst().orElse("nothing measured")));
        }
    }
}
