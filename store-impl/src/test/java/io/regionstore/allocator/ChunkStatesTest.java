package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class ChunkStatesTest {
    @Test
    void shouldKeepTheFieldsOfAStateApart() {
        for (int used : new int[] {0, 1, 8192}) {
            for (int run : new int[] {0, 1, 8192}) {
                for (int list : new int[] {0, 1, 106}) {
                    long state = ChunkStates.withList(ChunkStates.withRun(ChunkStates.shared(used), run), list);
                    state = ChunkStates.withRun(ChunkStates.withList(state, list), run);
                    assertEquals(used, ChunkStates.used(state));
                    assertEquals(run, ChunkStates.run(state));
                    assertEquals(list, ChunkStates.list(state));
                    assertTrue(ChunkStates.isChunk(state) && ChunkStates.isShared(state));
                    assertEquals(ChunkStates.shared(used), ChunkStates.withList(ChunkStates.withRun(state, 0), 0));
                }
            }
        }
        assertEquals(1L << 37 | 7L << 29 | 6 << 15 | 5,
                ChunkStates.withList(ChunkStates.withRun(ChunkStates.shared(5), 6), 7));
    }

    @Test
    void shouldTellOwnedFromSharedAndFromNoChunk() {
        long owned = ChunkStates.owned();
        assertEquals(1L << 37 | 1L << 36 | 16384, owned);
        assertTrue(ChunkStates.isChunk(owned));
        assertFalse(ChunkStates.isShared(owned));
        assertEquals(16384, ChunkStates.used(owned));
        assertEquals(0, ChunkStates.run(owned));
        assertFalse(ChunkStates.isChunk(0));
        assertFalse(ChunkStates.isShared(0));
    }

    @Test
    void shouldKeepStateAndLinksOfEachBlock() {
        try (Arena arena = Arena.ofConfined()) {
            ChunkStates states = new ChunkStates(300, arena);
            for (int block = 0; block < 300; block++) {
                states.set(block, ChunkStates.shared(block));
                states.setNext(block, block + 1000);
                states.setPrevious(block, block + 2000);
            }
            assertEquals(ChunkStates.shared(7), states.get(7));
            assertEquals(ChunkStates.shared(3), states.subtractUsed(7, 4));
            assertEquals(ChunkStates.shared(3), states.get(7));
            assertFalse(states.replace(8, ChunkStates.shared(7), ChunkStates.owned()));
            assertTrue(states.replace(8, ChunkStates.shared(8), ChunkStates.owned()));
            assertEquals(ChunkStates.owned(), states.get(8));
            for (int block = 0; block < 300; block++) {
                assertEquals(block + 1000, states.next(block));
                assertEquals(block + 2000, states.previous(block));
            }
        }
    }

    @Test
    void shouldCountThePagesThatWereTouched() {
        try (Arena arena = Arena.ofConfined()) {
            ChunkStates states = new ChunkStates(1 << 20, arena);
            ChunkMap map = new ChunkMap(1000, 0, arena);
            assertEquals(0, states.memoryBytes());
            assertEquals(0, map.memoryBytes());
            for (int i = 0; i < 2; i++) {
                states.touch(0);
                states.touch(255);
                assertEquals(4096, states.memoryBytes(), "256 states to the page");
                map.touch(0);
                map.touch(3);
                assertEquals(4096, map.memoryBytes(), "4 chunks to the page");
            }
            states.touch(256);
            assertEquals(8192, states.memoryBytes());
            states.touch(64 * 256);
            states.touch((1 << 20) - 1);
            assertEquals(16384, states.memoryBytes());
            map.touch(4);
            map.touch(999);
            assertEquals(12288, map.memoryBytes());
        }
    }
}
