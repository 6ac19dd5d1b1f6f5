package io.regionstore.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.faults.ErrorPoints.Lack;
import io.regionstore.faults.ErrorPoints.Lasting;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
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
        "OVERWRITE_EMPTY", "PUT_LARGE", "PUT_IF_VERSION", "COMMIT", "COMMIT_BYTES", "COMMIT_AND_RECYCLE", "ABANDON", "DELETE", "DELETE_BYTES",
        "RECYCLE", "RECYCLE_DELETES", "PUT_IN_FULL_REGION", "RESERVE_IN_FULL_REGION", "PUT_IN_FULL_TABLE", "GROW_INDEX",
        "NEW_VIEW", "SHOW", "COPY", "REPORT", "SYNC", "CLOSE", "OPEN", "CREATE"};
    private static final Set<String> DIFFERENT = Set.of("OVERWRITE_BYTES", "COMMIT_AND_RECYCLE", "DELETE", "SYNC", "CLOSE",
            "OPEN", "PUT_IN_FULL_TABLE");
    private static final boolean ALL = Integer.getInteger("proof.scale", 1) > 1;
    private static final String[] SETUPS = {"PROCESS", "PLATFORM", "DIRECTORY"};

    /** At scale 1 all operations on metadata in place, and what is different with lost caches, or in a directory. */
    static Stream<String> operations() {
        return Stream.of(SETUPS).flatMap(setup -> Stream.of(OPERATIONS).map(operation -> operation + " " + setup))
                .filter(argument -> ALL || argument.endsWith(" PROCESS") || DIFFERENT.contains(argument.split(" ")[0]));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void shouldBeRightOrTakeNoWritesAfterAnErrorAnywhere(String operation) {
        ErrorWalk walk = new ErrorWalk(() -> CLASSES.trial("engine.StoreErrorTrial", operation));
        if (operation.startsWith("OPEN") || operation.startsWith("CREATE") || operation.startsWith("REPORT")) {
            // nothing could release what was opened, or unpin what forEach shows, if no call could be made any more
            walk.run(Lack.STACK, Lasting.ONCE).run(Lack.HEAP, Lasting.ONCE);
        } else {
            walk.run(Lack.STACK, Lasting.values()).run(Lack.HEAP, Lasting.ONCE, Lasting.FROM_THEN_ON);
        }
        walk.run(Lack.DIRECT, Lasting.ONCE);
        assertTrue(walk.injected() > 0, "no Error came");
        ProofSummary.add(Field.errorsInjected, walk.injected());
    }

    /** 40 views are open and the heap is full: what a commit retired cannot be recycled, but the record is committed. */
    @Test
    void shouldKeepTheExtentOfACommitAfterWhichTheHeapIsFull() {
        walkWithFullHeap("COMMIT_AND_RECYCLE PROCESS");
    }

    /** The pins of 40 views cannot be counted for want of heap: what they show is not taken for free. */
    @Test
    void shouldKeepWhatViewsShowWhenTheHeapIsFull() {
        walkWithFullHeap("RECYCLE PROCESS");
    }

    private static void walkWithFullHeap(String operation) {
        ErrorWalk walk = new ErrorWalk(() -> CLASSES.trial("engine.StoreErrorTrial", operation));
        walk.run(Lack.HEAP, Lasting.FROM_THEN_ON);
        assertTrue(walk.injected() > 0, "no Error came");
    }
}
