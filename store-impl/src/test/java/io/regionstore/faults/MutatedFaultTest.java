package io.regionstore.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.faults.Catcher.Outcome;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The suite sees it when a rule that is written in the code is not kept. The test that is to see it runs twice by the
 * same loader: by the classes as they are, where it passes, and by the changed ones.
 */
class MutatedFaultTest {
    private static final String REFUSAL = "io.regionstore.RegionStoreException";
    private static final Map<Catcher, Outcome> UNCHANGED = new HashMap<>();

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void shouldCatch(MutatedFault fault) throws Exception {
        ProofSummary.add(Field.plantedFaults, 1);
        requirePassesUnchanged(fault.catcher);
        MutatedClasses classes = new MutatedClasses(fault.mutation);
        Outcome outcome = fault.catcher.run(classes);
        Throwable failure = outcome.failure();
        assertTrue(classes.mutated(), () -> fault + ": nothing was changed: " + failure);
        assertNotNull(failure, () -> fault + ": " + fault.catcher + " does not see it");
        assertEquals(Optional.empty(), accident(failure), () -> fault + ": not by the checks: " + failure);
        assertTrue(findings(failure).contains(fault.finding),
                () -> fault + ": not by the check that should: " + findings(failure));
        ProofSummary.add(Field.plantedFaultsCaught, 1);
    }

    private static void requirePassesUnchanged(Catcher catcher) throws ClassNotFoundException {
        Outcome outcome = UNCHANGED.get(catcher);
        if (outcome == null) {
            outcome = catcher.run(new MutatedClasses(null));
            UNCHANGED.put(catcher, outcome);
        }
        assertEquals(1, outcome.ran(), () -> catcher + ": one test is to see a fault");
        assertNull(outcome.failure(), () -> catcher + " fails where nothing was changed");
    }

    /** What went wrong if neither a check failed nor the store refused, with a report or so that a test explained it. */
    private static Optional<Throwable> accident(Throwable failure) throws ReflectiveOperationException {
        Throwable cause = failure;
        while (cause instanceof AssertionError && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof AssertionError) {
            return Optional.empty();
        }
        boolean refusal = cause.getClass().getName().equals(REFUSAL);
        boolean explained = failure instanceof AssertionError;
        return refusal && (explained || hasReport(cause)) ? Optional.empty() : Optional.of(cause);
    }

    /** The refusal's class is that of the other loader. */
    private static boolean hasReport(Throwable refusal) throws ReflectiveOperationException {
        return ((Optional<?>) refusal.getClass().getMethod("report").invoke(refusal)).isPresent();
    }

    private static String findings(Throwable failure) {
        StringBuilder findings = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            findings.append(cause.getMessage()).append('\n');
        }
        return findings.toString();
    }

    @Test
    void shouldRefuseAMutationThatMeetsMoreOrFewerPlacesThanItSays() {
        Mutation oneOfTwo = Mutation.of("engine.InPlaceCommit", "delete").leavesOut("InPlaceCommit.fence");
        Mutation none = Mutation.of("engine.InPlaceCommit", "delete").leavesOut("InPlaceCommit.settle");
        Mutation noMethod = Mutation.of("engine.RecordReader", "no such method").returns(0);
        for (Mutation mutation : new Mutation[] {oneOfTwo, none, noMethod}) {
            MutatedClasses classes = new MutatedClasses(mutation);
            assertThrows(AssertionError.class, () -> Class.forName(mutation.type(), false, classes));
            assertFalse(classes.mutated());
        }
    }
}
