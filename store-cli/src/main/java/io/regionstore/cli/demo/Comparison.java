package io.regionstore.cli.demo;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Compares a recovered store with what was promised, byte for byte. For each key the last acknowledged operation
 * decides. Where an operation was in flight at the kill, its effect may be found instead, whole. A record that is
 * there and is neither is torn; one that is absent, or an older one, is lost; so is a delete whose record is back.
 */
final class Comparison {
    private static final int MOST_COMPLAINTS = 20;

    private final RegionStore store;
    private final Ledger ledger;
    private final long seed;
    private final Progress progress;
    private final RecordView view;
    private final MemorySegment expected;
    private final Histogram gets = Ledger.newHistogram();
    private final List<String> complaints = new ArrayList<>();
    private long acknowledged;
    private long recovered;
    private long torn;
    private long lost;
    private long deleted;
    private long found;

    private Comparison(RegionStore store, Ledger ledger, long seed, Progress progress, RecordView view, Arena arena) {
        this.store = store;
        this.ledger = ledger;
        this.seed = seed;
        this.progress = progress;
        this.view = view;
        expected = arena.allocate(SmallRecords.LONGEST_PAYLOAD, 8);
    }

    /**
     * What was found. {@code acknowledged == recovered + torn + lost}, except for what is lost by coming back.
     *
     * @param acknowledged records whose last put was acknowledged
     * @param recovered    those that are there, whole
     * @param torn         records that are there and match nothing that was written
     * @param lost         records that are not there or are older, deletes that were undone, records nobody wrote
     * @param deleted      keys whose last delete was acknowledged and that are absent
     * @param gets         latencies of the reads, in nanoseconds
     * @param complaints   the first findings in words
     */
    record Result(long acknowledged, long recovered, long torn, long lost, long deleted, Histogram gets,
                  List<String> complaints) {
        boolean isClean() {
            return torn == 0 && lost == 0;
        }
    }

    static Result compare(RegionStore store, Ledger ledger, JdkFiles jdk, long seed, Progress progress)
            throws IOException {
        try (RecordView view = store.newView(); Arena arena = Arena.ofConfined()) {
            Comparison comparison = new Comparison(store, ledger, seed, progress, view, arena);
            comparison.compareFiles(jdk);
            for (SmallRecords records : SmallRecords.values()) {
                comparison.compareSmall(records);
            }
            comparison.compareCount();
            return new Result(comparison.acknowledged, comparison.recovered, comparison.torn, comparison.lost,
                    comparison.deleted, comparison.gets, comparison.complaints);
        }
    }

    private void compareFiles(JdkFiles jdk) throws IOException {
        long begun = ledger.begun(JdkFiles.WRITER);
        long promised = ledger.acknowledged(JdkFiles.WRITER);
        for (int i = 0; i < jdk.files().size() && i < begun; i++) {
            JdkFiles.JdkFile file = jdk.files().get(i);
            try (Arena arena = Arena.ofConfined()) {
                boolean present = timedGet(Writer.keyOf(file.key(), arena));
                boolean mustBeThere = i < promised;
                acknowledged += mustBeThere ? 1 : 0;
                if (present) {
                    found++;
                    boolean whole = view.segment().mismatch(FileWriter.map(file, arena)) == -1 && isIntact();
                    judge(whole ? Finding.EXPECTED : Finding.TORN, mustBeThere, file.path().toString());
                } else if (mustBeThere) {
                    judge(Finding.LOST, true, file.path().toString());
                }
            }
            progress.step();
        }
        view.release();
    }

    private void compareSmall(SmallRecords records) {
        int keys = (int) ledger.keys();
        long promised = ledger.acknowledged(records.writer);
        long[] last = new long[keys];
        for (long sequence = 1; sequence <= promised; sequence++) {
            last[records.key(seed, sequence, keys)] = sequence;
        }
        long inFlight = ledger.begun(records.writer) > promised ? promised + 1 : 0;
        int inFlightKey = inFlight == 0 ? -1 : records.key(seed, inFlight, keys);
        for (int key = 0; key < keys; key++) {
            compareKey(records, key, last[key], key == inFlightKey ? inFlight : 0);
            progress.step();
        }
        view.release();
    }

    /** {@code last} and {@code inFlight} are sequences; 0 means that there is none. */
    private void compareKey(SmallRecords records, int key, long last, long inFlight) {
        boolean mustBeThere = last != 0 && !records.isDelete(seed, last);
        boolean mayBeAbsent = !mustBeThere || inFlight != 0 && records.isDelete(seed, inFlight);
        boolean present = get(records, key);
        acknowledged += mustBeThere ? 1 : 0;
        String name = records.label + " key " + key + ", write " + last;
        if (!present) {
            deleted += last != 0 && !mustBeThere ? 1 : 0;
            recovered += mustBeThere && mayBeAbsent ? 1 : 0;
            if (!mayBeAbsent) {
                judge(Finding.LOST, true, name);
            }
            return;
        }
        found++;
        if (mustBeThere && matches(records, last) || inFlight != 0 && matches(records, inFlight)) {
            judge(isIntact() ? Finding.EXPECTED : Finding.TORN, mustBeThere, name);
        } else {
            judge(isOlder(records, key) ? Finding.LOST : Finding.TORN, mustBeThere, name);
        }
    }

    /** A record that nobody wrote, or a deleted one that came back under a key that was not looked at. */
    private void compareCount() {
        long extra = store.size() - found;
        if (extra != 0) {
            lost += Math.abs(extra);
            complain("the store counts " + store.size() + " records, " + found + " were found");
        }
    }

    private enum Finding {
        EXPECTED,
        TORN,
        LOST
    }

    private void judge(Finding finding, boolean mustBeThere, String name) {
        switch (finding) {
            case EXPECTED -> recovered += mustBeThere ? 1 : 0;
            case TORN -> {
                torn++;
                complain("torn: " + name);
            }
            case LOST -> {
                lost++;
                complain((mustBeThere ? "lost: " : "came back after its delete: ") + name);
            }
        }
    }

    private boolean matches(SmallRecords records, long sequence) {
        if (records.isDelete(seed, sequence)) {
            return false;
        }
        int length = records.length(seed, sequence);
        if (view.length() != length) {
            return false;
        }
        records.fill(expected, seed, sequence, length);
        return view.segment().mismatch(expected.asSlice(0, length)) == -1;
    }

    /** Whether it is, whole, what an earlier write of this key wrote; the first word of a payload is its sequence. */
    private boolean isOlder(SmallRecords records, int key) {
        if (view.length() < Long.BYTES) {
            return false;
        }
        long sequence = view.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        return sequence > 0 && sequence <= ledger.acknowledged(records.writer)
                && records.key(seed, sequence, ledger.keys()) == key && matches(records, sequence);
    }

    /** The store's own checksum has to agree with what was compared. */
    private boolean isIntact() {
        try {
            view.verify();
            return true;
        } catch (RegionStoreException e) {
            complain(e.getMessage());
            return false;
        }
    }

    private boolean get(SmallRecords records, int key) {
        if (records == SmallRecords.CHRONICLE) {
            try (Arena arena = Arena.ofConfined()) {
                return timedGet(Writer.keyOf(SmallRecords.byteKey(key), arena));
            }
        }
        long start = System.nanoTime();
        boolean present = store.get(records.longKey(key), view);
        record(System.nanoTime() - start);
        return present;
    }

    private boolean timedGet(MemorySegment key) {
        long start = System.nanoTime();
        boolean present = store.get(key, view);
        record(System.nanoTime() - start);
        return present;
    }

    private void record(long nanoseconds) {
        gets.recordValue(Math.clamp(nanoseconds, 1, gets.getHighestTrackableValue()));
    }

    private void complain(String text) {
        if (complaints.size() < MOST_COMPLAINTS) {
            complaints.add(text);
        }
    }
}
