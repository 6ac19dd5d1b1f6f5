package io.regionstore.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.faults.ErrorPoints.Lack;
import io.regionstore.faults.ErrorPoints.Lasting;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No heap, no direct memory, no stack, at every place of a metadata directory's work. */
class LogErrorsTest {
    private static final ErrorPointClasses CLASSES = new ErrorPointClasses();

    private static void walk(String trial, String what, Lasting... lastings) {
        ErrorWalk walk = new ErrorWalk(() -> CLASSES.trial(trial, what));
        for (Lack lack : Lack.values()) {
            for (Lasting lasting : lastings) {
                walk.run(lack, lasting);
            }
        }
        assertTrue(walk.injected() > 3, what + ": Errors: " + walk.injected());
        ProofSummary.add(Field.errorsInjected, walk.injected());
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "start new", "start", "open", "append", "commit", "header", "fill", "image", "relaxed",
        "close", "close unstarted"})
    void shouldKeepWhatWasDurableAndAnswerEverybody(String what) {
        walk("log.LogErrorTrial", what, Lasting.values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "commit"})
    void shouldLetNoWriterWaitForEver(String what) {
        walk("log.LogCrowdTrial", what, Lasting.ONCE, Lasting.FROM_THEN_ON);
    }
}
