package io.regionstore.allocator;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * What one lane holds in advance: a chunk for each range of sizes. Fields are the lane holder's; the count of used bytes
 * may be read by anybody.
 */
final class Lane {
    /** Extents up to 512 bytes, extents up to {@link ChunkMap#SMALL_MAX}: kept apart so that holes get reused. */
    static final int RANGES = 2;
    private static final int FIRST_RANGE_GRANULES = 64;
    private static final VarHandle USED;

    static {
        try {
            USED = MethodHandles.lookup().findVarHandle(Lane.class, "used", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Owned chunk, -1 = none. */
    final long[] blocks = new long[RANGES];
    /** Next fit: the search goes on here. */
    final int[] cursors = new int[RANGES];
    /** What the used count of the chunk is too high by: see {@link ChunkStates}. */
    final int[] balance = new int[RANGES];
    private long used;

    Lane() {
        Arrays.fill(blocks, -1);
    }

    static int range(int granules) {
        return granules <= FIRST_RANGE_GRANULES ? 0 : 1;
    }

    boolean holdsChunk() {
        return blocks[0] >= 0 || blocks[1] >= 0;
    }

    /** Allocated less freed through this lane: negative when it frees what others allocated. */
    long used() {
        return (long) USED.getOpaque(this);
    }

    void addUsed(long bytes) {
        USED.setOpaque(this, used + bytes);
    }
}
