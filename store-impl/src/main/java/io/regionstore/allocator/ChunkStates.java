package io.regionstore.allocator;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * 16 bytes for each 64 KiB block: an atomic state word, and the links of the list the chunk is in (changed under the
 * pool's lock). A block that is no chunk has state 0.
 *
 * <pre>
 *   bits  0-14  used granules. While a lane owns the chunk: 16384 less what was freed since, because the lane counts its
 *               own allocations and settles when it gives the chunk up. It cannot reach 0 before: a lane passes each
 *               granule once, so at most what was used and once the whole chunk are freed meanwhile.
 *   bits 15-28  the longest run of free granules, never too small (but for frees in flight); 0 while owned
 *   bits 29-35  the list the chunk is in, 0 = none
 *   bit  36     a lane owns it
 *   bit  37     it is a chunk
 * </pre>
 */
final class ChunkStates {
    static final long OWNED = 1L << 36;
    static final long CHUNK = 1L << 37;
    /** Used granules of a chunk at the time a lane takes it. */
    static final int OWNED_USED = 2 * ChunkMap.GRANULES;
    private static final long USED_FIELD = 0x7FFF;
    private static final int RUN_SHIFT = 15;
    private static final long RUN_FIELD = 0x3FFF;
    private static final int LIST_SHIFT = 29;
    private static final long LIST_FIELD = 0x7F;
    private static final int BYTES = 16;

    private final MemorySegment states;
    private final TouchedPages touched;

    ChunkStates(long blocks, Arena arena) {
        long bytes = Math.max(1, blocks) * BYTES;
        this.states = AnonymousMemory.reserve(bytes, arena);
        this.touched = new TouchedPages(bytes, arena);
    }

    /** The caller holds the pool's lock. */
    void touch(long block) {
        touched.add(block * BYTES);
    }

    long memoryBytes() {
        return touched.bytes();
    }

    long get(long block) {
        return Words.getVolatile(states, block * BYTES);
    }

    void set(long block, long state) {
        Words.setVolatile(states, block * BYTES, state);
    }

    boolean replace(long block, long expected, long state) {
        return Words.compareAndSet(states, block * BYTES, expected, state);
    }

    /** @return the state after {@code granules} fewer are used */
    long subtractUsed(long block, int granules) {
        return Words.getAndAdd(states, block * BYTES, -granules) - granules;
    }

    static boolean isChunk(long state) {
        return (state & CHUNK) != 0;
    }

    /** A chunk that no lane owns: only its free space can grow, until the pool's lock is taken. */
    static boolean isShared(long state) {
        return (state & (CHUNK | OWNED)) == CHUNK;
    }

    static int used(long state) {
        return (int) (state & USED_FIELD);
    }

    static int run(long state) {
        return (int) (state >>> RUN_SHIFT & RUN_FIELD);
    }

    static int list(long state) {
        return (int) (state >>> LIST_SHIFT & LIST_FIELD);
    }

    static long withList(long state, int list) {
        return state & ~(LIST_FIELD << LIST_SHIFT) | (long) list << LIST_SHIFT;
    }

    static long withRun(long state, int run) {
        return state & ~(RUN_FIELD << RUN_SHIFT) | (long) run << RUN_SHIFT;
    }

    static long owned() {
        return CHUNK | OWNED | OWNED_USED;
    }

    static long shared(int used) {
        return CHUNK | used;
    }

    /** @return the next chunk of its list plus one, 0 = none */
    int next(long block) {
        return states.get(ValueLayout.JAVA_INT, block * BYTES + 8);
    }

    int previous(long block) {
        return states.get(ValueLayout.JAVA_INT, block * BYTES + 12);
    }

    void setNext(long block, int next) {
        states.set(ValueLayout.JAVA_INT, block * BYTES + 8, next);
    }

    void setPrevious(long block, int previous) {
        states.set(ValueLayout.JAVA_INT, block * BYTES + 12, previous);
    }
}
