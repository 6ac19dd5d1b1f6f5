package io.regionstore.bench;

import io.regionstore.bench.report.Summary;
import io.regionstore.bench.report.Table;
import io.regionstore.bench.run.PhaseResult;
import io.regionstore.bench.run.RunResult;
import io.regionstore.bench.run.RunSpec;
import io.regionstore.bench.run.StoreMedia;
import io.regionstore.bench.run.Subjects;
import io.regionstore.bench.run.Workload;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs workloads: the store and the limit in one JVM, each peer in another, repetition after repetition, so that what
 * the machine does meanwhile meets all of them. Keeps what was found.
 */
final class Experiment {
    private static final int LARGEST = 1 << 30;

    private final Settings settings;
    private final Path work;
    private final PrintWriter progress;
    private final Children children;
    private final Peers peers = Peers.find();
    private final List<PhaseResult> results = new ArrayList<>();
    private final Map<String, String> configurations = new LinkedHashMap<>();
    private final long start = System.nanoTime();
    private double timerNanos;

    /**
     * @param settings of the command line
     * @param work     folder for files
     * @param progress told what is going on
     */
    Experiment(Settings settings, Path work, PrintWriter progress) {
        this.settings = settings;
        this.work = work;
        this.progress = progress;
        this.children = new Children(work, settings.heap());
    }

    Settings settings() {
        return settings;
    }

    Path work() {
        return work;
    }

    Children children() {
        return children;
    }

    void say(String what) {
        progress.printf("%5d s  %s%n", (System.nanoTime() - start) / 1_000_000_000, what);
        progress.flush();
    }

    /** As {@link #measure(Settings, List, long, int)}, with the settings of the command line. */
    List<Summary> measure(List<String> workloads, long valueSize, int threads) {
        return measure(settings, workloads, valueSize, threads);
    }

    /**
     * Measures the store, the limits and the peers, and keeps the results.
     *
     * @param how       settings
     * @param workloads labels
     * @param valueSize bytes
     * @param threads   at a time
     * @return what was found this time
     */
    List<Summary> measure(Settings how, List<String> workloads, long valueSize, int threads) {
        return measure(how, workloads, valueSize, threads, work.resolve("data"), "");
    }

    /**
     * As {@link #measure(Settings, List, long, int)}, with a folder of its own.
     *
     * @param data   for the subjects' files
     * @param suffix of the subjects' names in the results, to tell them from others of the same size
     */
    List<Summary> measure(Settings how, List<String> workloads, long valueSize, int threads, Path data, String suffix) {
        List<PhaseResult> found = new ArrayList<>();
        List<Peers.Peer> ready = how.peers().isEmpty() ? List.of()
                : peers.prepare(how.peers(), work.resolve("peers.log"), this::say);
        for (int repetition = 1; repetition <= how.repetitions(); repetition++) {
            say(String.join(",", workloads) + ", " + valueSize + " bytes, " + threads + " thread(s), repetition "
                    + repetition + " of " + how.repetitions());
            List<String> own = new ArrayList<>(List.of(Subjects.STORE));
            if (how.rate() == 0 && how.limits()) {
                own.addAll(List.of(Subjects.LIMIT, Subjects.LIMIT_CRC, Subjects.LIMIT_FLUSH));
            }
            if (!how.store()) {
                own.clear();
            }
            found.addAll(run(how, own, workloads, valueSize, threads, repetition, data, suffix, "", List.of()));
            for (Peers.Peer peer : ready) {
                found.addAll(run(how, List.of(peer.subject()), workloads, valueSize, threads, repetition, data, suffix,
                        peer.classPath(), peer.flags()));
            }
        }
        for (String name : how.peers()) {
            if (peers.failures().containsKey(name)) {
                workloads.forEach(w -> found.add(failed(name, w, valueSize, threads, peers.failures().get(name))));
            }
        }
        // a limit that does not know a workload is no finding
        found.removeIf(p -> p.failure() != null && !p.failure().startsWith("failed") && Subjects.isLimit(p.subject()));
        found.replaceAll(p -> p.withSubject(p.subject() + suffix));
        results.addAll(found);
        return Summary.of(found);
    }

    private List<PhaseResult> run(Settings how, List<String> subjects, List<String> workloads, long valueSize,
                                  int threads, int repetition, Path data, String suffix, String classPath,
                                  List<String> flags) {
        if (valueSize < Long.BYTES || valueSize > LARGEST) {
            throw new BenchFailure("--size " + valueSize + ": expected 8 bytes to 1 GiB");
        }
        long records = how.recordsOf((int) valueSize);
        if (subjects.isEmpty()) {
            return List.of();
        }
        long operations = how.operationsOf((int) valueSize);
        RunSpec spec = new RunSpec(subjects, data.toString(), workloads, (int) valueSize, records,
                operations, threads, how.seconds(), Math.min(how.warmup(), operations), how.rate(), how.populate(),
                how.seed() + repetition * 1000L, Map.of(StoreMedia.DOMAIN, how.domain(), StoreMedia.MEDIUM, how.medium(),
                        StoreMedia.KEYS, how.keys(), "peer-checksums",
                        "" + how.peerChecksums()));
        try {
            RunResult result = children.measure(spec, classPath, flags);
            result.configurations().forEach((name, text) -> configurations.put(name + suffix, text));
            timerNanos = Math.max(timerNanos, result.timerNanos());
            return result.phases();
        } catch (BenchFailure e) {
            say(e.getMessage());
            String name = subjects.getFirst().replaceFirst("=.*", "");
            String why = "failed: " + e.getMessage().lines().findFirst().orElse("");
            return workloads.stream().map(w -> failed(name, w, valueSize, threads, why)).toList();
        }
    }

    private static PhaseResult failed(String subject, String workload, long valueSize, int threads, String why) {
        return new PhaseResult(subject, Workload.of(workload).label(), (int) valueSize, threads, 0, 0, 0, "",
                why.startsWith("failed") ? why : "failed: " + why);
    }

    /** @return everything measured so far */
    List<Summary> summaries() {
        return Summary.of(results);
    }

    Map<String, String> configurations() {
        return configurations;
    }

    double timerNanos() {
        return timerNanos;
    }

    /** @return how the figures came about, for the reader */
    String explanation() {
        StringBuilder text = new StringBuilder("\n");
        configurations.forEach((name, configuration) -> text.append(name).append(": ").append(configuration).append('\n'));
        text.append("Each latency contains one call of System.nanoTime, ").append(Table.format(timerNanos))
                .append(" ns here. Medians of ").append(settings.repetitions())
                .append(" repetitions, each in a JVM of its own; limits in the store's JVM, in the region's memory.\n")
                .append(Machine.describe()).append("; JVM flags ").append(children.flags()).append('\n');
        return text.toString();
    }
}
