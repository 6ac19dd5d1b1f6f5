package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangesTest {
    private static final int END = 60;

    @Test
    void shouldAgreeWithASetOfBytes() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            BitSet model = new BitSet();
            Ranges ranges = new Ranges();
            for (int i = 0; i < 12; i++) {
                int from = random.nextInt(END);
                int to = from + random.nextInt(END - from + 1);
                String where = "seed " + seed + ", range " + from + " to " + to;
                BitSet common = model.get(from, to);
                assertEquals(!common.isEmpty(), ranges.meets(from, to), where);
                BitSet missing = new BitSet();
                missing.set(from, to);
                missing.andNot(model);
                BitSet told = new BitSet();
                ranges.add(from, to, (first, end) -> {
                    assertTrue(first < end && told.get((int) first, (int) end).isEmpty(), where);
                    told.set((int) first, (int) end);
                });
                assertEquals(missing, told, where);
                model.or(missing);
            }
        }
    }
}
