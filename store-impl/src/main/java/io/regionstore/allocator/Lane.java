package io.regionstore.allocator;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one lane holds in advance: a chunk for each range of sizes. Everything is the lane holder's; the count of used
 * bytes may be read by anybody. The words lie in the middle of an array, so that no two lanes share a cache line.
 */
final class Lane {
    /** Extents up to 512 bytes, extents up to {@link ChunkMap#SMALL_MAX}: kept apart so that holes get reused. */
    static final int RANGES = 2;
    private static final int FIRST_RANGE_GRANULES = 64;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();
    private static final int GUARD = 16;
    private static final int BLOCK = GUARD;
    private static final int CURSOR = BLOCK + RANGES;
    private static final int BALANCE = CURSOR + RANGES;
    private static final int USED = BALANCE + RANGES;

    private final long[] words = new long[USED + 1 + GUARD];

    Lane() {
        for (int range = 0; range < RANGES; range++) {
            words[BLOCK + range] = -1;
        }
    }

    static int range(int granules) {
        return granules <= FIRST_RANGE_GRANULES ? 0 : 1;
    }

    /** @return the owned chunk, or -1 */
    long block(int range) {
        return words[BLOCK + range];
    }

    /** @return where the search for a run goes on: next fit */
    int cursor(int range) {
        return (int) words[CURSOR + range];
    }

    /** @return what the used count of the chunk is too high by: see {@link ChunkStates} */
    int balance(int range) {
        return (int) words[BALANCE + range];
    }

    void hold(int range, long block, int balance) {
        words[BLOCK + range] = block;
        words[BALANCE + range] = balance;
    }

    void placed(int range, int count, int cursor) {
        words[BALANCE + range] -= count;
        words[CURSOR + range] = cursor;
    }

    void drop(int range) {
        words[BLOCK + range] = -1;
    }

    boolean holdsChunk() {
        return words[BLOCK] >= 0 || words[BLOCK + 1] >= 0;
    }

    /** Allocated less freed through this lane: negative when it frees what others allocated. */
    long used() {
        return (long) WORD.getOpaque(words, USED);
    }

    void addUsed(long bytes) {
        WORD.setOpaque(words, USED, words[USED] + bytes);
    }
}
