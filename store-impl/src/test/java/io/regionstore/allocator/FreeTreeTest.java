package io.regionstore.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 10; i++) {
                tree.release((i * 7 % 10) * 100 * 8, 8);
            }
            for (int i = 0; i < 10; i++) {
                assertEquals(i * 100 * 8, tree.allocate(8, 8));
            }
        }
        assertEquals(11 * ExtentTreap.NODE_BYTES, tree.memoryBytes(), "ten, and the one that stands for none");
    }

    @Test
    void shouldForgetThatAnExtentCouldNotBeHadWhenOneThatFitsComesBack() {
        FreeTree tree = new FreeTree(1 << 20, 8, arena);
        tree.release(8, 64 * KIB);
        assertTrue(tree.mayHaveBlock());
        assertEquals(FreeTree.NONE, tree.allocateBlock(64 * KIB));
        assertFalse(tree.mayHaveBlock());
        assertEquals(FreeTree.NONE, tree.allocate(4096, 128 * KIB));
        tree.release(512 * KIB, 64 * KIB - 8);
        assertFalse(tree.mayHaveBlock(), "8 bytes short");
        assertEquals(FreeTree.NONE, tree.allocate(4096, 128 * KIB));
        tree.release(128 * KIB - 8, 4096);
        assertEquals(128 * KIB - 8, tree.allocate(4096, 128 * KIB), "exactly what failed");
        assertFalse(tree.mayHaveBlock());
        tree.release(0, 8);
        assertTrue(tree.mayHaveBlock(), "joined, it is a block");
        assertEquals(0, tree.allocateBlock(64 * KIB));
    }

    @Test
    void shouldRefuseMoreSeparateExtentsThanItHasNodesFor() {
        FreeTree tree = new FreeTree(16, 0, arena);
        for (int i = 0; i < 3; i++) {
            tree.release(i * 16, 8);
        }
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> tree.release(48, 8));
        assertTrue(e.getMessage().contains("more than 3 separate free extents"), e::getMessage);
        tree.release(8, 8);
        assertEquals(24, tree.longest(8));
    }

    /** The depth of the tree is what its calls take of the stack: here 50,000 deep would not do. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStayShallowWhenExtentsComeInTheOrderOfAddresses(boolean ascending) throws Exception {
        int count = 50_000;
        Throwable[] failure = new Throwable[1];
        FreeTree tree = new FreeTree(count * 16L, 0, Arena.ofAuto());
        Thread thread = new Thread(null, () -> {
            for (int i = 0; i < count; i++) {
                tree.release((ascending ? i : count - 1 - i) * 16L, 8);
            }
            for (int i = 0; i < count / 2; i++) {
                assertEquals(i * 16L, tree.allocate(8, 8));
            }
            assertEquals(8, tree.longest(8));
        }, "small stack", 200 << 10);
        thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
        thread.start();
        thread.join();
        assertNull(failure[0], () -> "it went deep: " + failure[0]);
    }
}
