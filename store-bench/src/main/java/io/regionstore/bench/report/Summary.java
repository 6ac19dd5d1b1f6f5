package io.regionstore.bench.report;

import io.regionstore.bench.run.PhaseResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * All repetitions of one workload of one subject: each figure is the median of the repetitions' figures.
 *
 * @param subject     its name
 * @param workload    label
 * @param valueSize   bytes
 * @param threads     at a time
 * @param repetitions that gave figures
 * @param throughput  operations a second, without timers around them; 0 at a fixed rate
 * @param heapBytes   of the Java heap per operation
 * @param p50         nanoseconds
 * @param p99         nanoseconds
 * @param p999        nanoseconds
 * @param p9999       nanoseconds
 * @param max         nanoseconds, the median of the repetitions' highest
 * @param histogram   of all repetitions together, or null
 * @param each        repetition that gave figures
 * @param failure     why there are no figures, or null
 */
public record Summary(String subject, String workload, int valueSize, int threads, int repetitions, double throughput,
                      double heapBytes, double p50, double p99, double p999, double p9999, double max,
                      Histogram histogram, List<Repetition> each, String failure) {
    /**
     * One repetition's figures, as those of the summary.
     *
     * @param number     which one, from 1
     * @param throughput operations a second
     * @param p50        nanoseconds
     * @param p999       nanoseconds
     * @param p9999      nanoseconds
     * @param events     what befell its threads, at a fixed rate
     */
    public record Repetition(int number, double throughput, double p50, double p999, double p9999,
                             Map<String, Double> events) {
        static Repetition of(PhaseResult phase) {
            Histogram histogram = decode(phase.histogram());
            return new Repetition(phase.repetition(), phase.throughput(), histogram.getValueAtPercentile(50),
                    histogram.getValueAtPercentile(99.9), histogram.getValueAtPercentile(99.99), phase.events());
        }
    }

    /**
     * @param phases of any number of subjects, workloads and repetitions
     * @return one for each subject, workload, size and number of threads, in the order of first appearance
     */
    public static List<Summary> of(List<PhaseResult> phases) {
        Map<String, List<PhaseResult>> groups = new LinkedHashMap<>();
        for (PhaseResult phase : phases) {
            groups.computeIfAbsent(phase.subject() + '|' + phase.workload() + '|' + phase.valueSize() + '|'
                    + phase.threads(), k -> new ArrayList<>()).add(phase);
        }
        return groups.values().stream().map(Summary::ofOne).toList();
    }

    private static Summary ofOne(List<PhaseResult> all) {
        PhaseResult first = all.getFirst();
        List<PhaseResult> good = all.stream().filter(p -> p.failure() == null).toList();
        if (good.isEmpty()) {
            return new Summary(first.subject(), first.workload(), first.valueSize(), first.threads(), 0, 0, 0, 0, 0, 0,
                    0, 0, null, List.of(), first.failure());
        }
        List<Histogram> histograms = good.stream().map(p -> decode(p.histogram())).toList();
        Histogram together = new Histogram(histograms.getFirst());
        together.reset();
        histograms.forEach(together::add);
        return new Summary(first.subject(), first.workload(), first.valueSize(), first.threads(), good.size(),
                median(good, PhaseResult::throughput), median(good, PhaseResult::heapBytes), percentile(histograms, 50),
                percentile(histograms, 99), percentile(histograms, 99.9), percentile(histograms, 99.99),
                median(histograms, h -> h.getMaxValue()), together,
                good.stream().map(Repetition::of).toList(), null);
    }

    private static double percentile(List<Histogram> histograms, double percentile) {
        return median(histograms, h -> h.getValueAtPercentile(percentile));
    }

    /**
     * @param things at least one
     * @param figure of each
     * @param <T>    of things
     * @return the middle figure, or the mean of the two in the middle
     */
    public static <T> double median(List<T> things, ToDoubleFunction<T> figure) {
        double[] sorted = things.stream().mapToDouble(figure).toArray();
        Arrays.sort(sorted);
        int n = sorted.length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }

    private static Histogram decode(String text) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("not a histogram", e);
        }
    }

    /**
     * @param name of the subject
     * @return the same figures under this name
     */
    public Summary named(String name) {
        return new Summary(name, workload, valueSize, threads, repetitions, throughput, heapBytes, p50, p99, p999, p9999,
                max, histogram, each, failure);
    }

    /** @return whether there are figures */
    public boolean isMeasured() {
        return failure == null;
    }
}
