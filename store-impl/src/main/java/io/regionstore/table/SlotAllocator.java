package io.regionstore.table;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Which slots are free: a bitmap in ordinary memory, one bit a slot, rebuilt from the table at every open. Each lane
 * keeps some free slots at hand, so that most calls touch nothing shared; what is shared is changed by compare-and-set
 * of one word. Runs are aligned to their length. Single slots are taken from the start of the table upward and runs
 * from its end downward, so that they do not break up each other's room.
 *
 * <p>Methods that take a lane are called by the holder of that lane only.
 */
public final class SlotAllocator implements AutoCloseable {
    /** No free slot or run. */
    public static final long NONE = -1;

    private static final int WORD_SLOTS = 64;
    private static final int GROUP_WORDS = 64;
    private static final int CACHE = 2 * WORD_SLOTS;
    private static final int RUN_CLASSES = 7;
    private static final ValueLayout.OfLong LAYOUT = ValueLayout.JAVA_LONG;
    private static final VarHandle WORD = LAYOUT.varHandle();
    /** Bits at which an aligned run of 2^c slots may start. */
    private static final long[] STARTS = {-1L, 0x5555_5555_5555_5555L, 0x1111_1111_1111_1111L, 0x0101_0101_0101_0101L,
        0x0001_0001_0001_0001L, 0x0000_0001_0000_0001L, 1L};

    private final Arena arena = Arena.ofShared();
    private final MemorySegment used;
    /** One bit a group of 64 words: set when a search found the group full; cleared by every free. */
    private final MemorySegment full;
    private final long maximum;
    private final LaneSlots[] lanes;
    private volatile long limit;
    /** Operations for which lanes keep nothing at hand: some writer found nothing. Counted down without a lock, roughly. */
    private volatile int scarcity;
    private static final int SCARCE_OPERATIONS = 10_000;

    private static final class LaneSlots {
        final long[][] free = new long[RUN_CLASSES][];
        final int[] count = new int[RUN_CLASSES];
        final long[] cursor = new long[RUN_CLASSES];
        /** Slots handed out minus slots given back by this lane; read by others a moment behind. */
        long balance;
    }

    /**
     * @param slots   slots there are at first
     * @param maximum slots the table may grow to, at least {@code slots}
     * @param lanes   number of lanes
     */
    public SlotAllocator(long slots, long maximum, int lanes) {
        this.maximum = maximum;
        limit = slots;
        long words = (maximum + WORD_SLOTS - 1) / WORD_SLOTS;
        try {
            used = AnonymousMemory.reserve(words * 8, arena);
            full = AnonymousMemory.reserve((words / GROUP_WORDS / 64 + 1) * 8, arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
        if (maximum % WORD_SLOTS != 0) {
            used.set(LAYOUT, (words - 1) * 8, -1L << maximum % WORD_SLOTS);
        }
        this.lanes = new LaneSlots[lanes];
        for (int i = 0; i < lanes; i++) {
            this.lanes[i] = new LaneSlots();
            for (int c = 0; c < RUN_CLASSES; c++) {
                this.lanes[i].free[c] = new long[c == 0 ? CACHE : CACHE >> 1];
            }
            java.util.Arrays.fill(this.lanes[i].cursor, 1, RUN_CLASSES, -1);
        }
    }

    /** @return slots there are now */
    public long limit() {
        return limit;
    }

    /**
     * Makes the table grow: doubled, up to its maximum.
     *
     * @param seen the limit that the caller found too small; if another one grew it since, nothing is done
     * @return whether there are more slots now than {@code seen}
     */
    public synchronized boolean grow(long seen) {
        if (limit == seen) {
            limit = Math.min(maximum, limit * 2);
        }
        return limit > seen;
    }

    /** @return slots in use, runs rounded up */
    public long usedSlots() {
        long sum = 0;
        for (LaneSlots lane : lanes) {
            sum += lane.balance;
        }
        return sum;
    }

    /** @return bytes of ordinary memory that slots in use account for */
    public long memoryBytes() {
        return limit / 8;
    }

    /**
     * @param lane      held by the caller
     * @param runLength a power of two to 64
     * @return the first slot of a free run, or {@link #NONE}
     */
    public long allocate(int lane, int runLength) {
        LaneSlots own = lanes[lane];
        int c = Integer.numberOfTrailingZeros(runLength);
        if (own.count[c] == 0 && !(c == 0 ? refillSingles(own) : refillRuns(own, c))) {
            return NONE;
        }
        own.balance += runLength;
        return own.free[c][--own.count[c]];
    }

    /**
     * @param lane      held by the caller
     * @param slot      the first slot, retired, durably so
     * @param runLength as it was allocated
     */
    public void free(int lane, long slot, int runLength) {
        LaneSlots own = lanes[lane];
        int c = Integer.numberOfTrailingZeros(runLength);
        own.balance -= runLength;
        if (scarcity == 0 && own.count[c] < own.free[c].length) {
            own.free[c][own.count[c]++] = slot;
        } else {
            release(slot, c);
        }
    }

    /** Says that a writer found no slot, or no extent: for some time lanes keep nothing at hand that others may need. */
    public void noteScarcity() {
        scarcity = SCARCE_OPERATIONS;
    }

    /** @return whether lanes are to give back at once what they retired; asked once an operation */
    public boolean isScarce() {
        int left = scarcity;
        if (left > 0) {
            scarcity = left - 1;
        }
        return left > 0;
    }

    /**
     * Gives back the slots that a lane keeps at hand.
     *
     * @param lane held by the caller
     */
    public void drain(int lane) {
        LaneSlots own = lanes[lane];
        for (int c = 0; c < RUN_CLASSES; c++) {
            while (own.count[c] > 0) {
                release(own.free[c][--own.count[c]], c);
            }
        }
    }

    /**
     * Marks runs of live records while the table is scanned. Threads mark disjoint slots.
     *
     * @param firstSlot a multiple of 64
     * @param slots     bit i: slot {@code firstSlot + i} is in use
     */
    public void markUsed(long firstSlot, long slots) {
        long at = firstSlot / WORD_SLOTS * 8;
        used.set(LAYOUT, at, used.get(LAYOUT, at) | slots);
    }

    /**
     * Ends the scan.
     *
     * @param slots how many were marked
     */
    public void marked(long slots) {
        lanes[0].balance += slots;
    }

    private static long mask(long slot, int c) {
        return (c == 6 ? -1L : (1L << (1 << c)) - 1) << (slot & WORD_SLOTS - 1);
    }

    private void release(long slot, int c) {
        long word = slot / WORD_SLOTS;
        long before = (long) WORD.getAndBitwiseAnd(used, word * 8, ~mask(slot, c));
        assert (before & mask(slot, c)) == mask(slot, c) : "slot " + slot + " was free already";
        long group = word / GROUP_WORDS;
        if ((full.get(LAYOUT, group / 64 * 8) >>> (group & 63) & 1) != 0) {
            WORD.getAndBitwiseAnd(full, group / 64 * 8, ~(1L << (group & 63)));
        }
    }

    /** Takes all that is free in the next word that has something free. */
    private boolean refillSingles(LaneSlots own) {
        long words = (limit + WORD_SLOTS - 1) / WORD_SLOTS;
        long word = own.cursor[0];
        for (long seen = 0; seen < words + GROUP_WORDS; ) {
            if (word % GROUP_WORDS == 0) {
                long group = word / GROUP_WORDS;
                if (((long) WORD.getAcquire(full, group / 64 * 8) >>> (group & 63) & 1) != 0) {
                    seen += GROUP_WORDS;
                    word = word + GROUP_WORDS < words ? word + GROUP_WORDS : 0;
                    continue;
                }
            }
            long bits = (long) WORD.getAcquire(used, word * 8);
            if (bits != -1L) {
                long taken = scarcity > 0 ? Long.lowestOneBit(~bits) : ~bits;
                if (WORD.compareAndSet(used, word * 8, bits, bits | taken)) {
                    own.cursor[0] = word;
                    push(own, 0, word, taken);
                    return true;
                }
                continue;
            }
            seen++;
            word++;
            if (word % GROUP_WORDS == 0 || word == words) {
                markFull((word - 1) / GROUP_WORDS);
                word = word == words ? 0 : word;
            }
        }
        return false;
    }

    /**
     * Marks a group, unless a look at all of it finds a free slot: one that was freed behind the search, or one beyond
     * the limit, since the table can grow into the group. A free that comes after the look clears the mark itself.
     */
    private void markFull(long group) {
        long bit = 1L << (group & 63);
        WORD.getAndBitwiseOr(full, group / 64 * 8, bit);
        long end = Math.min(used.byteSize() / 8, (group + 1) * GROUP_WORDS);
        for (long word = group * GROUP_WORDS; word < end; word++) {
            if ((long) WORD.getVolatile(used, word * 8) != -1L) {
                WORD.getAndBitwiseAnd(full, group / 64 * 8, ~bit);
                return;
            }
        }
    }

    /** Takes every free aligned run in the next word, downward, that has one. */
    private boolean refillRuns(LaneSlots own, int c) {
        long words = (limit + WORD_SLOTS - 1) / WORD_SLOTS;
        long word = own.cursor[c] >= 0 ? own.cursor[c] : words - 1;
        for (long seen = 0; seen <= words; ) {
            long bits = (long) WORD.getAcquire(used, word * 8);
            long starts = ~bits;
            for (int half = 0; half < c; half++) {
                starts &= starts >>> (1 << half);
            }
            starts &= STARTS[c];
            if (scarcity > 0) {
                starts = Long.lowestOneBit(starts);
            }
            if (starts != 0) {
                long taken = 0;
                for (long s = starts; s != 0; s &= s - 1) {
                    taken |= mask(Long.numberOfTrailingZeros(s), c);
                }
                if (WORD.compareAndSet(used, word * 8, bits, bits | taken)) {
                    own.cursor[c] = word;
                    push(own, c, word, starts);
                    return true;
                }
                continue;
            }
            seen++;
            word = word == 0 ? words - 1 : word - 1;
        }
        return false;
    }

    /** Highest first, so that slots are handed out in the order of their addresses. */
    private static void push(LaneSlots own, int c, long word, long bits) {
        for (long b = bits; b != 0; ) {
            int bit = 63 - Long.numberOfLeadingZeros(b);
            own.free[c][own.count[c]++] = word * WORD_SLOTS + bit;
            b &= ~(1L << bit);
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) { // else an Error came while its memory was given back
            arena.close();
        }
    }
}
