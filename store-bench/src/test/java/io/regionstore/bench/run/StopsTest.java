package io.regionstore.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StopsTest {
    private final AtomicLong runDelay = new AtomicLong();
    private final Stops stops = new Stops(runDelay::get);

    private double tail() {
        return stops.figures().get("p9999WithoutStopsNanos");
    }

    @Test
    void shouldCountWithItsOwnTimeWhatAStopBetweenOperationsDelayed() {
        stops.beginning(1_000_000);
        stops.done(300, 1_000_300);
        stops.beginning(40);
        stops.done(300, 998_600);
        assertEquals(300, tail(), 1);
        assertEquals(1, stops.figures().get("stops"));
        assertEquals(1, stops.figures().get("longestStopMillis"));
    }

    @Test
    void shouldBlameAnOperationThatTookLongWithACore() {
        stops.beginning(1_000_000);
        stops.done(50_000, 1_050_000);
        assertEquals(1_050_000, tail(), 1000);
        assertEquals(1, stops.figures().get("slowOperations"));
        assertEquals(0, stops.figures().get("descheduledOperations"));
    }

    @Test
    void shouldNotBlameAnOperationThatHadNoCore() {
        stops.beginning(40);
        runDelay.addAndGet(4_000_000);
        stops.done(4_000_700, 4_000_700);
        assertEquals(700, tail(), 1);
        assertEquals(1, stops.figures().get("descheduledOperations"));
    }

    @Test
    void shouldBlameLatenessAgainOnceTheLoopWasOnTime() {
        stops.beginning(1_000_000);
        stops.done(300, 1_000_300);
        stops.waiting(40);
        stops.beginning(40);
        stops.done(9_000, 9_000);
        assertEquals(9_000, tail(), 10);
    }

    @Test
    void shouldTellWhatTheKernelCountsOfThisThread() throws Exception {
        ThreadEvents before = ThreadEvents.now();
        System.gc();
        Map<String, Double> events = ThreadEvents.now().since(before);
        assertTrue(events.get("collections") >= 1, events::toString);
        events.forEach((name, value) -> assertTrue(value >= 0, name + " = " + value));
        try (RunDelay delay = new RunDelay()) {
            long first = delay.getAsLong();
            assertTrue(delay.getAsLong() >= first, "the kernel's count does not fall");
        }
    }
}
