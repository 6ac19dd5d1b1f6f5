package io.regionstore.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.regionstore.bench.report.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures as JSON. */
final class JsonFile {
    private JsonFile() {
    }

    static void write(Path file, Experiment experiment, List<TargetRow> targets) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("time", Instant.now().toString());
        root.put("machine", Machine.describe());
        root.put("jvmFlags", experiment.children().flags());
        root.put("nanoTimeNanos", experiment.timerNanos());
        root.put("seconds", experiment.seconds());
        root.put("repetitions", experiment.settings().repetitions());
        root.put("configurations", experiment.configurations());
        if (!targets.isEmpty()) {
            root.put("targets", targets);
        }
        root.put("results", experiment.summaries().stream().map(JsonFile::of).toList());
        try {
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> of(Summary s) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("workload", s.workload());
        row.put("subject", s.subject());
        row.put("valueBytes", s.valueSize());
        row.put("threads", s.threads());
        if (!s.isMeasured()) {
            row.put("failure", s.failure());
            return row;
        }
        row.put("repetitions", s.repetitions());
        row.put("each", s.each());
        row.put("operationsPerSecond", Math.round(s.throughput()));
        row.put("p50Nanos", s.p50());
        row.put("p99Nanos", s.p99());
        row.put("p999Nanos", s.p999());
        row.put("p9999Nanos", s.p9999());
        row.put("maxNanos", s.max());
        row.put("heapBytesPerOperation", s.heapBytes());
        return row;
    }
}
