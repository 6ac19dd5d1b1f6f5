package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.Verdict;
import io.regionstore.recovery.Decision.Contents;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every combination there is, by name. */
class DecisionTest {
    /** Where the caller said and closed, not closed; found elsewhere and closed, not closed. */
    private static final String TABLE = """
            SAME      NOT_CHECKED | CLEAN            RECOVERED        MOVED            MOVED
            SAME      INTACT      | CLEAN            RECOVERED        MOVED            MOVED
            SAME      DAMAGED     | CONTENTS_DAMAGED CONTENTS_DAMAGED CONTENTS_DAMAGED CONTENTS_DAMAGED
            SAME      LOST        | CONTENTS_LOST    CONTENTS_LOST    CONTENTS_LOST    CONTENTS_LOST
            ELSEWHERE NOT_CHECKED | MOVED            MOVED            MOVED            MOVED
            ELSEWHERE INTACT      | MOVED            MOVED            MOVED            MOVED
            ELSEWHERE DAMAGED     | CONTENTS_DAMAGED CONTENTS_DAMAGED CONTENTS_DAMAGED CONTENTS_DAMAGED
            ELSEWHERE LOST        | WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE
            UNKNOWN   NOT_CHECKED | CLEAN            RECOVERED        MOVED            MOVED
            UNKNOWN   INTACT      | CLEAN            RECOVERED        MOVED            MOVED
            UNKNOWN   DAMAGED     | CONTENTS_DAMAGED CONTENTS_DAMAGED CONTENTS_DAMAGED CONTENTS_DAMAGED
            UNKNOWN   LOST        | WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE
            DIFFERENT NOT_CHECKED | WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE
            DIFFERENT INTACT      | WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE
            DIFFERENT DAMAGED     | WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE
            DIFFERENT LOST        | WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE     WRONG_DEVICE
            SHRUNK    NOT_CHECKED | SHRUNK           SHRUNK           SHRUNK           SHRUNK
            SHRUNK    INTACT      | SHRUNK           SHRUNK           SHRUNK           SHRUNK
            SHRUNK    DAMAGED     | SHRUNK           SHRUNK           SHRUNK           SHRUNK
            SHRUNK    LOST        | SHRUNK           SHRUNK           SHRUNK           SHRUNK
            """;

    @Test
    void shouldDecideEveryCombination() {
        List<String> found = new ArrayList<>();
        for (Placement placement : Placement.values()) {
            for (Contents contents : Contents.values()) {
                List<Verdict> verdicts = List.of(Decision.of(placement, contents, false, true),
                        Decision.of(placement, contents, false, false), Decision.of(placement, contents, true, true),
                        Decision.of(placement, contents, true, false));
                found.add(placement + " " + contents + " | "
                        + String.join(" ", verdicts.stream().map(Verdict::name).toList()));
            }
        }
        assertEquals(TABLE.lines().map(line -> line.replaceAll(" +", " ")).toList(), found);
    }
}
