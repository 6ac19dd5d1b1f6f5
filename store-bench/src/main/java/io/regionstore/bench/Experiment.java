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
import java.util.HashMap;
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
        progress.printf("%5.0f s  %s%n", seconds(), what);
        progress.flush();
    }

    double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /**
     * Measures what a plan names, and keeps the results.
     *
     * @param plan what, and how
     * @return what was found this time
     */
    List<Summary> measure(Plan plan) {
        return inTurn(List.of(plan)).getFirst();
    }

    /**
     * Measures several plans in turn: the first repetition of each, then the second of each, and so on, so that what is
     * compared was measured seconds apart.
     *
     * @param plans each with its own number of repetitions
     * @return what was found this time, one list for each plan
     */
    List<List<Summary>> inTurn(List<Plan> plans) {
        List<List<PhaseResult>> found = new ArrayList<>();
        plans.forEach(plan -> found.add(new ArrayList<>()));
        int most = plans.stream().mapToInt(plan -> plan.how().repetitions()).max().orElse(0);
        for (int repetition = 1; repetition <= most; repetition++) {
            for (int i = 0; i < plans.size(); i++) {
                if (repetition <= plans.get(i).how().repetitions()) {
                    found.get(i).addAll(repetition(plans.get(i), repetition));
                }
            }
        }
        found.forEach(results::addAll);
        return found.stream().map(Summary::of).toList();
    }

    private List<PhaseResult> repetition(Plan plan, int repetition) {
        Settings how = plan.how();
        List<Peers.Peer> ready = how.peers().isEmpty() ? List.of()
                : peers.prepare(how.peers(), work.resolve("peers.log"), this::say);
        say(plan + ", repetition " + repetition + " of " + how.repetitions());
        List<PhaseResult> found = new ArrayList<>(
                run(plan, how.own(), plan.workloads(), repetition, "", List.of(), Map.of()));
        for (Peers.Peer peer : ready) {
            found.addAll(run(plan, List.of(peer.subject()), plan.of(peer.name()), repetition, peer.classPath(),
                    peer.flags(), peer.options()));
        }
        for (String name : how.peers()) {
            if (peers.failures().containsKey(name)) {
                plan.of(name).forEach(w -> found.add(failed(plan, name, w, repetition, peers.failures().get(name))));
            }
        }
        // a limit that does not know a workload is no finding
        found.removeIf(p -> p.failure() != null && !p.failure().startsWith("failed") && Subjects.isLimit(p.subject()));
        found.replaceAll(p -> p.withSubject(p.subject() + plan.suffix()));
        return found;
    }

    private List<PhaseResult> run(Plan plan, List<String> subjects, List<String> workloads, int repetition,
                                  String classPath, List<String> flags, Map<String, String> peerOptions) {
        Settings how = plan.how();
        if (plan.valueSize() < Long.BYTES || plan.valueSize() > LARGEST) {
            throw new BenchFailure("--size " + plan.valueSize() + ": expected 8 bytes to 1 GiB");
        }
        if (subjects.isEmpty() || workloads.isEmpty()) {
            return List.of();
        }
        int valueSize = (int) plan.valueSize();
        long operations = how.operationsOf(valueSize);
        Map<String, String> options = new HashMap<>(Map.of(StoreMedia.DOMAIN, how.domain(), StoreMedia.MEDIUM,
                how.medium(), StoreMedia.KEYS, how.keys(), Peers.CHECKSUMS, "" + how.peerChecksums(),
                RunSpec.SHARED_KEYS, "" + how.endless()));
        options.putAll(peerOptions);
        Path data = plan.data() == null ? work.resolve("data") : plan.data();
        RunSpec spec = new RunSpec(subjects, data.toString(), workloads, valueSize, how.recordsOf(valueSize),
                operations, plan.threads(), how.seconds(), Math.min(how.warmup(), operations), how.rate(),
                how.populate(), repetition, how.seed() + repetition * 1000L, options);
        try {
            RunResult result = children.measure(spec, classPath, flags);
            result.configurations().forEach((name, text) -> configurations.put(name + plan.suffix(), text));
            timerNanos = Math.max(timerNanos, result.timerNanos());
            return result.phases();
        } catch (BenchFailure e) {
            say(e.getMessage());
            String name = subjects.getFirst().replaceFirst("=.*", "");
            String why = e.getMessage().lines().findFirst().orElse("");
            return workloads.stream().map(w -> failed(plan, name, w, repetition, why)).toList();
        }
    }

    private static PhaseResult failed(Plan plan, String subject, String workload, int repetition, String why) {
        return PhaseResult.failed(subject, Workload.of(workload).label(), (int) plan.valueSize(), plan.threads(),
                repetition, why.startsWith("failed") ? why : "failed: " + why);
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
                .append(" ns here. Medians of the repetitions (").append(settings.repetitions())
                .append(" unless said otherwise), each in a JVM of its own; limits in the store's JVM, in the region's")
                .append(" memory.\n")
                .append(Machine.describe()).append("; JVM flags ").append(children.flags()).append('\n');
        return text.toString();
    }
}
