package io.regionstore.proof.store;

import io.regionstore.FailureDomain;
import io.regionstore.proof.Crash;
import io.regionstore.proof.CrashEnumerator;
import io.regionstore.proof.History;
import io.regionstore.proof.store.StoreRun.Setup;
import io.regionstore.testing.OnAllCores;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Crashes of random workloads of several threads, long enough that slots and extents are used again. A failure names its
 * seed; {@code -Dproof.seed=} begins with it.
 */
class RandomWorkloadTest {
    private static final long FIRST_SEED = Long.getLong("proof.seed", 1);
    private static final List<String> KEYS = List.of("#1", "#2", "#3", "#4", CrashEnumerationTest.TWO_SLOTS,
            CrashEnumerationTest.FOUR_SLOTS);

    private static List<Op> ops(Random random, boolean switches) {
        List<Op> ops = new ArrayList<>();
        int count = 20 + random.nextInt(60);
        for (int i = 0; i < count; i++) {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            int length = random.nextInt(5) == 0 ? 0 : random.nextInt(200);
            int kind = random.nextInt(20);
            Op op = kind < 7 ? Op.put(key, length) : kind < 8 ? Op.putIfSame(key, length)
                    : kind < 9 ? Op.putIfAbsent(key, length) : kind < 10 ? Op.abandon(length)
                    : kind < 13 ? Op.commit(key, length) : kind < 17 ? Op.delete(key)
                    : kind < 18 ? Op.deleteIfSame(key) : kind < 19 ? Op.sync()
                    : !switches ? Op.reopen() : Op.reopen(random.nextBoolean() ? FailureDomain.KERNEL
                    : FailureDomain.PLATFORM);
            ops.add(op.by(random.nextInt(4)));
        }
        return ops;
    }

    static Stream<Setup> setups() {
        return CrashEnumerationTest.setups();
    }

    static Stream<Setup> setupsThatSwitch() {
        return setups().filter(setup -> setup.domain() != FailureDomain.PROCESS);
    }

    private static final OnAllCores<Setup> PROOFS = new OnAllCores<>(setups().toList(), setup -> check(setup, false));
    private static final OnAllCores<Setup> PROOFS_THAT_SWITCH = new OnAllCores<>(setupsThatSwitch().toList(),
            setup -> check(setup, true));

    @ParameterizedTest
    @MethodSource("setups")
    void shouldRecoverEveryCrash(Setup setup) throws InterruptedException {
        PROOFS.await(setup);
    }

    @ParameterizedTest
    @MethodSource("setupsThatSwitch")
    void shouldRecoverEveryCrashOfSessionsInSeveralDomains(Setup setup) throws InterruptedException {
        PROOFS_THAT_SWITCH.await(setup);
    }

    private static void check(Setup setup, boolean switches) {
        ProofSummary.atLeast(Field.seed, FIRST_SEED);
        long images = 0;
        long nested = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 6L * CrashEnumerationTest.SCALE; seed++) {
            Random random = new Random(seed);
            boolean shared = random.nextBoolean();
            Map<Integer, Integer> lanes = Map.of(1, 3, 2, shared ? 3 : 4, 3, 5);
            int slots = random.nextBoolean() ? 64 : 128;
            int region = 1024 + random.nextInt(5) * 1024;
            CrashEnumerator enumerator = new CrashEnumerator(seed, 12, 4).nestingEvery(8);
            try (Actors actors = new Actors(lanes);
                    StoreRun run = new StoreRun(setup.withSizes(slots, region), actors)) {
                run.run(ops(random, switches));
                crash(enumerator, run.history(), random);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dproof.seed=" + seed + ", " + setup + ": " + e.getMessage(), e);
            }
            images += enumerator.images();
            nested += enumerator.nested();
            CrashEnumerationTest.count(enumerator);
        }
        System.out.printf("%s%s: %d images, %d of them of crashes in recovery%n", setup,
                switches ? " and other domains" : "", images, nested);
    }

    private static void crash(CrashEnumerator enumerator, History<?> history, Random random) {
        int steps = history.steps().size();
        enumerator.lines(history, random.nextInt(Math.max(0, steps - 20) + 1), 20);
        enumerator.programOrder(history, Math.max(0, steps - 8));
        for (int i = 0; i < 10; i++) {
            History.Step<?> step = history.steps().get(random.nextInt(steps));
            int position = step.begin() + random.nextInt(step.end() - step.begin() + 1);
            enumerator.killThen(i % 2 == 0 ? Crash.PLATFORM : Crash.KERNEL, history, position);
        }
    }
}
