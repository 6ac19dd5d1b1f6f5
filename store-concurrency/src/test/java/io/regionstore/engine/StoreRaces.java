package io.regionstore.engine;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.KeyHash;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Races on a real engine, for jcstress: publication in the index and its growth, pins, reclamation, version checks. All
 * instances share one store, each with a key of its own, so that slots and extents of one are used again by the next;
 * where they are to be used again at once, all share the keys too, in a small store. A value is right if every word of
 * its payload names key and value.
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

    /** A slot and an extent that go from key to key at once: no reader takes one key's bytes for another's. */
    @JCStressTest
    @Outcome(id = {"0, 0", "0, 1", "1, 0", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "the key's own record, or none")
    @State
    public static class Recycling {
        private static final RegionStore STORE = new MemoryMedia(64 << 10, 64 << 10, 2)
                .open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, 256);
        private static final ThreadLocal<RecordView> VIEW = ThreadLocal.withInitial(STORE::newView);
        private static final long READ = 1;
        private static final long OTHER = 2;

        @Actor
        public void writer() {
            for (long key : new long[] {READ, OTHER}) {
                long[] words = WORDS_OF_THREAD.get();
                java.util.Arrays.fill(words, key << 8 | 1);
                STORE.put(key, MemorySegment.ofArray(words));
                STORE.delete(key);
            }
        }

        @Actor
        public void reader(II_Result r) {
            MemorySegment copy = MemorySegment.ofArray(WORDS_OF_THREAD.get());
            r.r1 = STORE.get(READ, copy, 0) < 0 ? 0 : value(copy, READ);
            RecordView view = VIEW.get();
            if (STORE.get(READ, view)) {
                int first = value(view.segment(), READ);
                r.r2 = value(view.segment(), READ) == first ? first : WRONG;
                view.release();
            }
        }
    }

    /** The same with keys that take runs of slots, so that a run may begin in the middle of another one's. */
    @JCStressTest
    @Outcome(id = {"0, 0", "0, 2", "1, 0", "1, 2"}, expect = Expect.ACCEPTABLE, desc = "the key's own record, or none")
    @State
    public static class RecyclingRuns {
        private static final RegionStore STORE = new MemoryMedia(64 << 10, 64 << 10, 3)
                .open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, 256);
        private static final MemorySegment SHORTER = MemorySegment.ofArray("a key of two slots or more".getBytes());
        private static final MemorySegment LONGER =
                MemorySegment.ofArray("another key, of more slots".repeat(4).getBytes());

        @Actor
        public void writer() {
            long[] words = WORDS_OF_THREAD.get();
            java.util.Arrays.fill(words, 1);
            STORE.put(SHORTER, MemorySegment.ofArray(words));
            STORE.delete(SHORTER);
            java.util.Arrays.fill(words, 2);
            STORE.put(LONGER, MemorySegment.ofArray(words));
            STORE.delete(LONGER);
        }

        @Actor
        public void reader(II_Result r) {
            MemorySegment copy = MemorySegment.ofArray(WORDS_OF_THREAD.get());
            r.r1 = STORE.get(SHORTER, copy, 0) < 0 ? 0 : value(copy, 0);
            r.r2 = STORE.get(LONGER, copy, 0) < 0 ? 0 : value(copy, 0);
        }
    }

    /** A record stays visible while the part of the index that it is in grows, is made anew, and is used again. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "always there")
    @State
    public static class IndexGrowth {
        private static final RegionStore STORE = new MemoryMedia(64 << 10, 64 << 10, 4)
                .open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, 1024);
        private static final long READ = 1;
        /** Keys of the same stripe, several times as many as its table has room for at first. */
        private static final long[] NEIGHBOURS = LongStream.iterate(READ + 1, key -> key + 1)
                .filter(key -> stripe(key) == stripe(READ)).limit(24).toArray();

        static {
            STORE.put(READ, MemorySegment.ofArray(words(READ)));
        }

        private static long stripe(long key) {
            return KeyHash.of(key, ((Engine) STORE).seed()) >>> (64 - 6);
        }

        private static long[] words(long key) {
            long[] words = WORDS_OF_THREAD.get();
            java.util.Arrays.fill(words, key << 8 | 1);
            return words;
        }

        @Actor
        public void writer() {
            for (long key : NEIGHBOURS) {
                STORE.put(key, MemorySegment.ofArray(words(key)));
            }
            for (long key : NEIGHBOURS) {
                STORE.delete(key);
            }
        }

        @Actor
        public void reader(II_Result r) {
            MemorySegment copy = MemorySegment.ofArray(WORDS_OF_THREAD.get());
            r.r1 = STORE.get(READ, copy, 0) < 0 ? 0 : value(copy, READ);
            r.r2 = STORE.get(READ, copy, 0) < 0 ? 0 : value(copy, READ);
        }
    }
}
