package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreeTreeTest {
    private static final long KIB = 1024;
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void shouldTakeTheLowestExtentThatFits() {
        FreeTree tree = new FreeTree(1 << 20, 0, arena);
        tree.release(1000, 80);
        tree.release(0, 40);
        tree.release(2000, 400);
        assertEquals(1000, tree.allocate(48, 8));
        assertEquals(0, tree.allocate(40, 8));
        assertEquals(1048, tree.allocate(32, 8));
        assertEquals(2000, tree.allocate(400, 8));
        assertEquals(FreeTree.NONE, tree.allocate(8, 8));
        assertEquals(0, tree.longest(8));
    }

    @Test
    void shouldJoinWhatComesBackWithBothNeighbours() {
        FreeTree tree = new FreeTree(1 << 20, 0, arena);
        tree.release(0, 100 * 8);
        tree.release(200 * 8, 100 * 8);
        assertEquals(800, tree.longest(8));
        tree.release(100 * 8, 100 * 8);
        assertEquals(2400, tree.longest(8));
        tree.release(400 * 8, 8);
        tree.release(300 * 8, 8);
        assertEquals(2408, tree.longest(8));
        tree.release(399 * 8, 8);
        assertEquals(0, tree.allocate(2408, 8));
        assertEquals(399 * 8, tree.allocate(16, 8));
        assertEquals(FreeTree.NONE, tree.allocate(8, 8));
    }

    @Test
    void shouldRefuseWhatIsFreeAlready() {
        FreeTree tree = new FreeTree(1 << 20, 0, arena);
        tree.release(1000, 80);
        for (long[] extent : new long[][] {{1000, 80}, {992, 16}, {1072, 16}, {1008, 8}, {0, 4000}}) {
            assertThrows(IllegalStateException.class, () -> tree.release(extent[0], extent[1]));
        }
        assertEquals(80, tree.longest(8));
    }

    /** Many extents that are long enough and never aligned, then one that fits: before, among or after them. */
    @Test
    void shouldFindTheOneThatFitsAmongManyThatDoNot() {
        for (long fitting : new long[] {0, 50, 999, 1000}) {
            for (long length : new long[] {64 * KIB, 128 * KIB - 8}) {
                FreeTree tree = new FreeTree(1L << 30, 0, arena);
                for (long i = 0; i < 1000; i++) {
                    if (i != fitting) {
                        tree.release(i * 256 * KIB + 8, 127 * KIB);
                    }
                }
                assertEquals(FreeTree.NONE, tree.allocate(64 * KIB, 64 * KIB));
                assertEquals(FreeTree.NONE, tree.allocateBlock((int) (64 * KIB)));
                assertEquals(127 * KIB - 64 * KIB + 8, tree.longest(64 * KIB));
                tree.release(fitting * 256 * KIB, length);
                assertEquals(fitting * 256 * KIB, tree.allocate(64 * KIB, 64 * KIB));
                tree.release(fitting * 256 * KIB, 64 * KIB);
                assertEquals(fitting * 256 * KIB, tree.allocateBlock(64 * KIB));
                assertEquals(FreeTree.NONE, tree.allocateBlock(64 * KIB));
            }
        }
    }

    @Test
    void shouldCountAlignmentFromTheBaseButBlocksFromTheRegion() {
        FreeTree tree = new FreeTree(1 << 20, 4096, arena);
        tree.release(0, 1 << 20);
        assertEquals(60 * KIB, tree.allocate(8, 64 * KIB));
        assertEquals(960 * KIB, tree.allocateBlock(64 * KIB));
    }

    @Test
    void shouldUseItsNodesAgain() {
        FreeTree tree = new FreeTree(1 << 20, 0, arena);
        assertEquals(0, tree.memoryBytes());
        for (int round = 0; round < 1000; round++) {
            for (int i = 0; i < 10; i++) {
                tree.release((i * 7 % 10) * 100 * 8, 8);
            }
            for (int i = 0; i < 10; i++) {
                assertEquals(i * 100 * 8, tree.allocate(8, 8));
            }
        }
        assertTrue(tree.memoryBytes() <= 11 * FreeTree.NODE_BYTES);
    }
}
