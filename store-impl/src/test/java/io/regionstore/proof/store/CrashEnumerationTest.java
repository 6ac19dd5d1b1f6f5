package io.regionstore.proof.store;

import io.regionstore.FailureDomain;
import io.regionstore.proof.CrashEnumerator;
import io.regionstore.proof.store.StoreRun.Setup;
import io.regionstore.testing.OnAllCores;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every crash of every workload of up to three operations recovers to what was acknowledged. */
class CrashEnumerationTest {
    static final int SCALE = Integer.getInteger("proof.scale", 1);
    static final String TWO_SLOTS = "two slots";
    static final String FOUR_SLOTS = "a name that needs four slots";
    static final List<Op> ALPHABET = List.of(Op.put("#1", 20), Op.put("#2", 100), Op.put(TWO_SLOTS, 0),
            Op.commit(FOUR_SLOTS, 200), Op.putIfAbsent("#1", 40), Op.putIfSame("#1", 30), Op.abandon(60),
            Op.delete("#1"), Op.deleteIfSame(FOUR_SLOTS), Op.sync(), Op.reopen());

    static Stream<Setup> setups() {
        return Stream.concat(Stream.of(FailureDomain.values()).flatMap(domain -> Stream.of(Setup.inPlace(domain),
                Setup.inDirectory(domain))), Stream.of(Setup.inDirectory(FailureDomain.KERNEL).withRelaxedCommits()));
    }

    private static final OnAllCores<Setup> PROOFS = new OnAllCores<>(setups().toList(), CrashEnumerationTest::prove);

    @ParameterizedTest
    @MethodSource("setups")
    void shouldRecoverEveryCrashOfEveryWorkloadOfThreeOperations(Setup setup) throws InterruptedException {
        PROOFS.await(setup);
    }

    private static void prove(Setup setup) {
        // files have more to lose at each point, so fewer of their recoveries are crashed
        CrashEnumerator enumerator = new CrashEnumerator(1, 12 * SCALE, 4 * SCALE)
                .nestingEvery(setup.directory() ? 40 : 8);
        long started = System.nanoTime();
        List<List<Op>> workloads = new ArrayList<>();
        workloads.add(List.of());
        for (int w = 0; workloads.get(w).size() < 3; w++) {
            for (Op op : ALPHABET) {
                List<Op> longer = new ArrayList<>(workloads.get(w));
                longer.add(op);
                workloads.add(longer);
                check(enumerator, longer, setup);
            }
        }
        ProofSummary.add(Field.workloadsExhaustive, workloads.size() - 1);
        count(enumerator);
        System.out.printf("%s: %d workloads, %d images, %d of them of crashes in recovery, %d ms%n", setup,
                workloads.size() - 1, enumerator.images(), enumerator.nested(),
                (System.nanoTime() - started) / 1_000_000);
    }

    /** Crashes of the last operation; those of the ones before are another workload's. */
    private static void check(CrashEnumerator enumerator, List<Op> ops, Setup setup) {
        try (Actors actors = new Actors(Map.of()); StoreRun run = new StoreRun(setup, actors)) {
            run.run(ops);
            int last = ops.size() - 1;
            if (setup.domain() == FailureDomain.PLATFORM) {
                enumerator.lines(run.history(), last);
            } else {
                enumerator.programOrder(run.history(), last);
            }
        }
    }

    static void count(CrashEnumerator enumerator) {
        ProofSummary.add(Field.crashImages, enumerator.images());
        ProofSummary.atLeast(Field.nestedDepth, enumerator.depthReached());
    }
}
