package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.device.MappedMedium.Kind;
import io.regionstore.device.MediumIdentity;
import io.regionstore.table.StoreHeader;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlacementTest {
    private static final long LENGTH = 1 << 20;

    private static StoreHeader.Region recorded(Kind kind, long start, long device, long inode, long offset) {
        return new StoreHeader.Region(kind.ordinal(), start, LENGTH, device, inode, offset, "/before");
    }

    private static MediumIdentity found(Kind kind, long start, long length, long device, long inode, long offset) {
        return new MediumIdentity(kind, "/now", start, length, 4096, device, inode, offset);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldSeeThatAMediumIsShorterBeforeAllElse(Kind kind) {
        StoreHeader.Region recorded = recorded(kind, 4096, 1, 2, 0);
        assertEquals(Placement.SHRUNK, Placement.judge(recorded, found(kind, 4096, LENGTH - 1, 1, 2, 0)));
        assertEquals(Placement.SHRUNK, Placement.judge(recorded, found(kind, 8192, LENGTH - 1, 1, 2, 0)));
        assertEquals(Placement.SAME, Placement.judge(recorded, found(kind, 4096, LENGTH, 1, 2, 0)));
        assertEquals(Placement.SAME, Placement.judge(recorded, found(kind, 4096, LENGTH + 1, 1, 2, 0)));
    }

    @ParameterizedTest
    @CsvSource({
        // physical starts, where both are known, decide, whatever else is the same or not
        "DEVICE_DAX, 4096, DEVICE_DAX, 4096, 9, 9, 9, SAME",
        "DEVICE_DAX,    0, DEVICE_DAX,    0, 9, 9, 9, SAME",
        "DEVICE_DAX, 4096, DAX_FILE,   4096, 9, 9, 9, SAME",
        "DEVICE_DAX, 4096, DEVICE_DAX, 8192, 1, 2, 3, DIFFERENT",
        "DEVICE_DAX,    0, DEVICE_DAX, 8192, 1, 2, 3, DIFFERENT",
        "DEVICE_DAX, 4096, DEVICE_DAX,    0, 1, 2, 3, DIFFERENT",
        // one of them is not known
        "DEVICE_DAX,   -1, DEVICE_DAX, 4096, 1, 2, 3, UNKNOWN",
        "DEVICE_DAX, 4096, DEVICE_DAX,   -1, 9, 9, 9, UNKNOWN",
        "DEVICE_DAX,   -1, DEVICE_DAX,   -1, 1, 2, 3, UNKNOWN",
        // a device became a file, or the reverse
        "DEVICE_DAX, 4096, FILE,         -1, 1, 2, 3, ELSEWHERE",
        "FILE,         -1, DEVICE_DAX,   -1, 1, 2, 3, ELSEWHERE",
        // files
        "FILE,         -1, FILE,         -1, 1, 2, 3, SAME",
        "FILE,         -1, DAX_FILE,     -1, 1, 2, 3, SAME",
        "FILE,         -1, FILE,         -1, 9, 2, 3, ELSEWHERE",
        "FILE,         -1, FILE,         -1, 1, 9, 3, ELSEWHERE",
        "FILE,         -1, FILE,         -1, 1, 2, 9, ELSEWHERE",
    })
    void shouldJudge(Kind was, long wasAt, Kind is, long isAt, long device, long inode, long offset,
                     Placement expected) {
        assertEquals(expected, Placement.judge(recorded(was, wasAt, 1, 2, 3),
                found(is, isAt, LENGTH, device, inode, offset)));
    }

    @Test
    void shouldNeedTheContentsWhereNothingElseTells() {
        Set<Placement> need = EnumSet.allOf(Placement.class).stream().filter(Placement::needsContents)
                .collect(Collectors.toSet());
        assertEquals(Set.of(Placement.ELSEWHERE, Placement.UNKNOWN), need);
    }
}
