package io.regionstore.allocator;

/**
 * The chunks that no lane owns and that have a free granule, in circular lists by their longest run: exact up to 16
 * granules, then four lists to the doubling. Those with at least a sixteenth of their space free are <em>roomy</em> and
 * have lists of their own: a lane that takes a roomy chunk does not come back for a while. Lists are searched from where
 * the last search ended, so the chunk that had the most time to gather free space comes first.
 *
 * <p>Not thread-safe; a caller holds the pool's lock.
 */
final class ChunkLists {
    static final int ROOMY = 0;
    static final int TIGHT = 1;
    private static final int CLASSES = 53;
    private static final int EXACT = 16;
    private static final int ROOMY_GRANULES = ChunkMap.GRANULES / 16;

    private final ChunkMap map;
    private final ChunkStates states;
    private final int[] heads = new int[1 + 2 * CLASSES];
    private final long[] filled = new long[2];
    private int foundAt;

    ChunkLists(ChunkMap map, ChunkStates states) {
        this.map = map;
        this.states = states;
    }

    /** @return the list for a shared chunk in this state, 0 = none */
    static int listFor(long state) {
        int run = ChunkStates.run(state);
        if (run == 0) {
            return 0;
        }
        boolean roomy = ChunkMap.GRANULES - ChunkStates.used(state) >= ROOMY_GRANULES;
        return 1 + (roomy ? ROOMY : TIGHT) * CLASSES + classOf(run);
    }

    /** The class whose runs include this one: runs 1 to 16 have their own, the others share four to the doubling. */
    static int classOf(int run) {
        if (run <= EXACT) {
            return run - 1;
        }
        int doubling = 31 - Integer.numberOfLeadingZeros(run);
        return EXACT + (doubling - 4) * 4 + (run >>> doubling - 2 & 3);
    }

    /**
     * Looks for a run in the chunks of one set; {@link #foundAt()} is its first granule.
     *
     * @param longest the chunk's longest run is at least this, {@code count} or more
     * @param steps   chunks looked at, at most
     * @return the chunk, still in its list, or -1
     */
    long find(int set, int count, int longest, long alignment, int steps) {
        int left = steps;
        for (int c = classOf(longest); left > 0; c++) {
            c += Long.numberOfTrailingZeros(filled[set] >>> c);
            if (c >= CLASSES) {
                return -1;
            }
            int list = 1 + set * CLASSES + c;
            int start = heads[list];
            int at = start;
            do {
                long block = at - 1L;
                at = states.next(block);
                left--;
                if (ChunkStates.run(states.get(block)) >= longest) {
                    foundAt = map.findRun(block, 0, count, alignment);
                    if (foundAt >= 0) {
                        return block;
                    }
                }
            } while (at != start && left > 0);
            heads[list] = at;
        }
        return -1;
    }

    int foundAt() {
        return foundAt;
    }

    /** @return bytes of the longest run in any list that starts aligned, or {@code atLeast} when that is more */
    long longest(long alignment, long atLeast) {
        long best = atLeast;
        for (int list = heads.length - 1; list > 0; list--) {
            int at = heads[list];
            if (at == 0) {
                continue;
            }
            do {
                long block = at - 1L;
                if ((long) ChunkStates.run(states.get(block)) << ChunkMap.GRANULE_SHIFT > best) {
                    long run = map.longestRun(block, alignment >>> ChunkMap.GRANULE_SHIFT);
                    best = Math.max(best, run << ChunkMap.GRANULE_SHIFT);
                }
                at = states.next(block);
            } while (at != heads[list]);
        }
        return best;
    }

    /** Puts a chunk last in a list, 1 or more: a shared chunk never goes from a list to none but by its end. */
    void add(long block, int list) {
        int self = (int) (block + 1);
        int head = heads[list];
        if (head == 0) {
            heads[list] = self;
            filled[(list - 1) / CLASSES] |= 1L << (list - 1) % CLASSES;
            states.setNext(block, self);
            states.setPrevious(block, self);
        } else {
            int tail = states.previous(head - 1L);
            states.setNext(block, head);
            states.setPrevious(block, tail);
            states.setNext(tail - 1L, self);
            states.setPrevious(head - 1L, self);
        }
    }

    /** Takes a chunk out of the list it is in; 0 is no list. */
    void remove(long block, int list) {
        if (list == 0) {
            return;
        }
        int self = (int) (block + 1);
        int next = states.next(block);
        if (next == self) {
            heads[list] = 0;
            filled[(list - 1) / CLASSES] &= ~(1L << (list - 1) % CLASSES);
        } else {
            int previous = states.previous(block);
            states.setNext(previous - 1L, next);
            states.setPrevious(next - 1L, previous);
            if (heads[list] == self) {
                heads[list] = next;
            }
        }
    }

}
