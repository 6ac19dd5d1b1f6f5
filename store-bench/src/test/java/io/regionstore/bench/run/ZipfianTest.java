package io.regionstore.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ZipfianTest {
    @Test
    void shouldDrawRanksAsOftenAsTheDistributionSays() {
        int items = 1000;
        Zipfian zipfian = new Zipfian(items);
        SplittableRandom random = new SplittableRandom(7);
        int draws = 1_000_000;
        int[] counts = new int[items];
        for (int i = 0; i < draws; i++) {
            counts[(int) zipfian.rank(random.nextDouble())]++;
        }
        double zeta = 0;
        for (int i = 1; i <= items; i++) {
            zeta += Math.pow(i, -0.99);
        }
        // the first two ranks are exact in this method, the others approximate
        assertEquals(draws / zeta, counts[0], draws / zeta * 0.02);
        assertEquals(draws / zeta * Math.pow(2, -0.99), counts[1], draws / zeta * 0.02);
        int topTenth = 0;
        double expected = 0;
        for (int i = 0; i < items / 10; i++) {
            topTenth += counts[i];
            expected += draws / zeta * Math.pow(i + 1, -0.99);
        }
        assertEquals(expected, topTenth, expected * 0.03);
    }

    @Test
    void shouldStayWithinTheItemsAtBothEnds() {
        Zipfian zipfian = new Zipfian(10_000_000);
        assertEquals(0, zipfian.rank(0));
        assertTrue(zipfian.rank(Math.nextDown(1.0)) < 10_000_000);
        assertTrue(zipfian.scattered(0.5) >= 0 && zipfian.scattered(0.5) < 10_000_000);
    }
}
