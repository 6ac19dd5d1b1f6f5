package io.regionstore.bench;

import io.regionstore.bench.Scenarios.Opened;
import io.regionstore.bench.report.Summary;
import io.regionstore.bench.report.Summary.Repetition;
import io.regionstore.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;

/** The targets, and whether what was found meets them. */
final class Targets {
    private static final String KOPS = "kop/s";
    private static final String NANOS = "ns p50";
    /** Suffix of subjects whose pages were not faulted in before. */
    static final String UNTOUCHED = "/untouched";
    /** Checksums off: fastest. */
    static final String CHRONICLE = "chronicle-map";
    /** Checksums on: as the store. */
    static final String CHECKSUMS = "chronicle-map-checksums";
    /** Nothing written back: as KERNEL. */
    static final String PMEMOBJ = "pmemobj";
    /** As its documentation has it. */
    static final String PMEMOBJ_FLUSH = "pmemobj-flush";
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

    private static String x(double ratio) {
        return Table.format(ratio) + " x";
    }

    private static Double p50OrNull(Summary s) {
        return s == null ? null : s.p50();
    }

    /**
     * @param found     the store, the limits, Chronicle Map and libpmemobj
     * @param untouched inserts where pages were not faulted in before
     */
    void insert(Found found, Found untouched) {
        chronicleInsert(found, untouched);
        pmemobjInsert(found);
        Summary store = found.store("insert");
        Summary peer = found.of(CHECKSUMS, "insert");
        atMost("insert, 100 B, KERNEL, p99.9", store.p999(), "ns p99.9", found.limit("insert").p999(),
                peer == null ? null : peer.p999(),
                Summary.median(store.each(), r -> r.p999() / r.p50()), 3, " x its p50",
                "p50 " + Table.format(store.p50()) + " ns; peer: Chronicle Map with checksums");
    }

    private void chronicleInsert(Found found, Found untouched) {
        String name = "insert, 100 B, KERNEL, to Chronicle Map doing the same work (checksums on)";
        Summary store = found.store("insert");
        Summary same = found.of(CHECKSUMS, "insert");
        if (same == null) {
            notMeasured(name, "at least 7 x Chronicle Map with checksums", found.why(CHECKSUMS));
            return;
        }
        StringBuilder note = new StringBuilder("checksums on is the default of Chronicle Map for a persisted map");
        Summary fastest = found.of(CHRONICLE, "insert");
        if (fastest != null) {
            note.append("; with checksums off, its fastest configuration: ").append(Table.format(thousands(fastest)))
                    .append(' ').append(KOPS).append(", ratio ")
                    .append(x(Found.ratio(store, fastest, Repetition::throughput)));
        }
        note.append("; pages are faulted in before for all subjects, without that (--no-populate, once): store ")
                .append(untouched(untouched, "regionstore")).append(", Chronicle Map with checksums ")
                .append(untouched(untouched, CHECKSUMS)).append(", without ").append(untouched(untouched, CHRONICLE))
                .append(' ').append(KOPS);
        atLeast(name, thousands(store), KOPS, thousands(found.limit("insert")), thousands(same),
                Found.ratio(store, same, Repetition::throughput), 7, " x Chronicle Map with checksums", note.toString());
    }

    private static String untouched(Found found, String subject) {
        Summary s = found.of(subject + UNTOUCHED, "insert");
        return s == null ? "not measured" : Table.format(thousands(s));
    }

    private void pmemobjInsert(Found found) {
        String name = "insert, 100 B, KERNEL, to libpmemobj's transactional put";
        Summary store = found.store("insert");
        Summary same = found.of(PMEMOBJ, "insert");
        if (same == null) {
            notMeasured(name, "at least 20 x libpmemobj", found.why(PMEMOBJ));
            return;
        }
        Summary flushing = found.of(PMEMOBJ_FLUSH, "insert");
        atLeast(name, thousands(store), KOPS, thousands(found.limit("insert")), thousands(same),
                Found.ratio(store, same, Repetition::throughput), 20, " x libpmemobj",
                "same guarantee: caches are kept (PMEM_NO_FLUSH=1); as its documentation has it, flushing: "
                        + (flushing == null ? "not measured" : Table.format(thousands(flushing)) + ' ' + KOPS
                        + ", ratio " + x(Found.ratio(store, flushing, Repetition::throughput)))
                        + "; libpmemobj keeps no checksums of values");
    }

    void overwrite(Found found) {
        Summary store = found.store("overwrite");
        Summary limit = found.limit("overwrite");
        atMost("overwrite, 100 B, KERNEL", store.p50(), NANOS, limit.p50(), p50OrNull(found.of(CHECKSUMS, "overwrite")),
                Found.ratio(store, limit, Repetition::p50), 3, " x raw random overwrite",
                "peer: Chronicle Map with checksums");
    }

    void get(Found found) {
        Summary store = found.store("get-view");
        Summary limit = found.limit("get-view");
        List<Summary> ways = Stream.of(CHRONICLE, CHECKSUMS)
                .flatMap(peer -> Stream.of(found.of(peer, "get-view"), found.of(peer, "get-copy")))
                .filter(Objects::nonNull).toList();
        atMost("get, zero-copy, 100 B, to raw read", store.p50(), NANOS, limit.p50(),
                ways.isEmpty() ? null : ways.stream().mapToDouble(Summary::p50).min().getAsDouble(),
                Found.ratio(store, limit, Repetition::p50), 1.4, " x raw random read", null);
        String name = "get, zero-copy, 100 B, to Chronicle Map";
        if (ways.isEmpty()) {
            notMeasured(name, "at least 2 x Chronicle Map", found.why(CHRONICLE));
            return;
        }
        atLeast(name, thousands(store), KOPS, thousands(limit),
                ways.stream().mapToDouble(Targets::thousands).max().getAsDouble(),
                Found.ratio(store, ways, Repetition::throughput), 2, " x Chronicle Map",
                "the fastest of get by query context and getUsing, checksums on and off, in each repetition;"
                        + " a get verifies nothing in either store");
    }

    void heap(Found found) {
        double most = 0;
        for (Summary s : found.summaries()) {
            if (s.subject().equals("regionstore") && s.isMeasured()) {
                most = Math.max(most, s.heapBytes());
            }
        }
        Summary peer = found.of(CHECKSUMS, "insert");
        rows.add(new TargetRow("Java heap per put, get, delete", most, "bytes", null,
                peer == null ? null : peer.heapBytes(), null, "0 bytes", most < NO_HEAP,
                "below " + NO_HEAP + " is the measurement's own; peer: an insert into Chronicle Map with checksums"));
    }

    void platform(Summary platform, Summary kernel) {
        atLeast("insert, 100 B, PLATFORM", thousands(platform), KOPS, thousands(kernel), null,
                Found.ratio(platform, kernel, Repetition::throughput), 0.75, " of the KERNEL rate",
                "limit: the KERNEL rate; that a put has one fence is shown by tests, not here");
    }

    void twoThreads(Found one, Found two) {
        for (String workload : List.of("insert", "overwrite", "get-view")) {
            Summary b = two.store(workload);
            atLeast(workload + ", two threads, different keys", thousands(b), KOPS, thousands(two.limit(workload)), null,
                    Found.ratio(b, one.store(workload), Repetition::throughput), 1.8, " x one thread",
                    "the raw copy or read: "
                            + x(Found.ratio(two.limit(workload), one.limit(workload), Repetition::throughput)));
        }
    }

    /**
     * @param threads number to what was found with it, 2 and the most among them
     */
    void scaling(SortedMap<Integer, Found> threads) {
        int most = threads.lastKey();
        for (String workload : List.of("overwrite", "get-view")) {
            Summary two = threads.get(2).store(workload);
            Summary crowd = threads.get(most).store(workload);
            StringBuilder all = new StringBuilder("threads = ").append(KOPS).append(':');
            threads.forEach((n, found) -> all.append(' ').append(n).append(" = ")
                    .append(Table.format(thousands(found.store(workload)))).append(','));
            all.setLength(all.length() - 1);
            atLeast(workload + ", " + most + " threads on " + Runtime.getRuntime().availableProcessors() + " cores",
                    thousands(crowd), KOPS, null, null, Found.ratio(crowd, two, Repetition::throughput), 0.8,
                    " of 2 threads", all + "; one repetition");
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
                    null, Found.ratio(s, limit, Repetition::throughput), checked ? 0.6 : 0.9, " of the raw copy", note);
        }
    }

    /**
     * @param where   in words
     * @param store   overwrites of the store
     * @param limit   the raw copy at the same rate in the same JVMs
     * @param seconds of each repetition
     */
    void rate(String where, Summary store, Summary limit, double seconds) {
        atMost("500,000 put/s, 100 B, " + Table.format(seconds) + " s, " + where, store.p9999() / 1000, "us p99.99",
                limit.p9999() / 1000, null, store.p9999() / 1000, 50, " us", PacedNote.of(store, limit));
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
        double ratio = Found.ratio(writers.get(8), writers.get(1), Repetition::throughput);
        StringBuilder all = new StringBuilder("writers:");
        writers.forEach((n, s) -> all.append(' ').append(n).append(" = ").append(Table.format(s.throughput() / one))
                .append(" x"));
        atLeast("synced file metadata, 8 writers", writers.get(8).throughput() / 1000, KOPS, limit / 1000, null,
                ratio, 6, " x one writer", all + "; limit: one file, write and fdatasync");
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
