package io.regionstore.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.faults.ErrorPoints.Lack;
import io.regionstore.faults.ErrorPoints.Lasting;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An Error at each place of each operation of a store, for each kind of media: see {@code engine.StoreErrorTrial} for what
 * must hold afterwards, and {@link ErrorPointClasses} for where Errors come from.
 */
@Tag("load")
class StoreErrorsTest {
    private static final ErrorPointClasses CLASSES = new ErrorPointClasses();
    private static final String[] OPERATIONS = {"INSERT", "OVERWRITE", "INSERT_BYTES", "OVERWRITE_BYTES", "INSERT_EMPTY",
        "OVERWRITE_EMPTY", "PUT_LARGE", "PUT_IF_VERSION", "COMMIT", "COMMIT_BYTES", "ABANDON", "DELETE", "DELETE_BYTES",
        "RECYCLE", "RECYCLE_DELETES", "PUT_IN_FULL_REGION", "RESERVE_IN_FULL_REGION", "PUT_IN_FULL_TABLE", "GROW_INDEX",
        "NEW_VIEW", "SHOW", "COPY", "REPORT", "SYNC", "CLOSE", "OPEN", "CREATE"};
    private static final String[] SETUPS = {"PROCESS", "PLATFORM", "DIRECTORY"};

    static Stream<String> operations() {
        return Stream.of(SETUPS).flatMap(setup -> Stream.of(OPERATIONS).map(operation -> operation + " " + setup));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void shouldBeRightOrTakeNoWritesAfterAnErrorAnywhere(String operation) {
        ErrorWalk walk = new ErrorWalk(() -> CLASSES.trial("engine.StoreErrorTrial", operation));
        if (operation.startsWith("OPEN") || operation.startsWith("CREATE")) {
            // nothing could release what was opened if no call could be made any more
            walk.run(Lack.STACK, Lasting.ONCE, Lasting.AS_DEEP).run(Lack.HEAP, Lasting.ONCE);
        } else {
            walk.run(Lack.STACK, Lasting.values()).run(Lack.HEAP, Lasting.ONCE, Lasting.FROM_THEN_ON);
        }
        walk.run(Lack.DIRECT, Lasting.ONCE);
        assertTrue(walk.injected() > 0, "no Error came");
        ProofSummary.add(Field.errorsInjected, walk.injected());
    }
}
