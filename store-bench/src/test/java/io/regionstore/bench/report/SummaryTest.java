package io.regionstore.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.bench.run.PhaseResult;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static PhaseResult phase(double throughput, long nanos) {
        Histogram histogram = new Histogram(1_000_000_000L, 3);
        histogram.recordValueWithCount(nanos, 10);
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        histogram.encodeIntoCompressedByteBuffer(buffer);
        return new PhaseResult("s", "insert", 100, 1, 1, 10, throughput, 0, Base64.getEncoder().encodeToString(
                Arrays.copyOf(buffer.array(), buffer.position())), Map.of(), null);
    }

    @Test
    void shouldTakeTheMedianOfTheRepetitions() {
        List<Summary> summaries = Summary.of(List.of(phase(100, 500), phase(900, 100), phase(200, 300)));
        assertEquals(1, summaries.size());
        assertEquals(200, summaries.getFirst().throughput());
        assertEquals(300, summaries.getFirst().p50());
        assertEquals(30, summaries.getFirst().histogram().getTotalCount());
    }

    @Test
    void shouldShowARepetitionThatFailedOnlyIfNoneSucceeded() {
        PhaseResult failed = PhaseResult.failed("s", "insert", 100, 1, 2, "failed: broken");
        assertTrue(Summary.of(List.of(failed, phase(100, 500))).getFirst().isMeasured());
        Summary summary = Summary.of(List.of(failed)).getFirst();
        assertFalse(summary.isMeasured());
        assertTrue(Table.of(List.of(summary)).contains("failed: broken"));
    }
}
