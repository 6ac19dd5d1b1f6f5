package io.regionstore.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text in columns: the first one to the left, figures to the right. */
public final class Table {
    private final List<String[]> rows = new ArrayList<>();
    private final int leftAligned;

    /**
     * @param leftAligned number of columns, from the left, that hold words
     * @param titles      of the columns
     */
    public Table(int leftAligned, String... titles) {
        this.leftAligned = leftAligned;
        rows.add(titles);
    }

    /** @param cells as many as there are titles; or fewer, the last of which then runs on */
    public void row(String... cells) {
        rows.add(cells);
    }

    @Override
    public String toString() {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int c = 0; c < row.length; c++) {
                if (row.length == columns || c < row.length - 1) {
                    widths[c] = Math.max(widths[c], row[c].length());
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            String[] row = rows.get(r);
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.length; c++) {
                boolean runsOn = row.length < columns && c == row.length - 1;
                String format = runsOn ? "%s" : "%" + (c < leftAligned ? "-" : "") + Math.max(1, widths[c]) + "s";
                line.append(c == 0 ? "" : "  ").append(String.format(Locale.ROOT, format, row[c]));
            }
            text.append(line.toString().stripTrailing()).append('\n');
            if (r == 0) {
                text.append("-".repeat(line.length())).append('\n');
            }
        }
        return text.toString();
    }

    /**
     * @param summaries what was found
     * @return a table of latencies and throughput, with the ratio to the raw copy or read of the same size
     */
    public static String of(List<Summary> summaries) {
        Table table = new Table(2, "workload", "subject", "bytes", "threads", "kop/s", "p50 ns", "p99 ns", "p99.9 ns",
                "p99.99 ns", "max us", "heap B/op", "limit kop/s", "limit p50");
        List<Summary> sorted = summaries.stream()
                .sorted(java.util.Comparator.comparing(Summary::valueSize).thenComparing(Summary::threads)
                        .thenComparing(s -> order(summaries, s)))
                .toList();
        for (Summary s : sorted) {
            if (!s.isMeasured()) {
                table.row(s.workload(), s.subject(), "" + s.valueSize(), "" + s.threads(), s.failure());
                continue;
            }
            Summary limit = summaries.stream().filter(l -> l.subject().equals("limit") && l.isMeasured()
                    && l.workload().equals(s.workload()) && l.valueSize() == s.valueSize()
                    && l.threads() == s.threads()).findFirst().orElse(null);
            boolean ratio = limit != null && limit != s && s.throughput() > 0;
            table.row(s.workload(), s.subject(), "" + s.valueSize(), "" + s.threads(),
                    s.throughput() == 0 ? "rate" : format(s.throughput() / 1000), format(s.p50()), format(s.p99()),
                    format(s.p999()), format(s.p9999()), format(s.max() / 1000), format(s.heapBytes()),
                    ratio ? format(s.throughput() / limit.throughput()) + " of" : "",
                    ratio ? format(s.p50() / limit.p50()) + " x" : "");
        }
        return table.toString();
    }

    private static int order(List<Summary> summaries, Summary summary) {
        for (int i = 0; i < summaries.size(); i++) {
            if (summaries.get(i).workload().equals(summary.workload())) {
                return i;
            }
        }
        return summaries.size();
    }

    /**
     * @param value a figure
     * @return three or more digits of it
     */
    public static String format(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 || value == Math.rint(value) ? "%,.0f" : size >= 10 ? "%.1f"
                : size >= 0.1 ? "%.2f" : "%.3f", value);
    }
}
