package io.regionstore.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.bench.report.Summary;
import io.regionstore.bench.report.Summary.Repetition;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoundTest {
    private static Summary summary(String subject, int firstRepetition, double... throughputs) {
        List<Repetition> each = IntStream.range(0, throughputs.length)
                .mapToObj(i -> new Repetition(firstRepetition + i, throughputs[i], 1, 1, 1, Map.of())).toList();
        return new Summary(subject, "insert", 100, 1, each.size(), 0, 0, 0, 0, 0, 0, 0, null, each, null);
    }

    @Test
    void shouldCompareRepetitionsThatWereMeasuredTogether() {
        Summary store = summary("store", 1, 100, 50, 90);
        // the machine was slow for both in the second one
        Summary peer = summary("peer", 1, 10, 5, 30);
        assertEquals(10, Found.ratio(store, peer, Repetition::throughput));
    }

    @Test
    void shouldCompareWithTheBestOfSeveralInEachRepetition() {
        Summary store = summary("store", 1, 100, 100, 100);
        List<Summary> ways = List.of(summary("a", 1, 50, 10, 20), summary("b", 1, 10, 50, 50));
        assertEquals(2, Found.ratio(store, ways, Repetition::throughput));
    }

    @Test
    void shouldNotCompareRepetitionsThatHaveNoPartner() {
        assertEquals(4, Found.ratio(summary("store", 1, 100, 8), summary("peer", 2, 2), Repetition::throughput));
        assertThrows(BenchFailure.class,
                () -> Found.ratio(summary("store", 1, 100), summary("peer", 2, 2), Repetition::throughput));
    }

    @Test
    void shouldSayWhyASubjectHasNoFigures() {
        Summary failed = new Summary("pmemobj", "insert", 100, 1, 0, 0, 0, 0, 0, 0, 0, 0, null, List.of(),
                "failed: install Debian's libpmemobj-dev");
        assertTrue(new Found(List.of(failed)).why("pmemobj").contains("libpmemobj-dev"));
        assertTrue(new Found(List.of()).why("pmemobj").contains("was not measured"));
    }
}
