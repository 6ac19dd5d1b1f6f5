package io.regionstore.proof.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.proof.CrashEnumerator;
import io.regionstore.proof.store.StoreRun.Setup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recovery is crashed at each of its stores, fences and file operations, not at some of them only. */
class RecoveryCrashTest {
    private static final List<Op> OPS = List.of(Op.put("#1", 90), Op.put(CrashEnumerationTest.FOUR_SLOTS, 70),
            Op.put("#1", 100), Op.put("#2", 8), Op.delete("#1"), Op.put("#2", 40));

    static List<Setup> setups() {
        return CrashEnumerationTest.setups().toList();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void shouldFindTheSameAfterACrashAtEveryStepOfRecovery(Setup setup) {
        CrashEnumerator enumerator = new CrashEnumerator(11, 8, 2000).nestingEvery(4).toDepth(1);
        try (Actors actors = new Actors(Map.of()); StoreRun run = new StoreRun(setup, actors)) {
            run.run(OPS);
            if (setup.domain() == FailureDomain.PLATFORM) {
                enumerator.lines(run.history(), 2);
            } else {
                enumerator.programOrder(run.history(), 2);
            }
        }
        CrashEnumerationTest.count(enumerator);
        System.out.printf("%s: %d crashes of recovery%n", setup, enumerator.nested());
        assertTrue(enumerator.nested() > 20, () -> "crashes of recovery: " + enumerator.nested());
    }
}
