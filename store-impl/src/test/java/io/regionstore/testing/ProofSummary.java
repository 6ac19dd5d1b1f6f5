package io.regionstore.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * What the proof of a build amounts to: tests count what they did, and the end of the test run writes the counts to the
 * file that {@code proof.summary} names. A field that is missing was not counted by any test that ran. Thread-safe.
 */
public final class ProofSummary implements LauncherSessionListener {
    /** What is counted. */
    public enum Field {
        /** Images of crashes that were recovered and compared with the model. */
        crashImages,
        /** Crashes of recovery, and of the recovery after that, as deep as they went. */
        nestedDepth,
        /** Workloads of up to three operations, of which all crashes were tried. */
        workloadsExhaustive,
        /** Rules broken on purpose. */
        plantedFaults,
        /** Those that the suite saw. */
        plantedFaultsCaught,
        /** Stores opened with damaged metadata or payloads. */
        corruptionTrials,
        /** Records that were served with other bytes than were stored. */
        wrongData,
        /** JVMs killed. */
        killCycles,
        /** Operations acknowledged before a kill and not found after it. */
        lostAcknowledged,
        /** OutOfMemoryErrors and StackOverflowErrors that came in the middle of an operation. */
        errorsInjected,
        /** Of everything random; repeats the run with {@code -Dproof.seed}. */
        seed
    }

    private static final String FILE = System.getProperty("proof.summary");
    private static final Map<Field, Long> COUNTS = new ConcurrentSkipListMap<>();

    /** Called by the service loader. */
    public ProofSummary() {
        // nothing to set up
    }

    /** Adds to a count; adding 0 says that something was looked for and not found. */
    public static void add(Field field, long count) {
        COUNTS.merge(field, count, Long::sum);
    }

    /** Keeps the highest. */
    public static void atLeast(Field field, long value) {
        COUNTS.merge(field, value, Math::max);
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (FILE == null || COUNTS.isEmpty()) {
            return;
        }
        String json = COUNTS.entrySet().stream().map(entry -> "  \"" + entry.getKey() + "\": " + entry.getValue())
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
        try {
            Path file = Path.of(FILE);
            Files.createDirectories(file.getParent());
            Files.writeString(file, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.print("proof: " + json);
    }
}
