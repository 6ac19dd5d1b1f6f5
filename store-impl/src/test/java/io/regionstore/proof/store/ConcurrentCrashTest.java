package io.regionstore.proof.store;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.memory.Memory;
import io.regionstore.proof.CrashEnumerator;
import io.regionstore.proof.History;
import io.regionstore.proof.store.StoreRun.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threads that really work at the same time, each on keys of its own, in stripes, lanes, logs and a region that they
 * share: whatever order the machine saw, every crash leaves of each thread what it was told, and at most one operation
 * more. A seed gives the same operations, not the same interleaving.
 */
class ConcurrentCrashTest {
    private static final int THREADS = 3;
    private static final int OPERATIONS = 25;
    private static final long SEED = Long.getLong("proof.seed", 1);

    static Stream<Setup> setups() {
        return CrashEnumerationTest.setups();
    }

    private static List<Op> ops(int thread, Random random) {
        List<String> keys = List.of("#" + (10 + thread), "#" + (20 + thread), "name " + thread,
                "a longer name, of four slots " + thread);
        return IntStream.range(0, OPERATIONS).mapToObj(i -> {
            String key = keys.get(random.nextInt(keys.size()));
            return switch (random.nextInt(6)) {
                case 0, 1 -> Op.put(key, random.nextInt(120));
                case 2 -> Op.commit(key, random.nextInt(120));
                case 3 -> Op.putIfSame(key, random.nextInt(120));
                case 4 -> Op.delete(key);
                default -> random.nextInt(3) == 0 ? Op.sync() : Op.abandon(40);
            };
        }).toList();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void shouldRecoverEveryCrashOfThreadsThatWorkAtTheSameTime(Setup setup) throws Exception {
        for (long seed = SEED; seed < SEED + 2L * CrashEnumerationTest.SCALE; seed++) {
            try {
                check(setup, seed, UnaryOperator.identity());
            } catch (AssertionError e) {
                throw new AssertionError("-Dproof.seed=" + seed + ", " + setup + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldCatchAMissingFenceAmongThreads() {
        assertThrows(AssertionError.class,
                () -> check(Setup.inPlace(FailureDomain.PLATFORM), SEED, PlantedFault.NO_FENCE.planted()));
    }

    private static void check(Setup setup, long seed, UnaryOperator<Memory> fault) throws Exception {
        Random random = new Random(seed);
        CrashEnumerator enumerator = new CrashEnumerator(seed, 6, 2).nestingEvery(20);
        try (Actors actors = new Actors(Map.of());
                StoreRun owner = new StoreRun(setup.withSizes(128, 8192), actors, fault, UnaryOperator.identity());
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<History<Map<String, Stored>>> histories = new ArrayList<>();
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                StoreRun run = owner.beside();
                List<Op> ops = ops(thread, random);
                histories.add(run.history());
                ends.add(threads.submit(() -> {
                    start.await();
                    run.run(ops);
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
            History<Map<String, Stored>> whole = History.concurrent(histories, (one, other) -> {
                Map<String, Stored> union = new TreeMap<>(one);
                union.putAll(other);
                return union;
            });
            if (setup.domain() == FailureDomain.PLATFORM) {
                enumerator.lines(whole, 0);
            } else {
                enumerator.programOrder(whole, 0);
            }
        }
        CrashEnumerationTest.count(enumerator);
        assertTrue(enumerator.images() > 100, "images: " + enumerator.images());
    }
}
