package io.regionstore.bench.run;

import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What the benchmarks do, in the order in which they do it. */
public enum Workload {
    /** Values under new keys. */
    INSERT(Operation.INSERT),
    /** Values under random keys that are there; threads have different keys. */
    OVERWRITE(Operation.PUT),
    /** Random keys, copied out. */
    GET_COPY(Operation.GET_COPY),
    /** Random keys, every byte read in place. */
    GET_VIEW(Operation.GET_VIEW),
    /** As GET_VIEW, with the checksum compared. */
    GET_VERIFIED(Operation.GET_VERIFIED),
    /** Half reads, half updates, Zipfian keys. */
    YCSB_A(Operation.GET_COPY, Operation.PUT),
    /** 95 % reads, 5 % updates, Zipfian keys. */
    YCSB_B(Operation.GET_COPY, Operation.PUT),
    /** Reads, Zipfian keys. */
    YCSB_C(Operation.GET_COPY),
    /** 95 % reads of the latest keys, 5 % inserts. */
    YCSB_D(Operation.GET_COPY, Operation.PUT),
    /** 95 % scans of a range, 5 % inserts. No subject here has an order to scan in: always reported as such. */
    YCSB_E,
    /** Half reads, half read-modify-write, Zipfian keys. */
    YCSB_F(Operation.GET_COPY, Operation.PUT),
    /** Keys in the order in which they were inserted. */
    DELETE(Operation.DELETE);

    private final Set<Operation> needs = EnumSet.noneOf(Operation.class);

    Workload(Operation... needs) {
        this.needs.addAll(Arrays.asList(needs));
    }

    /** @return as it is written on the command line: get-view */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @param label as it is written on the command line
     * @return the workload
     * @throws IllegalArgumentException naming all there are
     */
    public static Workload of(String label) {
        return Arrays.stream(values()).filter(w -> w.label().equals(label.strip())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("workload '" + label + "': expected one of "
                        + Arrays.stream(values()).map(Workload::label).collect(Collectors.joining(", "))));
    }

    /** @return whether YCSB's Zipfian keys are used */
    boolean isYcsb() {
        return ordinal() >= YCSB_A.ordinal() && ordinal() <= YCSB_F.ordinal();
    }

    /**
     * @param operations what a subject can do
     * @return why the subject cannot do this, or null
     */
    String unsupported(Set<Operation> operations) {
        if (this == YCSB_E) {
            return "no order of keys to scan in";
        }
        List<Operation> missing = needs.stream().filter(o -> !operations.contains(o)).toList();
        return missing.isEmpty() ? null : "cannot " + missing.stream()
                .map(o -> o.name().toLowerCase(Locale.ROOT).replace('_', '-')).collect(Collectors.joining(", "));
    }

    /** @return the keys of a thread */
    KeySequence keys(long loaded, int thread, int threads, boolean shared, long seed, long turns) {
        long drawn = Math.min(turns, Math.max(1, KeySequence.MOST_DRAWN / threads));
        return switch (this) {
            case INSERT, DELETE -> KeySequence.inOrder(thread, threads);
            case YCSB_A, YCSB_B, YCSB_C, YCSB_F -> KeySequence.zipfian(loaded, seed, drawn);
            case YCSB_D -> KeySequence.latest(loaded, seed, drawn);
            default -> shared ? KeySequence.uniform(loaded, 0, 1, seed, drawn)
                    : KeySequence.uniform(loaded, thread, threads, seed, drawn);
        };
    }

    /**
     * @param session of the calling thread
     * @param loaded  keys that are there
     * @param thread  which it is
     * @param threads how many there are
     * @return what is done at each turn
     */
    Step step(Session session, long loaded, int thread, int threads) {
        return switch (this) {
            case INSERT, OVERWRITE -> (key, turn) -> {
                session.put(key, turn);
                return key;
            };
            case GET_COPY, YCSB_C -> (key, turn) -> require(session.getCopy(key), key);
            case GET_VIEW -> (key, turn) -> require(session.getView(key), key);
            case GET_VERIFIED -> (key, turn) -> require(session.getVerified(key), key);
            case DELETE -> (key, turn) -> session.delete(key) ? 1 : require(-1, key);
            case YCSB_A -> readOrUpdate(session, 50);
            case YCSB_B -> readOrUpdate(session, 5);
            case YCSB_D -> new Latest(session, loaded, thread, threads);
            case YCSB_F -> (key, turn) -> {
                long read = require(session.getCopy(key), key);
                if (percent(turn) < 50) {
                    session.put(key, read + 1 & Long.MAX_VALUE);
                }
                return read;
            };
            case YCSB_E -> throw new UnsupportedOperationException(label());
        };
    }

    /**
     * @param count operations of a loop of YCSB_D
     * @return most keys that it adds
     */
    static long inserts(long count) {
        return count / 19 + 1024;
    }

    private static Step readOrUpdate(Session session, int updates) {
        return (key, turn) -> {
            if (percent(turn) >= updates) {
                return require(session.getCopy(key), key);
            }
            session.put(key, turn);
            return key;
        };
    }

    /** A number of 0 to 99 for each turn, in no order. */
    private static long percent(long turn) {
        return (turn * 0x9E3779B97F4A7C15L >>> 32) * 100 >>> 32;
    }

    private static long require(long found, long key) {
        if (found == -1) {
            throw new IllegalStateException("key " + key + " is not there");
        }
        return found;
    }

    /** Reads close to this thread's newest key, and inserts. */
    private static final class Latest implements Step {
        private final Session session;
        private final int stride;
        private final long loaded;
        private long newest;

        Latest(Session session, long loaded, int thread, int threads) {
            this.session = session;
            this.stride = threads;
            this.loaded = loaded;
            // the last key below `loaded` that is this thread's
            this.newest = loaded - 1 - Math.floorMod(loaded - 1 - thread, threads);
        }

        @Override
        public long run(long distance, long turn) {
            if (percent(turn) < 5) {
                newest += stride;
                session.put(newest, turn);
                return newest;
            }
            // any key up to this thread's newest of the loaded ones is there; of the new ones only its own
            long key = newest - distance * stride;
            if (key < 0) {
                key = distance % loaded;
            }
            return require(session.getCopy(key), key);
        }
    }
}
