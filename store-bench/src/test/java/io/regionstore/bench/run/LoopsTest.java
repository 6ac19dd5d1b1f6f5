package io.regionstore.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LoopsTest {
    @Test
    void shouldGiveEachLoopAClassOfItsOwn() {
        assertNotSame(Loops.make().getClass(), Loops.make().getClass());
    }

    @Test
    void shouldRunEveryTurnWithItsKey() {
        Loop loop = Loops.make();
        loop.run((key, turn) -> key, KeySequence.inOrder(3, 2), 0, 100);
        assertEquals(3 * 100 + 2 * (99 * 100 / 2), loop.sink());
    }

    @Test
    void shouldCountAPauseForEveryOperationThatItHeldUp() {
        Loop loop = Loops.make();
        Histogram histogram = Measure.histogram();
        long pause = TimeUnit.MILLISECONDS.toNanos(50);
        // one operation a millisecond; the first takes 50
        loop.paced((key, turn) -> {
            for (long end = System.nanoTime() + pause; turn == 0 && System.nanoTime() < end; ) {
                LockSupport.parkNanos(pause / 10);
            }
            return key;
        }, KeySequence.inOrder(0, 1), 0, 100, System.nanoTime(), 1e6, histogram, new Stops());
        assertEquals(100, histogram.getTotalCount());
        long late = histogram.getTotalCount() - histogram.getCountBetweenValues(0, pause / 5);
        assertTrue(late >= 35, "only " + late + " operations saw the pause");
    }
}
