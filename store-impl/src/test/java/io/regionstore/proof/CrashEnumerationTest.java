package io.regionstore.proof;

import io.regionstore.FailureDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every crash of every short workload, and of random longer ones, recovers to what was acknowledged. */
class CrashEnumerationTest {
    static final int SCALE = Integer.getInteger("proof.scale", 1);
    static final String TWO_SLOTS = "two slots";
    static final String FOUR_SLOTS = "a name that needs four slots";
    static final List<Op> ALPHABET = List.of(Op.put("#1", 20), Op.put("#2", 100), Op.put(TWO_SLOTS, 0),
            Op.commit(FOUR_SLOTS, 200), Op.putIfAbsent("#1", 40), Op.delete("#1"), Op.delete(FOUR_SLOTS), Op.reopen());

    @ParameterizedTest
    @EnumSource(FailureDomain.class)
    void shouldRecoverEveryCrashOfEveryWorkloadOfThreeOperations(FailureDomain domain) {
        Enumerator enumerator = new Enumerator(1, 12 * SCALE, 4 * SCALE, UnaryOperator.identity())
                .nestingEvery(8);
        long started = System.nanoTime();
        List<List<Op>> workloads = new ArrayList<>();
        workloads.add(List.of());
        for (int w = 0; workloads.get(w).size() < 3; w++) {
            for (Op op : ALPHABET) {
                List<Op> longer = new ArrayList<>(workloads.get(w));
                longer.add(op);
                workloads.add(longer);
                check(enumerator, longer, domain);
            }
        }
        System.out.printf("%s: %d workloads, %d images, %d of them of crashes in recovery, %d ms%n", domain,
                workloads.size() - 1, enumerator.images(), enumerator.nested(),
                (System.nanoTime() - started) / 1_000_000);
    }

    private static void check(Enumerator enumerator, List<Op> ops, FailureDomain domain) {
        try (Actors actors = new Actors(Map.of());
                Run run = new Run(64, 1024, domain, actors, UnaryOperator.identity())) {
            run.run(ops);
            int last = ops.size() - 1;
            if (domain == FailureDomain.PLATFORM) {
                enumerator.lines(run, last);
            } else {
                enumerator.programOrder(run, last);
            }
        }
    }
}
