package io.regionstore.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
    private final Arena arena = Arena.ofShared();
    private final BlockPool pool = new BlockPool(1 << 16, arena);
    private final MemorySegment memory = pool.memory();

    @AfterEach
    void close() {
        arena.close();
    }

    private void assertZeros(long block, int log2) {
        for (long at = block; at < block + (1L << log2); at++) {
            assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, at), "byte " + (at - block));
        }
    }

    /** Blocks of all sizes, taken and given back at random: apart, aligned, zeroed, and none is lost. */
    @Test
    void shouldHandOutZeroedBlocksThatShareNoByte() {
        long seed = 4;
        Random random = new Random(seed);
        TreeMap<Long, Integer> taken = new TreeMap<>();
        long bytes = 0;
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(100) < 55 && bytes < 1 << 14) {
                int log2 = 6 + random.nextInt(6);
                long block = pool.allocate(log2);
                String where = "seed " + seed + ", step " + i + ", block " + block;
                assertTrue(block > 0 && block % (1L << log2) == 0, where);
                Map.Entry<Long, Integer> before = taken.floorEntry(block);
                assertTrue(before == null || before.getKey() + (1L << before.getValue()) <= block, where);
                Map.Entry<Long, Integer> after = taken.ceilingEntry(block);
                assertTrue(after == null || block + (1L << log2) <= after.getKey(), where);
                assertZeros(block, log2);
                memory.asSlice(block, 1L << log2).fill((byte) -1);
                taken.put(block, log2);
                bytes += 1L << log2;
            } else if (!taken.isEmpty()) {
                Long block = taken.ceilingKey(random.nextLong(1 << 16));
                block = block == null ? taken.firstKey() : block;
                int log2 = taken.remove(block);
                pool.free(block, log2);
                bytes -= 1L << log2;
            }
            assertEquals(bytes, pool.bytesInUse());
        }
        taken.forEach(pool::free);
        // all joined again: the upper half is one block
        assertEquals(1 << 15, pool.allocate(15));
    }

    /** What all stripes outgrow is what they grow into. */
    @Test
    void shouldMakeLargerBlocksOfTheSmallerOnesThatCameBack() {
        long[] small = new long[16];
        for (int i = 0; i < small.length; i++) {
            small[i] = pool.allocate(6);
        }
        long end = pool.allocate(10);
        for (long block : small) {
            pool.free(block, 6);
        }
        for (int i = 0; i < 3; i++) {
            assertTrue(pool.allocate(8) < end, "256 bytes of what came back");
        }
    }

    @Test
    void shouldSayThatItIsFull() {
        pool.allocate(15);
        assertThrows(IllegalStateException.class, () -> pool.allocate(16));
        assertTrue(pool.allocate(14) > 0, "smaller ones are there still");
    }
}
