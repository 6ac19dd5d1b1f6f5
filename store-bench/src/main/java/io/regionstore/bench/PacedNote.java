package io.regionstore.bench;

import io.regionstore.bench.report.Summary;
import io.regionstore.bench.report.Summary.Repetition;
import io.regionstore.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Says what befell a thread that ran at a fixed rate: whether a late operation was held up from outside. */
final class PacedNote {
    private PacedNote() {
    }

    /**
     * @param store at a fixed rate
     * @param limit the raw copy at the same rate
     * @return a note on both
     */
    static String of(Summary store, Summary limit) {
        List<String> sentences = new ArrayList<>();
        sentences.add("coordinated omission counted; p50 " + Table.format(store.p50()) + " ns, max "
                + Table.format(store.max() / 1000) + " us; the ratio is the value");
        store.each().forEach(r -> sentences.add(repetition("store " + r.number(), r)));
        limit.each().forEach(r -> sentences.add(repetition("raw copy " + r.number(), r)));
        return String.join("; ", sentences);
    }

    private static String repetition(String who, Repetition r) {
        StringJoiner text = new StringJoiner(", ");
        text.add(who + ": p99.99 " + micros(r.p9999()) + " us");
        Map<String, Double> e = r.events();
        if (e.containsKey("stops")) {
            double share = e.get("waitingShare");
            double asOften = share <= 0 ? 0 : e.get("stops") * (1 - share) / share;
            text.add("between operations (" + Table.format(100 * share)
                    + " % of the time) the thread stood still "
                    + count(e, "stops") + " times for 10 us or longer, "
                    + millis(e, "stopMillis") + " in all, the longest " + millis(e, "longestStopMillis")
                    + "; inside operations " + count(e, "slowOperations") + " times (as often for their share of the time: "
                    + Table.format(Math.rint(asOften)) + "), without a core in "
                    + count(e, "descheduledOperations") + " of these; p99.99 when what this delayed counts with its own time "
                    + micros(e.get("p9999WithoutStopsNanos")) + " us");
        }
        if (e.containsKey("waitingForCoreMillis")) {
            text.add("waited for a core " + millis(e, "waitingForCoreMillis"));
        }
        if (e.containsKey("involuntarySwitches")) {
            text.add(count(e, "involuntarySwitches") + " involuntary switches");
        }
        if (e.containsKey("stealMillis")) {
            text.add("steal " + millis(e, "stealMillis") + " (all cores)");
        }
        if (e.containsKey("minorFaults")) {
            text.add(count(e, "minorFaults") + " minor and " + count(e, "majorFaults") + " major page faults");
        }
        if (e.containsKey("collections")) {
            text.add(count(e, "collections") + " GCs (" + millis(e, "collectionMillis") + ")");
        }
        if (e.containsKey("safepoints")) {
            text.add(count(e, "safepoints") + " safepoints (" + millis(e, "safepointMillis") + ")");
        }
        return text.toString();
    }

    private static String micros(double nanos) {
        return Table.format(nanos / 1000);
    }

    private static String millis(Map<String, Double> events, String name) {
        return Table.format(events.get(name)) + " ms";
    }

    private static String count(Map<String, Double> events, String name) {
        return String.format(java.util.Locale.ROOT, "%,.0f", events.get(name));
    }
}
