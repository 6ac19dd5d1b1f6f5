package io.regionstore.bench.subject;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a subject is opened with.
 *
 * @param directory where its files go: exists, empty
 * @param records   keys there will be at most: 0 to {@code records - 1}
 * @param valueSize bytes of each value, at least 8
 * @param threads   sessions in use at the same time
 * @param options   what only some subjects know
 */
public record Setup(Path directory, long records, int valueSize, int threads, Map<String, String> options) {
    /** Copies the options. */
    public Setup {
        options = Map.copyOf(options);
    }

    /**
     * @param name     of an option
     * @param fallback its value if there is none
     * @return its value
     */
    public String option(String name, String fallback) {
        return options.getOrDefault(name, fallback);
    }
}
