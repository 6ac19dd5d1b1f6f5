package io.regionstore.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole way with tiny sizes: JVMs of their own, table, JSON, histograms, plots. No figure is judged. */
class MainSmokeTest {
    @TempDir
    private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(args);
    }

    @Test
    void shouldMeasureStoreAndLimitsAndWriteAllFiles() throws Exception {
        Path json = folder.resolve("figures.json");
        Path files = folder.resolve("out");
        int status = run("--records", "2000", "--warmup", "0", "--seconds", "1", "--repetitions", "1", "--heap", "64m",
                "--threads", "2", "--workload", "insert,overwrite,get-copy,"
                + "get-view,get-verified,ycsb-a,ycsb-d,ycsb-e,ycsb-f,delete",
                "--dir", folder.toString(), "--json", json.toString(), "--out", files.toString());
        assertEquals(0, status, () -> out + "\n" + err);

        JsonNode results = new ObjectMapper().readTree(json.toFile()).get("results");
        for (String workload : List.of("insert", "overwrite", "get-view", "ycsb-d", "delete")) {
            JsonNode row = row(results, workload, "regionstore");
            assertTrue(row.get("operationsPerSecond").asLong() > 0, row::toString);
            assertTrue(row.get("p50Nanos").asDouble() > 0, row::toString);
        }
        assertTrue(row(results, "overwrite", "limit+crc32c").get("operationsPerSecond").asLong() > 0);
        assertTrue(row(results, "ycsb-e", "regionstore").has("failure"), "a scan is not measured, and said so");
        assertTrue(out.toString().contains("stand-in for dax"), out::toString);

        List<String> tags = new ArrayList<>();
        try (HistogramLogReader reader = new HistogramLogReader(files.resolve("latency.hlog").toFile())) {
            for (EncodableHistogram h = reader.nextIntervalHistogram(); h != null; h = reader.nextIntervalHistogram()) {
                tags.add(h.getTag());
            }
        }
        assertTrue(tags.contains("overwrite-regionstore-100B-2t"), tags::toString);
        for (String name : List.of("latency-overwrite-100B-2t.png", "latency-overwrite-100B-2t.svg",
                "throughput-100B-2t.png", "overwrite-regionstore-100B-2t.hgrm")) {
            assertTrue(Files.size(files.resolve(name)) > 500, name);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertFalse(left.anyMatch(p -> p.getFileName().toString().startsWith("regionstore-bench-")),
                    "the working folder is removed");
        }
    }

    @Test
    void shouldCountFromWhenAnOperationWasDueAtAFixedRate() {
        int status = run("--records", "1000", "--warmup", "100", "--seconds", "0.2", "--repetitions", "1", "--heap", "64m",
                "--rate", "20000", "--workload", "overwrite", "--dir", folder.toString());
        assertEquals(0, status, () -> out + "\n" + err);
        assertTrue(out.toString().lines().anyMatch(line -> line.matches("overwrite +regionstore +100 +1 +rate .*")),
                out::toString);
    }

    @Test
    void shouldJudgeEveryRowOfTheTargetsOrSayWhyNot() throws Exception {
        Path json = folder.resolve("targets.json");
        Path files = folder.resolve("out");
        int status = run("--suite", "targets", "--parts", "small,scaling,ycsb,rate", "--peers", "none",
                "--records", "2000", "--warmup", "0", "--seconds", "0.05", "--rate-seconds", "0.1", "--repetitions", "1",
                "--heap", "96m", "--dir", folder.toString(), "--disk", folder.toString(), "--json", json.toString(),
                "--out", files.toString());
        assertEquals(0, status, () -> out + "\n" + err);

        JsonNode root = new ObjectMapper().readTree(json.toFile());
        assertTrue(root.get("seconds").asDouble() > 0, "how long it took");
        JsonNode put = target(root, "overwrite, 64 threads");
        assertTrue(put.get("ratio").asDouble() > 0, put::toString);
        assertTrue(put.get("note").asText().contains(" 32 = "), put::toString);
        JsonNode rate = target(root, "500,000 put/s, 100 B, 0.10 s, in place");
        assertTrue(rate.get("limit").asDouble() > 0, "the raw copy at the same rate: " + rate);
        assertTrue(rate.get("note").asText().contains("the thread stood still"), rate::toString);
        for (String peer : List.of("chronicle-map-checksums", "pmemobj")) {
            JsonNode row = target(root, peer.equals("pmemobj") ? "insert, 100 B, KERNEL, to libpmemobj"
                    : "insert, 100 B, KERNEL, to Chronicle Map");
            assertTrue(row.get("met").isNull(), "not judged without its peer: " + row);
            assertTrue(row.get("note").asText().contains(peer + " was not measured"), row::toString);
        }
        assertTrue(row(root.get("results"), "ycsb-b", "regionstore").get("operationsPerSecond").asLong() > 0);
        assertTrue(row(root.get("results"), "ycsb-e", "regionstore").has("failure"), "a scan is not measured, and said so");
        assertTrue(Files.size(files.resolve("scaling-100B.png")) > 500);
        assertTrue(out.toString().contains("measured in "), out::toString);
    }

    private static JsonNode target(JsonNode root, String name) {
        for (JsonNode row : root.get("targets")) {
            if (row.get("name").asText().startsWith(name)) {
                return row;
            }
        }
        throw new AssertionError("no target " + name + " in " + root.get("targets"));
    }

    @Test
    void shouldReportASubjectThatCannotBeOpened() {
        int status = run("--records", "1000", "--warmup", "0", "--repetitions", "1", "--heap", "64m", "--workload",
                "insert", "--dir", folder.toString(), "--erase", "--medium",
                folder.resolve("no/region") + "," + folder.resolve("no/metadata"));
        assertEquals(1, status);
        assertTrue(out.toString().contains("failed: "), out::toString);
    }

    @Test
    void shouldAskBeforeMediaAreErased() {
        assertEquals(1, run("--medium", "/dev/dax9.8,/dev/dax9.9"));
        assertTrue(err.toString().contains("--erase"), err::toString);
    }

    @Test
    void shouldNameThePeersThereAre() {
        assertEquals(1, run("--peers", "postgres"));
        assertTrue(err.toString().contains("chronicle-map"), err::toString);
    }

    private static JsonNode row(JsonNode results, String workload, String subject) {
        for (JsonNode row : results) {
            if (row.get("workload").asText().equals(workload) && row.get("subject").asText().equals(subject)) {
                return row;
            }
        }
        throw new AssertionError("no row of " + workload + ", " + subject);
    }
}
