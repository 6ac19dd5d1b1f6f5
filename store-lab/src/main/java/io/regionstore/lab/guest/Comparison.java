package io.regionstore.lab.guest;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts what a store holds against what its writers were promised. A record is judged by its bytes alone: they must be
 * those of the last acknowledged operation on its key, or of a later one that may have been under way.
 */
final class Comparison {
    private static final long NO_RECORD = 0;

    private final RegionStore store;
    private long operations;
    private long acknowledged;
    private long recovered;
    private long torn;
    private long lost;
    private long present;
    private long strays;
    private long inFlight;
    private long disordered;

    Comparison(RegionStore store) {
        this.store = store;
    }

    /**
     * Judges every key of a run.
     *
     * @param workload what was written
     * @param counts   for each writer the number of operations that were acknowledged to it
     */
    void add(Workload workload, long[] counts) {
        for (int writer = 0; writer < counts.length; writer++) {
            operations += counts[writer];
            try (Arena arena = Arena.ofConfined(); RecordView view = store.newView()) {
                new OneWriter(workload, writer, counts[writer], arena, view).judge();
            }
        }
    }

    /** Counts the records that no run wrote. To be called when all runs were added. */
    void countStrays() {
        long[] visited = {0};
        store.forEach(record -> visited[0]++);
        strays += Math.max(Math.abs(store.size() - present), Math.abs(visited[0] - present));
    }

    @Override
    public String toString() {
        return "operations=" + operations + " acknowledged=" + acknowledged + " recovered=" + recovered + " torn=" + torn
                + " lost=" + lost + " strays=" + strays + " disordered=" + disordered + " inFlight=" + inFlight;
    }

    /** The keys of one writer. The state of a key is the number of the operation that wrote it, or {@link #NO_RECORD}. */
    private final class OneWriter {
        private final Workload workload;
        private final int writer;
        private final long count;
        private final Arena arena;
        private final RecordView view;
        private final long[] states;

        OneWriter(Workload workload, int writer, long count, Arena arena, RecordView view) {
            this.workload = workload;
            this.writer = writer;
            this.count = count;
            this.arena = arena;
            this.view = view;
            this.states = new long[workload.keys()];
        }

        void judge() {
            for (long number = 1; number <= count; number++) {
                apply(number, workload.operation(writer, number));
            }
            for (int key = 0; key < states.length; key++) {
                judge(key);
            }
            judgeOrder();
        }

        private void apply(long number, Workload.Operation operation) {
            states[operation.key()] = operation.kind() == Workload.Kind.DELETE ? NO_RECORD : number;
        }

        /** The last operation that can have been started: one more than may be waiting for its report. */
        private long lastStarted() {
            return count + 1 + workload.ahead(writer);
        }

        private void judge(int key) {
            boolean there = find(key);
            present += there ? 1 : 0;
            boolean allowed = isState(states[key]) || isLater(key);
            if (states[key] == NO_RECORD) {
                strays += allowed ? 0 : 1;
                return;
            }
            acknowledged++;
            if (allowed) {
                recovered++;
            } else if (there && !isEarlier(key)) {
                torn++;
                complain(key, "is torn: version " + view.version() + ", " + view.length() + " bytes at " + view.offset());
            } else {
                lost++;
                complain(key, there ? "is an older one" : "is not there");
            }
        }

        /** Operations of one writer follow one another: if one is there, so are all before it. */
        private void judgeOrder() {
            Map<Integer, Long> touched = new HashMap<>();
            for (long number = count + 1; number <= lastStarted(); number++) {
                int key = workload.operation(writer, number).key();
                touched.put(key, states[key]);
            }
            for (long number = count; number <= lastStarted(); number++) {
                if (number > count) {
                    Workload.Operation operation = workload.operation(writer, number);
                    touched.put(operation.key(), operation.kind() == Workload.Kind.DELETE ? NO_RECORD : number);
                }
                if (touched.entrySet().stream().allMatch(entry -> {
                    find(entry.getKey());
                    return isState(entry.getValue());
                })) {
                    inFlight += number - count;
                    return;
                }
            }
            disordered++;
        }

        private boolean find(int key) {
            if (Workload.isLong(key)) {
                return store.get(workload.longKey(writer, key), view);
            }
            MemorySegment bytes = workload.byteKey(writer, key, arena);
            return store.get(bytes, view);
        }

        /** Whether the view shows what the operation of this number wrote. */
        private boolean isState(long number) {
            if (number == NO_RECORD || !view.isPresent()) {
                return number == NO_RECORD && !view.isPresent();
            }
            Workload.Operation operation = workload.operation(writer, number);
            return view.length() == operation.length() && Payload.matches(view.segment(), operation.identity());
        }

        private boolean isLater(int key) {
            for (long number = count + 1; number <= lastStarted(); number++) {
                Workload.Operation operation = workload.operation(writer, number);
                if (operation.key() == key
                        && isState(operation.kind() == Workload.Kind.DELETE ? NO_RECORD : number)) {
                    return true;
                }
            }
            return false;
        }

        private boolean isEarlier(int key) {
            for (long number = 1; number <= count; number++) {
                Workload.Operation operation = workload.operation(writer, number);
                if (operation.key() == key && operation.kind() != Workload.Kind.DELETE && isState(number)) {
                    return true;
                }
            }
            return false;
        }

        private void complain(int key, String finding) {
            System.err.println("run " + workload.run() + " writer " + writer + " key " + key + ", last acknowledged by"
                    + " operation " + states[key] + " of " + count + ", " + finding);
        }
    }
}
