package io.regionstore.bench.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What the programs of this package have in common: they print one line of figures, and some wait to be killed. */
public final class Scenario {
    private static final String MARK = "FIGURES ";

    private Scenario() {
    }

    static void print(Map<String, Double> figures) throws JsonProcessingException {
        System.out.println(MARK + new ObjectMapper().writeValueAsString(figures));
        System.out.flush();
    }

    /**
     * @param output of one of the programs, maybe not complete yet
     * @return its figures; empty as long as they are not there
     */
    public static Map<String, Double> figures(String output) {
        for (String line : output.split("\n", -1)) {
            // a line without its end is not complete
            if (line.startsWith(MARK) && line.endsWith("}")) {
                try {
                    return new ObjectMapper().readValue(line.substring(MARK.length()),
                            new TypeReference<TreeMap<String, Double>>() { });
                } catch (JsonProcessingException e) {
                    throw new IllegalArgumentException(line, e);
                }
            }
        }
        return Map.of();
    }

    /** Waits for SIGKILL. */
    static void awaitKill() throws InterruptedException {
        Thread.currentThread().join();
    }

    /** @return bytes of memory of this process that are resident and no file's, as the kernel counts them */
    static long residentBytes() throws IOException {
        return kilobytes("RssAnon:") * 1024;
    }

    /** @return bytes of mapped files that are resident in this process */
    static long residentFileBytes() throws IOException {
        return (kilobytes("RssFile:") + kilobytes("RssShmem:")) * 1024;
    }

    private static long kilobytes(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }

    /** @return bytes of the Java heap in use, after a collection */
    static long heapBytes() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
