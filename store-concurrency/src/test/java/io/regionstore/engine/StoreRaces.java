package io.regionstore.engine;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Races on a real engine, for jcstress. All instances share one store, each with a key of its own, so that slots and
 * extents of one are used again by the next. A value is right if every word of its payload names key and value.
 */
public class StoreRaces {
    static final RegionStore STORE = new MemoryMedia(64 << 20, 24576 + (1 << 20) * 32L, 1)
            .open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, 1 << 20);
    private static final AtomicLong KEYS = new AtomicLong();
    private static final int WORDS = 12;
    private static final int WRONG = 99;
    private static final ThreadLocal<long[]> WORDS_OF_THREAD = ThreadLocal.withInitial(() -> new long[WORDS]);

    static void put(long key, int value) {
        long[] words = WORDS_OF_THREAD.get();
        java.util.Arrays.fill(words, key << 8 | value);
        STORE.put(key, MemorySegment.ofArray(words));
    }

    static int value(MemorySegment payload, long key) {
        long first = payload.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        for (int i = 1; i < WORDS; i++) {
            if (payload.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i) != first) {
                return WRONG;
            }
        }
        return first >> 8 == key ? (int) first & 0xFF : WRONG;
    }

    static int get(long key) {
        MemorySegment destination = MemorySegment.ofArray(WORDS_OF_THREAD.get());
        return STORE.get(key, destination, 0) < 0 ? 0 : value(destination, key);
    }

    /** A new record is seen whole or not at all, and once seen stays. */
    @JCStressTest
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "not yet, or whole")
    @State
    public static class Publication {
        private final long key = KEYS.getAndIncrement();

        @Actor
        public void writer() {
            put(key, 1);
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = get(key);
            r.r2 = get(key);
        }

        @Arbiter
        public void end() {
            STORE.delete(key);
        }
    }

    /** A reader sees the old value or the new one, never neither, and never the old one after the new one. */
    @JCStressTest
    @Outcome(id = {"1, 1", "1, 2", "2, 2"}, expect = Expect.ACCEPTABLE, desc = "old, then new")
    @State
    public static class Replacement {
        private final long key = KEYS.getAndIncrement();

        public Replacement() {
            put(key, 1);
        }

        @Actor
        public void writer() {
            put(key, 2);
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = get(key);
            r.r2 = get(key);
        }

        @Arbiter
        public void end() {
            STORE.delete(key);
        }
    }

    /** What a view shows stays as it is while it is shown, however often slot and extent are retired meanwhile. */
    @JCStressTest
    @Outcome(id = {"0, 0", "1, 1", "2, 2", "3, 3"}, expect = Expect.ACCEPTABLE, desc = "one record, unchanged")
    @State
    public static class Pinning {
        private static final ThreadLocal<RecordView> VIEW = ThreadLocal.withInitial(STORE::newView);
        private final long key = KEYS.getAndIncrement();

        public Pinning() {
            put(key, 1);
        }

        @Actor
        public void writer() {
            put(key, 2);
            STORE.delete(key);
            put(key, 3);
        }

        @Actor
        public void reader(II_Result r) {
            RecordView view = VIEW.get();
            if (STORE.get(key, view)) {
                r.r1 = value(view.segment(), key);
                r.r2 = value(view.segment(), key);
                view.release();
            }
        }

        @Arbiter
        public void end() {
            STORE.delete(key);
        }
    }

    /** Of two version checks for the same version one passes. */
    @JCStressTest
    @Outcome(id = {"2", "3"}, expect = Expect.ACCEPTABLE, desc = "one of them")
    @State
    public static class VersionCheck {
        private final long key = KEYS.getAndIncrement();
        private final long version;
        private volatile boolean first;
        private volatile boolean second;

        public VersionCheck() {
            put(key, 1);
            version = STORE.version(key);
        }

        private boolean replace(int value) {
            long[] words = new long[WORDS];
            java.util.Arrays.fill(words, key << 8 | value);
            return STORE.putIfVersion(key, version, MemorySegment.ofArray(words)) != RegionStore.ABSENT;
        }

        @Actor
        public void one() {
            first = replace(2);
        }

        @Actor
        public void other() {
            second = replace(3);
        }

        @Arbiter
        public void end(I_Result r) {
            r.r1 = first == second ? WRONG : get(key);
            STORE.delete(key);
        }
    }
}
