package io.regionstore.engine;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * What concurrent puts, gets, deletes and version checks return is what some order of them would. Run on a store whose
 * region and table are small, so that extents and slots are used again all the time.
 *
 * <p>Under stress only. Lincheck's model checker (3.7) runs on this class and finds nothing, and cannot: it switches
 * threads at accesses to the heap, and what threads share here (table, index, locks, payloads) is outside it, reached
 * through variable handles on memory segments, where it does not. It passes even a counter that is loaded and stored
 * without a lock, when the counter is in a segment.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class LinearizabilityTest {
    private static final int SCALE = Integer.getInteger("proof.scale", 1);
    private static final MemoryMedia MEDIA = new MemoryMedia(256 << 10, 24576 + 1024 * 32, 1);
    private static final RegionStore STORE =
            MEDIA.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, Mode.CREATE, 1024);

    /** Lincheck makes an instance for each invocation: it starts without records. */
    public LinearizabilityTest() {
        STORE.delete(0);
        STORE.delete(1);
    }

    private static MemorySegment payload(int value) {
        int[] words = new int[16]; // a torn payload would show
        java.util.Arrays.fill(words, value);
        return MemorySegment.ofArray(words);
    }

    private static int value(MemorySegment payload) {
        int first = payload.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        for (int i = 1; i < 16; i++) {
            if (payload.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i) != first) {
                return -1;
            }
        }
        return first;
    }

    @Operation
    public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
        STORE.put(key, payload(value));
    }

    @Operation
    public boolean putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
        return STORE.putIfVersion(key, RegionStore.ABSENT, payload(value)) != RegionStore.ABSENT;
    }

    /** Adds to a value by version checks only: what is added is lost if a check passes that must not. */
    @Operation
    public int add(@Param(name = "key") int key, @Param(name = "value") int value) {
        try (RecordView view = STORE.newView()) {
            while (true) {
                boolean there = STORE.get(key, view);
                int sum = there ? value(view.segment()) + value : value;
                long version = there ? view.version() : RegionStore.ABSENT;
                if (STORE.putIfVersion(key, version, payload(sum)) != RegionStore.ABSENT) {
                    return sum;
                }
            }
        }
    }

    @Operation
    public int get(@Param(name = "key") int key) {
        MemorySegment destination = MemorySegment.ofArray(new int[16]);
        return STORE.get(key, destination, 0) < 0 ? 0 : value(destination);
    }

    @Operation
    public int view(@Param(name = "key") int key) {
        try (RecordView view = STORE.newView()) {
            return STORE.get(key, view) ? value(view.segment()) : 0;
        }
    }

    @Operation
    public boolean delete(@Param(name = "key") int key) {
        return STORE.delete(key);
    }

    /** The same with a map, one operation after another. */
    public static class Sequential {
        private final Map<Integer, Integer> map = new HashMap<>();

        /** Puts. */
        public void put(int key, int value) {
            map.put(key, value);
        }

        /** Puts if there is none. */
        public boolean putIfAbsent(int key, int value) {
            return map.putIfAbsent(key, value) == null;
        }

        /** Adds. */
        public int add(int key, int value) {
            return map.merge(key, value, Integer::sum);
        }

        /** Gets, 0 if there is none. */
        public int get(int key) {
            return map.getOrDefault(key, 0);
        }

        /** Gets. */
        public int view(int key) {
            return get(key);
        }

        /** Deletes. */
        public boolean delete(int key) {
            return map.remove(key) != null;
        }
    }

    @Test
    void shouldBeLinearizableUnderStress() {
        new StressOptions().iterations(20 * SCALE).invocationsPerIteration(1000).threads(3).actorsPerThread(3)
                .actorsBefore(1).actorsAfter(2).sequentialSpecification(Sequential.class)
                .check(LinearizabilityTest.class);
    }
}
