package io.regionstore.proof;

import io.regionstore.FailureDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
            Op op = kind < 8 ? Op.put(key, length) : kind < 9 ? Op.putIfAbsent(key, length)
                    : kind < 10 ? Op.abandon(length) : kind < 13 ? Op.commit(key, length) : kind < 19 ? Op.delete(key)
                    : !switches ? Op.reopen() : Op.reopen(random.nextBoolean() ? FailureDomain.KERNEL
                    : FailureDomain.PLATFORM);
            ops.add(op.by(random.nextInt(4)));
        }
        return ops;
    }

    @ParameterizedTest
    @EnumSource(FailureDomain.class)
    void shouldRecoverEveryCrash(FailureDomain domain) {
        check(domain, false);
    }

    @ParameterizedTest
    @EnumSource(value = FailureDomain.class, names = {"KERNEL", "PLATFORM"})
    void shouldRecoverEveryCrashOfSessionsInSeveralDomains(FailureDomain domain) {
        check(domain, true);
    }

    private static void check(FailureDomain first, boolean switches) {
        long images = 0;
        long nested = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 6L * CrashEnumerationTest.SCALE; seed++) {
            Random random = new Random(seed);
            boolean shared = random.nextBoolean();
            Map<Integer, Integer> lanes = Map.of(1, 3, 2, shared ? 3 : 4, 3, 5);
            int slots = random.nextBoolean() ? 64 : 128;
            int region = 1024 + random.nextInt(5) * 1024;
            Enumerator enumerator = new Enumerator(seed, 12, 4, UnaryOperator.identity()).nestingEvery(8);
            try (Actors actors = new Actors(lanes);
                    Run run = new Run(slots, region, first, actors, UnaryOperator.identity())) {
                run.run(ops(random, switches));
                int window = Math.max(0, run.steps.size() - 20);
                enumerator.lines(run, random.nextInt(window + 1), 20);
                enumerator.programOrder(run, Math.max(0, run.steps.size() - 8));
                for (int i = 0; i < 10; i++) {
                    Run.Step step = run.steps.get(random.nextInt(run.steps.size()));
                    enumerator.killThenPowerLoss(run, step.begin() + random.nextInt(step.end() - step.begin() + 1));
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dproof.seed=" + seed + ", " + first + ": " + e.getMessage(), e);
            }
            images += enumerator.images();
            nested += enumerator.nested();
        }
        System.out.printf("%s%s: %d images, %d of them of crashes in recovery%n", first,
                switches ? " and others" : "", images, nested);
    }
}
