package io.regionstore.bench.run;

import io.regionstore.bench.run.Measure.Kind;
import io.regionstore.bench.run.Measure.Outcome;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Measures one subject: warm-up on a small one, then one filled for the loops without timers and another one for the
 * loops with timers. Each is opened anew, goes through all workloads in order, and is closed.
 */
final class SubjectRun {
    private static final int WARMUP_ROUNDS = 2;
    /** At a fixed rate a limit is there for comparison: long enough for its 99.99th percentile. */
    private static final double LIMIT_SECONDS = 20;

    private final RunSpec spec;
    private final String name;
    private final Supplier<Subject> subjects;
    private final PrintStream out;
    private String configuration = "not opened";

    SubjectRun(RunSpec spec, String name, Supplier<Subject> subjects, PrintStream out) {
        this.spec = spec;
        this.name = name;
        this.subjects = subjects;
        this.out = out;
    }

    String configuration() {
        return configuration;
    }

    List<PhaseResult> run() throws Exception {
        List<Kind> kinds = spec.rate() > 0 ? List.of(Kind.PACED) : List.of(Kind.RUN, Kind.TIMED);
        Map<Kind, Map<Workload, Outcome>> outcomes = new EnumMap<>(Kind.class);
        try (Measure measure = new Measure(spec)) {
            long few = Math.min(spec.records(), spec.warmup());
            for (int round = 0; round < WARMUP_ROUNDS && few > 0; round++) {
                for (Kind kind : kinds) {
                    pass(measure, kind, few, spec.warmup(), kind == Kind.PACED ? Math.min(3, spec.seconds()) : spec.seconds());
                }
            }
            for (Kind kind : kinds) {
                double seconds = kind == Kind.PACED && Subjects.isLimit(name)
                        ? Math.min(LIMIT_SECONDS, spec.seconds()) : spec.seconds();
                outcomes.put(kind, pass(measure, kind, spec.records(), spec.operations(), seconds));
            }
        }
        List<PhaseResult> results = new ArrayList<>();
        for (Workload workload : spec.ordered()) {
            String why = workload.unsupported(subjects.get().operations());
            results.add(why != null ? PhaseResult.failed(name, workload, spec, why)
                    : result(workload, outcomes.getOrDefault(Kind.RUN, Map.of()).get(workload),
                            outcomes.get(spec.rate() > 0 ? Kind.PACED : Kind.TIMED).get(workload)));
        }
        return results;
    }

    private PhaseResult result(Workload workload, Outcome run, Outcome timed) {
        Outcome counted = run == null ? timed : run;
        return new PhaseResult(name, workload.label(), spec.valueSize(), spec.threads(), spec.repetition(),
                counted.operations(),
                run == null ? 0 : run.operations() / run.seconds(),
                counted.heapBytes() / (double) Math.max(1, counted.operations()), encode(timed.histogram()),
                timed.events(), null);
    }

    private Map<Workload, Outcome> pass(Measure measure, Kind kind, long records, long operations, double seconds)
            throws Exception {
        Map<Workload, Outcome> outcomes = new EnumMap<>(Workload.class);
        try (Subject subject = subjects.get()) {
            long added = spec.ordered().contains(Workload.YCSB_D)
                    ? Workload.inserts(operations / spec.threads()) * spec.threads() : 1024;
            long capacity = records + added;
            Path directory = Path.of(spec.directory());
            if (!Subjects.isLimit(name)) {
                WorkFiles.clear(directory);
            }
            subject.open(new Setup(directory, capacity, spec.valueSize(), spec.threads(), spec.options()));
            String touched = spec.populate() ? Populate.mapped(subject, directory) : "";
            configuration = subject.configuration() + touched;
            long loaded = load(measure, subject, kind, records, seconds, outcomes);
            for (Workload workload : spec.ordered()) {
                if (workload == Workload.INSERT || workload.unsupported(subject.operations()) != null) {
                    continue;
                }
                long count = workload == Workload.DELETE ? loaded
                        : kind == Kind.PACED ? (long) (spec.rate() * seconds) : operations;
                outcomes.put(workload, measure.measure(subject, workload, kind, loaded, count,
                        atMost(kind, seconds)));
                out.println(name + " " + workload.label() + " " + kind + " " + outcomes.get(workload).operations());
            }
        }
        return outcomes;
    }

    /** At a fixed rate the count ends the loop; a second more, for a subject that is late. */
    private static double atMost(Kind kind, double seconds) {
        return kind == Kind.PACED ? seconds + 1 : seconds;
    }

    /** Inserts what the other workloads need; that is the workload INSERT, if it was asked for. */
    private long load(Measure measure, Subject subject, Kind kind, long records, double seconds,
                      Map<Workload, Outcome> outcomes) throws Exception {
        boolean asked = spec.ordered().contains(Workload.INSERT);
        Kind how = asked ? kind : Kind.RUN;
        long count = how == Kind.PACED ? Math.min(records, (long) (spec.rate() * seconds)) : records;
        Outcome inserted = measure.measure(subject, Workload.INSERT, how, 0, count, asked ? atMost(how, seconds) : 600);
        if (asked) {
            outcomes.put(Workload.INSERT, inserted);
        }
        out.println(name + " insert " + how + " " + inserted.operations());
        return inserted.perThread() * spec.threads();
    }

    private static String encode(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        histogram.encodeIntoCompressedByteBuffer(buffer);
        buffer.flip();
        return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(buffer.array(), buffer.limit()));
    }
}
