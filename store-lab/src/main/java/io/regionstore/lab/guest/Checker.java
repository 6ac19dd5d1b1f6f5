package io.regionstore.lab.guest;

import io.regionstore.RecordView;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Opens a store and compares it with the journal of acknowledgements. Prints one line: what was acknowledged and what
 * is there, or with which code opening was refused.
 */
public final class Checker {
    private static final Path JOURNAL = Path.of("/dev/vdc");
    private static final long PROBE_KEY = -1;

    private Checker() {
    }

    /**
     * @param args region, metadata, then the numbers of the runs that wrote to this store
     * @throws IOException if the journal fails
     */
    public static void main(String[] args) throws IOException {
        check(JOURNAL, args[0], args[1], Arrays.stream(args).skip(2).mapToInt(Integer::parseInt).toArray());
    }

    static void check(Path disk, String region, String metadata, int... runs) throws IOException {
        Timing timing = new Timing();
        try (RegionStore store = Media.store(region, metadata).listener(timing).open()) {
            long openMillis = timing.millis();
            Comparison comparison = compare(disk, store, runs);
            long writable = writable(store) ? 1 : 0;
            System.out.println("LAB result " + comparison + " writable=" + writable + " verdict="
                    + store.recovery().verdict() + " rolledBack=" + store.recovery().rolledBack() + " rejected="
                    + store.recovery().rejected() + damage(store.recovery()) + " verified=" + store.recovery().payloadsVerified() + " openMillis="
                    + openMillis + " millis=" + timing);
        } catch (RegionStoreException e) {
            System.out.println("LAB result code=" + e.code() + e.report().map(Checker::damage).orElse("") + " message: "
                    + e.getMessage());
        }
    }

    private static String damage(RecoveryReport report) {
        report.notes().forEach(note -> System.err.println("recovery: " + note));
        return " damaged=" + report.damagedCount() + " damagedKeys=" + report.damaged().stream().limit(20)
                .map(RecoveryReport.DamagedRecord::key).map(key -> key.replace(' ', '_')).collect(Collectors.joining(","));
    }

    private static Comparison compare(Path disk, RegionStore store, int[] runs) throws IOException {
        Comparison comparison = new Comparison(store);
        try (Journal journal = Journal.open(disk)) {
            for (int run : runs) {
                Workload workload = journal.workload(run);
                if (workload == null) {
                    throw new IOException("run " + run + " is not in the journal");
                }
                comparison.add(workload, journal.acknowledged(workload));
            }
        }
        comparison.countStrays();
        return comparison;
    }

    /** A store that was brought back takes new records. */
    private static boolean writable(RegionStore store) {
        try (Arena arena = Arena.ofConfined(); RecordView view = store.newView()) {
            MemorySegment payload = arena.allocate(1000);
            Payload.fill(payload, PROBE_KEY);
            store.put(PROBE_KEY, payload);
            boolean there = store.get(PROBE_KEY, view) && Payload.matches(view.segment(), PROBE_KEY);
            view.release();
            return store.delete(PROBE_KEY) && there && !store.contains(PROBE_KEY);
        }
    }
}
