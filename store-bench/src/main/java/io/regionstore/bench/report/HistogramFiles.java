package io.regionstore.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Latencies in the two formats that HdrHistogram's tools read; values in nanoseconds, shown in microseconds. */
public final class HistogramFiles {
    private HistogramFiles() {
    }

    /**
     * Writes {@code latency.hlog}, one line for each summary, tagged with what it is, and one {@code .hgrm} file each.
     *
     * @param summaries what was found
     * @param directory where to; exists
     */
    public static void write(List<Summary> summaries, Path directory) {
        try (PrintStream log = open(directory.resolve("latency.hlog"))) {
            HistogramLogWriter writer = new HistogramLogWriter(log);
            writer.outputComment("latency in nanoseconds; all repetitions of a workload together");
            writer.outputLogFormatVersion();
            writer.outputLegend();
            for (Summary summary : summaries) {
                if (!summary.isMeasured()) {
                    continue;
                }
                Histogram histogram = summary.histogram().copy();
                histogram.setTag(name(summary));
                writer.outputIntervalHistogram(histogram);
                try (PrintStream out = open(directory.resolve(name(summary) + ".hgrm"))) {
                    histogram.outputPercentileDistribution(out, 1000.0);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PrintStream open(Path file) throws IOException {
        return new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8);
    }

    private static String name(Summary s) {
        return s.workload() + "-" + s.subject().replace('/', '-') + "-" + s.valueSize() + "B-" + s.threads() + "t";
    }
}
