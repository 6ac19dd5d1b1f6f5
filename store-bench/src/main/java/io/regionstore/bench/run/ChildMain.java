package io.regionstore.bench.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JVM that measures: one repetition of one run. Arguments: file of the {@link RunSpec}, file for the result. */
public final class ChildMain {
    private ChildMain() {
    }

    /**
     * @param args two files
     * @throws Exception when the specification cannot be read or the result not written
     */
    public static void main(String[] args) throws Exception {
        ObjectMapper json = new ObjectMapper();
        RunSpec spec = json.readValue(Path.of(args[0]).toFile(), RunSpec.class);
        json.writeValue(Path.of(args[1]).toFile(), run(spec));
        // libraries under test may have left threads behind
        System.exit(0);
    }

    static RunResult run(RunSpec spec) {
        List<PhaseResult> phases = new ArrayList<>();
        Map<String, String> configurations = new LinkedHashMap<>();
        for (String subject : spec.subjects()) {
            String name = Subjects.shown(subject);
            SubjectRun run = new SubjectRun(spec, name, Subjects.of(subject), System.out);
            try {
                phases.addAll(run.run());
            } catch (Throwable failure) {
                failure.printStackTrace(System.out);
                for (Workload workload : spec.ordered()) {
                    phases.add(PhaseResult.failed(name, workload, spec, "failed: " + failure));
                }
            }
            configurations.put(name, run.configuration());
        }
        return new RunResult(phases, configurations, timerNanos());
    }

    /** The least of many measurements: what every latency contains, from inside its first call to inside its second. */
    static double timerNanos() {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 200; round++) {
            long start = System.nanoTime();
            long last = start;
            for (int i = 0; i < 1000; i++) {
                last = System.nanoTime();
            }
            best = Math.min(best, (last - start) / 1000.0);
        }
        return best;
    }
}
