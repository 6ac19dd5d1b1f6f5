package io.regionstore.bench;

import io.regionstore.bench.Scenarios.Opened;
import io.regionstore.bench.TargetSuite.Found;
import io.regionstore.bench.report.Summary;
import io.regionstore.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The targets, and whether what was found meets them. */
final class Targets {
    private static final String KOPS = "kop/s";
    private static final String NANOS = "ns p50";
    private static final String LIBPMEMOBJ = "libpmemobj is not measured by this program";
    /** Less than this is what the measurement itself takes from the heap. */
    private static final double NO_HEAP = 0.01;

    private final List<TargetRow> rows = new ArrayList<>();

    List<TargetRow> rows() {
        return rows;
    }

    private void atLeast(String name, double value, String unit, Double limit, Double peer, double ratio, double target,
                         String of, String note) {
        rows.add(new TargetRow(name, value, unit, limit, peer, ratio, "at least " + Table.format(target) + of,
                ratio >= target, note));
    }

    private void atMost(String name, double value, String unit, Double limit, Double peer, double ratio, double target,
                        String of, String note) {
        rows.add(new TargetRow(name, value, unit, limit, peer, ratio, "at most " + Table.format(target) + of,
                ratio <= target, note));
    }

    private void notMeasured(String name, String target, String why) {
        rows.add(new TargetRow(name, null, "", null, null, null, target, null, why));
    }

    private static double thousands(Summary s) {
        return s.throughput() / 1000;
    }

    private static Double thousandsOrNull(Summary s) {
        return s == null ? null : thousands(s);
    }

    void insert(Found found) {
        Summary store = found.store("insert");
        Summary peer = found.peer("insert");
        double raw = thousands(found.limit("insert"));
        if (peer != null) {
            atLeast("insert, 100 B, KERNEL, to Chronicle Map", thousands(store), KOPS, raw, thousands(peer),
                    store.throughput() / peer.throughput(), 7, " x Chronicle Map", null);
        } else {
            notMeasured("insert, 100 B, KERNEL, to Chronicle Map", "at least 7 x Chronicle Map", "Chronicle Map was not measured");
        }
        notMeasured("insert, 100 B, KERNEL, to libpmemobj", "at least 20 x libpmemobj", LIBPMEMOBJ);
        atMost("insert, 100 B, KERNEL, p99.9", store.p999(), "ns p99.9", found.limit("insert").p999(),
                peer == null ? null : peer.p999(), store.p999() / store.p50(), 3, " x its p50",
                "p50 " + Table.format(store.p50()) + " ns");
    }

    void overwrite(Found found) {
        Summary store = found.store("overwrite");
        Summary limit = found.limit("overwrite");
        Summary peer = found.peer("overwrite");
        atMost("overwrite, 100 B, KERNEL", store.p50(), NANOS, limit.p50(), peer == null ? null : peer.p50(),
                store.p50() / limit.p50(), 3, " x raw random overwrite", null);
    }

    void get(Found found) {
        Summary store = found.store("get-view");
        Summary limit = found.limit("get-view");
        Summary view = found.peer("get-view");
        Summary copy = found.peer("get-copy");
        Double best = view == null ? null : Math.max(thousands(view), copy == null ? 0 : thousands(copy));
        atMost("get, zero-copy, 100 B, to raw read", store.p50(), NANOS, limit.p50(), view == null ? null : view.p50(),
                store.p50() / limit.p50(), 1.4, " x raw random read", null);
        if (best != null) {
            atLeast("get, zero-copy, 100 B, to Chronicle Map", thousands(store), KOPS, thousands(limit), best, thousands(store) / best, 2,
                    " x Chronicle Map", "the faster of its get by query context and getUsing");
        } else {
            notMeasured("get, zero-copy, 100 B, to Chronicle Map", "at least 2 x Chronicle Map", "Chronicle Map was not measured");
        }
    }

    void heap(Found found) {
        double most = 0;
        for (Summary s : found.summaries()) {
            if (s.subject().equals("regionstore") && s.isMeasured()) {
                most = Math.max(most, s.heapBytes());
            }
        }
        Summary peer = found.peer("insert");
        rows.add(new TargetRow("Java heap per put, get, delete", most, "bytes", null,
                peer == null ? null : peer.heapBytes(), null, "0 bytes", most < NO_HEAP,
                "below " + NO_HEAP + " is the measurement's own"));
    }

    void platform(Summary platform, Summary kernel) {
        atLeast("insert, 100 B, PLATFORM", thousands(platform), KOPS, thousandsOrNull(kernel), null,
                kernel == null ? 0 : platform.throughput() / kernel.throughput(), 0.75, " of the KERNEL rate",
                "limit: the KERNEL rate; that a put has one fence is shown by tests, not here");
    }

    void twoThreads(Found one, Found two) {
        for (String workload : List.of("insert", "overwrite", "get-view")) {
            Summary a = one.store(workload);
            Summary b = two.store(workload);
            double raw = two.limit(workload).throughput() / one.limit(workload).throughput();
            atLeast(workload + ", two threads, different keys", thousands(b), KOPS, thousands(two.limit(workload)), null,
                    b.throughput() / a.throughput(), 1.8, " x one thread",
                    "the raw copy or read: " + Table.format(raw) + " x");
        }
    }

    void large(Found found) {
        for (String workload : List.of("overwrite", "get-copy", "get-verified")) {
            Summary s = found.store(workload);
            Summary limit = found.limit(workload.equals("get-verified") ? "get-view" : workload);
            boolean checked = !workload.equals("get-copy");
            String note = switch (workload) {
                case "overwrite" -> "checksums cannot be turned off for writes; limit: random copy";
                case "get-copy" -> "a read does not verify, so this is without checksums";
                default -> "limit: random read of every byte";
            };
            atLeast(workload + ", 64 KiB, checksums " + (checked ? "on" : "off"), thousands(s), KOPS, thousands(limit),
                    null, s.throughput() / limit.throughput(), checked ? 0.6 : 0.9, " of the raw copy", note);
        }
    }

    void rate(String where, Summary s, double seconds) {
        atMost("500,000 put/s, 100 B, " + Table.format(seconds) + " s, " + where, s.p9999() / 1000, "us p99.99", null,
                null, s.p9999() / 1000, 50, " us", "coordinated omission counted; p50 " + Table.format(s.p50())
                        + " ns, max " + Table.format(s.max() / 1000) + " us; the ratio is the value");
    }

    void opening(long records, Opened opened, String keys) {
        double seconds = opened.milliseconds() / 1000;
        atMost("opening " + String.format("%,d", records) + " records after kill -9, " + keys, seconds, "s", null, null,
                seconds, 1, " s (stage 1)", Table.format(opened.milliseconds() * 1e6 / records)
                        + " ns a record; stage 2 asks for 0.03 s");
    }

    void memory(Opened longKeys) {
        atMost("external metadata, 8-byte keys", longKeys.fill().get("metadataPerRecord"), "bytes a record", null, null,
                longKeys.fill().get("metadataPerRecord"), 32, " bytes a record", null);
        double filled = longKeys.fill().get("memoryPerRecord");
        double opened = longKeys.opens().getFirst().get("memoryPerRecord");
        atMost("memory of the store itself", Math.max(filled, opened), "bytes a record", null, null,
                Math.max(filled, opened), 24, " bytes a record off-heap", "long keys, 100 B; " + Table.format(filled)
                        + " when filled, " + Table.format(opened) + " when opened");
        double heap = longKeys.fill().get("heapPerRecord");
        atMost("memory of the store on the heap", heap, "bytes a record", null, null, heap, 0.5, " bytes a record",
                "nothing per record");
    }

    void sparse(Opened opened) {
        double memory = Summary.median(opened.opens(), o -> o.get("anonymousBytes")) / (1 << 20);
        atMost("opening a sparse region of 1 TiB", opened.milliseconds(), "ms", null, null, opened.milliseconds(), 50,
                " ms", "first use of the store in its JVM: class loading is in it");
        atMost("opening a sparse region of 1 TiB, memory", memory, "MiB", null, null, memory, 64, " MiB",
                "growth of the process's own memory; of mapped pages "
                        + Table.format(Summary.median(opened.opens(), o -> o.get("fileBytes")) / (1 << 20)) + " MiB");
    }

    void space(Map<String, Double> found) {
        atLeast("payload when filled with records of one granule", found.get("granulePercent"), "%", null, null,
                found.get("granulePercent"), 100, " %", null);
        atLeast("payload at first failure, mixed sizes, churned", found.get("mixedPercent"), "%", null, null,
                found.get("mixedPercent"), 92, " %", "largest free extent "
                        + Table.format(found.get("largestFree") / 1024) + " KiB, "
                        + String.format("%,.0f", found.get("mixedRecords")) + " records");
    }

    void synced(Map<Integer, Summary> writers, double limit) {
        double one = writers.get(1).throughput();
        StringBuilder all = new StringBuilder("writers:");
        writers.forEach((n, s) -> all.append(' ').append(n).append(" = ").append(Table.format(s.throughput() / one))
                .append(" x"));
        atLeast("synced file metadata, 8 writers", writers.get(8).throughput() / 1000, KOPS, limit / 1000, null,
                writers.get(8).throughput() / one, 6, " x one writer", all + "; limit: one file, write and fdatasync");
    }

    String table() {
        Table table = new Table(1, "target", "value", "unit", "limit", "peer", "ratio", "wanted", "met");
        for (TargetRow row : rows) {
            table.row(row.name(), text(row.value()), row.unit(), text(row.limit()), text(row.peer()), text(row.ratio()),
                    row.target(), row.met() == null ? "not measured" : row.met() ? "yes" : "NO");
        }
        StringBuilder notes = new StringBuilder(table.toString());
        for (TargetRow row : rows) {
            if (row.note() != null) {
                notes.append(row.name()).append(": ").append(row.note()).append('\n');
            }
        }
        long met = rows.stream().filter(r -> Boolean.TRUE.equals(r.met())).count();
        return notes.append(met).append(" of ").append(rows.size()).append(" met\n").toString();
    }

    private static String text(Double value) {
        return value == null ? "" : Table.format(value);
    }
}
