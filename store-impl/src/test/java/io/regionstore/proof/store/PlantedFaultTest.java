package io.regionstore.proof.store;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.Memory;
import io.regionstore.proof.Crash;
import io.regionstore.proof.CrashEnumerator;
import io.regionstore.proof.History;
import io.regionstore.proof.Trace;
import io.regionstore.proof.store.StoreRun.Setup;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The proof sees it when a rule of the protocol is broken; without that, that it sees nothing proves nothing. */
class PlantedFaultTest {
    private static final List<Op> OPS = List.of(Op.put("#1", 90), Op.put("#2", 20), Op.put(
            CrashEnumerationTest.FOUR_SLOTS, 70), Op.put("#1", 100), Op.delete("#1"), Op.put("#2", 30),
            Op.commit("#3", 100), Op.delete("#2"), Op.put("#1", 60), Op.reopen(), Op.put("#1", 50), Op.put("#4", 130));

    private static void prove(FailureDomain domain, boolean kill, UnaryOperator<Memory> fault) {
        try (Actors actors = new Actors(Map.of());
                StoreRun run = new StoreRun(Setup.inPlace(domain), actors, fault, UnaryOperator.identity())) {
            run.run(OPS);
            CrashEnumerator enumerator = new CrashEnumerator(3, 96, 6).nestingEvery(8);
            History<?> history = run.history();
            if (domain == FailureDomain.PLATFORM && kill) {
                for (int p = history.steps().getFirst().begin(); p < history.machine().trace().size(); p++) {
                    if (history.machine().trace().kind(p) == Trace.Kind.FENCE) {
                        enumerator.killThen(Crash.PLATFORM, history, p);
                    }
                }
            } else if (domain == FailureDomain.PLATFORM) {
                enumerator.lines(history, 0);
            } else {
                enumerator.programOrder(history, 0);
            }
        }
    }

    @Test
    void shouldFindNothingWhereNothingIsPlanted() {
        prove(FailureDomain.KERNEL, false, UnaryOperator.identity());
        prove(FailureDomain.PLATFORM, false, UnaryOperator.identity());
        prove(FailureDomain.PLATFORM, true, UnaryOperator.identity());
    }

    @ParameterizedTest
    @EnumSource
    void shouldCatch(PlantedFault fault) {
        ProofSummary.add(Field.plantedFaults, 1);
        FailureDomain domain = fault.isInProgramOrder() ? FailureDomain.KERNEL : FailureDomain.PLATFORM;
        Throwable caught = assertThrows(Throwable.class, () -> prove(domain, fault.isOfRecovery(), fault.planted()));
        // a store that was closed and is refused when the workload opens it again is as good a catch as a wrong image
        boolean refused = caught instanceof RegionStoreException e && e.report().isPresent();
        assertTrue(caught instanceof AssertionError || refused, () -> "not by the checks: " + caught);
        ProofSummary.add(Field.plantedFaultsCaught, 1);
    }
}
