package io.regionstore.bench.report;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots as PNG and SVG. Each subject has one colour in all of them. */
public final class Plots {
    private static final int WIDTH = 1100;
    private static final int HEIGHT = 650;
    private final Path directory;
    private final Palette palette = new Palette();

    /** @param directory where to; exists */
    public Plots(Path directory) {
        this.directory = directory;
    }

    /**
     * Writes a plot of percentile curves for each workload, size and number of threads, and one of throughput for each
     * size and number of threads.
     *
     * @param summaries what was found
     * @return names of the files, without their ending
     */
    public List<String> write(List<Summary> summaries) {
        // the store's own beside each other
        List<Summary> measured = summaries.stream().filter(Summary::isMeasured)
                .sorted(Comparator.comparing(s -> !isStore(s))).toList();
        Map<String, List<Summary>> curves = new TreeMap<>();
        Map<String, List<Summary>> bars = new TreeMap<>();
        for (Summary s : measured) {
            if (s.subject().endsWith("/scaling")) {
                continue;
            }
            String at = s.valueSize() + "B-" + s.threads() + "t";
            curves.computeIfAbsent("latency-" + s.workload() + "-" + at + variant(s), k -> new ArrayList<>()).add(s);
            if (s.throughput() > 0 && variant(s).isEmpty()) {
                bars.computeIfAbsent("throughput-" + (s.workload().startsWith("ycsb") ? "ycsb-" : "") + at, k -> new ArrayList<>()).add(s);
            }
        }
        List<String> names = new ArrayList<>();
        curves.forEach((name, group) -> names.add(save(curves(group), name)));
        bars.forEach((name, group) -> names.add(save(bars(group), name)));
        return names;
    }

    private static boolean isStore(Summary s) {
        return s.subject().startsWith("regionstore");
    }

    /** What was measured at a fixed rate, or synced, is no curve to put beside the others. */
    private static String variant(Summary s) {
        int slash = s.subject().indexOf('/');
        return slash < 0 || s.subject().endsWith("/platform") ? "" : "-" + s.subject().substring(slash + 1);
    }

    private XYChart curves(List<Summary> group) {
        Summary any = group.getFirst();
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT)
                .title("Latency of " + any.workload() + ", " + any.valueSize() + " bytes, " + threads(any)
                        + variant(any).replaceFirst("-", ", "))
                .xAxisTitle("share of operations that are at least as fast").yAxisTitle("latency").build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true).setYAxisMin(10.0);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.setCustomXAxisTickLabelsFormatter(Plots::share);
        chart.setCustomYAxisTickLabelsFormatter(Plots::time);
        for (Summary s : group) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            Histogram histogram = s.histogram();
            for (HistogramIterationValue value : histogram.percentiles(10)) {
                double percentile = Math.min(value.getPercentileLevelIteratedTo(),
                        100.0 - 100.0 / histogram.getTotalCount());
                x.add(1 / (1 - percentile / 100));
                y.add((double) Math.max(1, value.getValueIteratedTo()));
            }
            chart.addSeries(variant(s).isEmpty() ? s.subject() : s.subject().replaceFirst("/.*", ""), x, y).setMarker(SeriesMarkers.NONE)
                    .setLineStyle(SeriesLines.SOLID)
                    .setLineColor(palette.of(s.subject())).setLineWidth(isStore(s) ? 3.5f : 1.8f);
        }
        return chart;
    }

    private CategoryChart bars(List<Summary> group) {
        Summary any = group.getFirst();
        CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT)
                .title("Throughput, " + any.valueSize() + " bytes, " + threads(any)).xAxisTitle("")
                .yAxisTitle("operations a second").build();
        style(chart.getStyler());
        chart.getStyler().setYAxisLogarithmic(true).setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setAvailableSpaceFill(0.9);
        chart.setCustomYAxisTickLabelsFormatter(Plots::count);
        List<String> workloads = group.stream().map(Summary::workload).distinct().toList();
        double least = group.stream().mapToDouble(Summary::throughput).min().orElse(1);
        double floor = Math.pow(10, Math.floor(Math.log10(least)));
        chart.getStyler().setYAxisMin(floor);
        for (String subject : group.stream().map(Summary::subject).distinct().toList()) {
            List<Double> heights = workloads.stream().map(w -> group.stream()
                    .filter(s -> s.subject().equals(subject) && s.workload().equals(w))
                    .map(Summary::throughput).findFirst().orElse(null)).toList();
            chart.addSeries(subject, workloads, heights).setFillColor(palette.of(subject));
        }
        return chart;
    }

    /**
     * Writes {@code open-time}: milliseconds over the number of records.
     *
     * @param milliseconds for each name of a way of opening: records to milliseconds
     * @return the file's name, without its ending
     */
    public String openTimes(Map<String, Map<Long, Double>> milliseconds) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title("Time to open after kill -9")
                .xAxisTitle("records").yAxisTitle("time to open").build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true)
                .setLegendPosition(Styler.LegendPosition.InsideNW);
        chart.getStyler().setMarkerSize(9);
        chart.setCustomXAxisTickLabelsFormatter(Plots::count);
        chart.setCustomYAxisTickLabelsFormatter(ms -> time(ms * 1e6));
        List<Double> all = milliseconds.values().stream().flatMap(points -> points.values().stream()).toList();
        chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(all.stream().min(Double::compare).orElse(1.0)))));
        chart.getStyler().setYAxisMax(Math.pow(10, Math.ceil(Math.log10(all.stream().max(Double::compare).orElse(10.0)))));
        milliseconds.forEach((name, points) -> {
            var series = chart.addSeries(name, points.keySet().stream().map(Long::doubleValue).toList(),
                    new ArrayList<>(points.values()));
            series.setMarker(SeriesMarkers.CIRCLE);
            series.setMarkerColor(palette.of(name));
            series.setLineColor(palette.of(name));
        });
        return save(chart, "open-time");
    }

    /**
     * Writes {@code scaling-<size>B}: throughput over the number of threads.
     *
     * @param throughput for each workload: threads to operations a second
     * @param valueSize  bytes
     * @return the file's name, without its ending
     */
    public String scaling(Map<String, Map<Integer, Double>> throughput, int valueSize) {
        // categories, not figures, on the axis: powers of two evenly spaced, each labelled
        CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT)
                .title("Throughput of the store over threads, " + valueSize + " bytes, "
                        + Runtime.getRuntime().availableProcessors() + " cores")
                .xAxisTitle("threads").yAxisTitle("operations a second").build();
        style(chart.getStyler());
        chart.getStyler().setDefaultSeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Line)
                .setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setOverlapped(true).setMarkerSize(9);
        chart.getStyler().setYAxisMin(0.0);
        chart.setCustomYAxisTickLabelsFormatter(Plots::count);
        throughput.forEach((workload, points) -> {
            CategorySeries series = chart.addSeries(workload, points.keySet().stream().map(n -> "" + n).toList(),
                    new ArrayList<>(points.values()));
            series.setMarker(SeriesMarkers.CIRCLE);
            series.setMarkerColor(palette.of(workload));
            series.setLineColor(palette.of(workload));
        });
        return save(chart, "scaling-" + valueSize + "B");
    }

    private static void style(Styler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setLegendBorderColor(Color.LIGHT_GRAY);
        java.awt.Font font = new java.awt.Font(java.awt.Font.SANS_SERIF, java.awt.Font.PLAIN, 15);
        styler.setLegendFont(font);
        styler.setChartTitleFont(font.deriveFont(java.awt.Font.BOLD, 18));
        if (styler instanceof org.knowm.xchart.style.AxesChartStyler axes) {
            axes.setAxisTickLabelsFont(font).setAxisTitleFont(font).setPlotGridLinesColor(new Color(0xDDDDDD));
        }
    }

    private String save(Chart<?, ?> chart, String name) {
        try {
            String file = directory.resolve(name).toString();
            BitmapEncoder.saveBitmap(chart, file, BitmapEncoder.BitmapFormat.PNG);
            VectorGraphicsEncoder.saveVectorGraphic(chart, file, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
            return name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String threads(Summary s) {
        return s.threads() == 1 ? "1 thread" : s.threads() + " threads";
    }

    /** 10 is 90 %, 1000 is 99.9 %. */
    private static String share(double oneInto) {
        if (oneInto <= 1) {
            return "0 %";
        }
        double percent = 100 - 100 / oneInto;
        int digits = (int) Math.max(0, Math.ceil(Math.log10(oneInto) - 2 - 1e-9));
        return String.format(Locale.ROOT, "%." + digits + "f %%", percent);
    }

    private static String time(double nanos) {
        return nanos < 1e3 ? trim(nanos, "ns") : nanos < 1e6 ? trim(nanos / 1e3, "\u00b5s")
                : nanos < 1e9 ? trim(nanos / 1e6, "ms") : trim(nanos / 1e9, "s");
    }

    private static String count(double value) {
        return value < 1e3 ? trim(value, "") : value < 1e6 ? trim(value / 1e3, "k") : trim(value / 1e6, "M");
    }

    private static String trim(double value, String unit) {
        String digits = value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3g", value);
        return unit.isEmpty() ? digits : digits + " " + unit;
    }
}
