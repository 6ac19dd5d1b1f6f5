package io.regionstore.bench;

import io.regionstore.bench.run.WorkFiles;
import io.regionstore.bench.scenario.Fill;
import io.regionstore.bench.scenario.Open;
import io.regionstore.bench.scenario.Scenario;
import io.regionstore.bench.scenario.Space;
import io.regionstore.bench.scenario.SyncedFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the programs of {@link io.regionstore.bench.scenario}, and kills those that wait for it. */
final class Scenarios {
    private static final long SPARSE = 1L << 40;

    private final Children children;
    private final Path work;

    Scenarios(Children children, Path work) {
        this.children = children;
        this.work = work;
    }

    /**
     * Opening after kill -9.
     *
     * @param fill  figures of {@link Fill}
     * @param opens figures of {@link Open}, one each time
     */
    record Opened(Map<String, Double> fill, List<Map<String, Double>> opens) {
        double milliseconds() {
            return io.regionstore.bench.report.Summary.median(opens, open -> open.get("milliseconds"));
        }
    }

    /**
     * Fills a store and kills the JVM; then opens it and kills the JVM, several times.
     *
     * @param records   keys
     * @param valueSize bytes
     * @param keys      bytes or long
     * @param times     to open
     * @return what was found
     */
    Opened open(long records, int valueSize, String keys, int times) {
        Path data = work.resolve("open");
        String[] args = {data.toString(), "" + records, "" + valueSize, "mapped", keys};
        try {
            WorkFiles.clear(data);
            Map<String, Double> fill = killed(Fill.class, args);
            List<Map<String, Double>> opens = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                opens.add(killed(Open.class, args));
            }
            for (Map<String, Double> open : opens) {
                if (open.get("records") != records) {
                    throw new BenchFailure("opened " + open.get("records") + " of " + records + " records");
                }
            }
            WorkFiles.remove(data);
            return new Opened(fill, opens);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sparse region of 1 TiB with a thousand records, opened after kill -9. */
    Opened sparse(int times) {
        Path data = work.resolve("sparse");
        try {
            WorkFiles.clear(data);
            Path region = data.resolve("region");
            Path metadata = data.resolve("metadata");
            length(region, SPARSE);
            length(metadata, 16 << 20);
            String[] args = {data.toString(), "1000", "100", region + "," + metadata, "bytes"};
            Map<String, Double> fill = killed(Fill.class, args);
            List<Map<String, Double>> opens = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                opens.add(killed(Open.class, args));
            }
            WorkFiles.remove(data);
            return new Opened(fill, opens);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void length(Path file, long bytes) throws IOException {
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(bytes);
        }
    }

    /** How much of a region can be payload. */
    Map<String, Double> space(long bytes, long seed) {
        Path data = work.resolve("space");
        String output = children.run(Space.class, "", List.of(), 1200, data.toString(), "" + bytes, "" + seed);
        try {
            WorkFiles.remove(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Scenario.figures(output);
    }

    /** Writes a second, each followed by fdatasync. */
    double syncedWrites(Path disk, double seconds) {
        return Scenario.figures(children.run(SyncedFile.class, "", List.of(), 120, disk.toString(), "" + seconds))
                .get("writesPerSecond");
    }

    private Map<String, Double> killed(Class<?> main, String... args) {
        try {
            Path log = Files.createTempFile(work, main.getSimpleName(), ".log");
            Process process = children.start(main, "", List.of(), log, args);
            try {
                Map<String, Double> figures = Scenario.figures(Files.readString(log));
                while (figures.isEmpty()) {
                    if (process.waitFor(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                        throw new BenchFailure(main.getSimpleName() + " ended with " + process.exitValue() + ":\n"
                                + Files.readString(log));
                    }
                    figures = Scenario.figures(Files.readString(log));
                }
                return figures;
            } finally {
                // SIGKILL
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }
}
