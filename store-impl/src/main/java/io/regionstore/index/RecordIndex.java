package io.regionstore.index;

import io.regionstore.device.AnonymousMemory;
import io.regionstore.memory.Prefetch;
import io.regionstore.table.KeyCopy;
import io.regionstore.table.SlotTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Hash index from key to slot, in ordinary memory outside the heap. It is cut into <em>stripes</em>; each has a lock for
 * writers, a small open-addressed table of 8-byte entries, and the version counter of its keys.
 * <pre>
 *   stripe, 64 bytes: | lock | epoch | table | live | used | version | unfenced | hints |     8 bytes each
 *   table word:       | offset of the table / 64 : 58 | log2 of its entries : 6 |
 *   entry:            | tag : 28 | slot + 1 : 36 |      0 empty, all ones in the slot a deleted entry
 *   hints:            offset of an array beside the table, 4 bytes for each entry: see {@link ExtentHint}
 * </pre>
 * The tag is the low 28 bits of the key's hash: it says where probing starts, so that a table grows without reading a
 * slot, and spares most reads of slots that have another key. The stripe is in the hash's high bits.
 *
 * <p><b>Readers take no lock.</b> An entry is replaced by one 8-byte store. When a table is replaced by a larger one,
 * the stripe's epoch changes before the old one is used again; a reader that found nothing, or a slot that changed under
 * it, looks at the epoch and the entry again and repeats. Readers are lock-free.
 *
 * <p><b>Writers</b> of one stripe hold its lock; {@link #set}, {@link #remove} and the stripe's counters need it.
 */
public final class RecordIndex implements AutoCloseable {
    /** No slot. */
    public static final long NONE = -1;
    /** No slot, but one with the key's hash and other bytes: see {@link #find(MemorySegment, long)}. */
    public static final long SAME_HASH = -2;

    private static final int STRIPE = 64;
    private static final int LOCK = 0;
    private static final int EPOCH = 8;
    private static final int TABLE = 16;
    private static final int LIVE = 24;
    private static final int USED = 32;
    private static final int VERSION = 40;
    private static final int UNFENCED = 48;
    private static final int HINTS = 56;

    private static final int SLOT_BITS = 36;
    private static final long SLOT_MASK = (1L << SLOT_BITS) - 1;
    private static final long DELETED = SLOT_MASK;
    private static final int TAG_BITS = 64 - SLOT_BITS;
    private static final long TAG_MASK = (1L << TAG_BITS) - 1;
    private static final int SMALLEST_TABLE = 3;
    /** Entries behind the first that {@link #hint} looks at: few keys are farther. */
    private static final int NEAR = 3;
    private static final int RECORDS_PER_STRIPE = 1024;
    /** Entries that a new index has room for at most: 32 MiB. A larger one grows to what it needs. */
    private static final long MOST_AT_FIRST = 1L << 22;
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment stripes;
    private final MemorySegment tables;
    private final BlockPool pool;
    private final SlotTable slots;
    private final int stripeBits;
    private final int firstLog2;

    /**
     * @param slots       the table that entries point into
     * @param expected    records expected at most; decides the number of stripes. An {@link IndexBuilder} makes room for half
     *                    of them at once, since most keys of bytes take two slots: tables that grow under way are what
     *                    the slowest inserts wait for
     * @param maximum     records that there can be at most
     * @param baseVersion versions given out are higher
     */
    public RecordIndex(SlotTable slots, long expected, long maximum, long baseVersion) {
        this.slots = slots;
        int log2 = 64 - Long.numberOfLeadingZeros(Math.max(1, expected / RECORDS_PER_STRIPE));
        stripeBits = Math.max(6, Math.min(24, log2));
        long count = 1L << stripeBits;
        try {
            stripes = AnonymousMemory.reserve(count * STRIPE, arena);
            pool = new BlockPool(count * 1024 + (maximum + MOST_AT_FIRST) * 80, arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
        tables = pool.memory();
        firstLog2 = log2For(Math.min(expected / 2, MOST_AT_FIRST) / count);
        for (long stripe = 0; stripe < count; stripe++) {
            stripes.set(ValueLayout.JAVA_LONG, stripe * STRIPE + TABLE, newTable(SMALLEST_TABLE));
            stripes.set(ValueLayout.JAVA_LONG, stripe * STRIPE + HINTS, newHints(SMALLEST_TABLE));
            stripes.set(ValueLayout.JAVA_LONG, stripe * STRIPE + VERSION, baseVersion);
        }
    }

    /**
     * @param hash of a key
     * @return the key's stripe, as an argument for the other methods
     */
    public long stripe(long hash) {
        return hash >>> 64 - stripeBits << 6;
    }

    /**
     * Locks a stripe for writing. Held for one commit. Spins for a moment, then gives the core away.
     *
     * @param stripe from {@link #stripe}
     */
    public void lock(long stripe) {
        for (int attempt = 0; !tryLock(stripe); attempt++) {
            Backoff.pause(attempt);
        }
    }

    /**
     * One attempt, for a caller that looks between two of them whether the holder will ever {@link #unlock}: a thread whose
     * stack has no room for that call cannot.
     *
     * @param stripe from {@link #stripe}
     * @return whether the stripe is locked by this thread now
     */
    public boolean tryLock(long stripe) {
        return WORD.compareAndSet(stripes, stripe + LOCK, 0L, 1L);
    }

    /**
     * @param stripe locked by this thread
     */
    public void unlock(long stripe) {
        WORD.setRelease(stripes, stripe + LOCK, 0L);
    }

    /**
     * @param stripe locked by this thread
     * @return the next version: higher than any that a key of this stripe ever had
     */
    public long nextVersion(long stripe) {
        long version = stripes.get(ValueLayout.JAVA_LONG, stripe + VERSION) + 1;
        WORD.setOpaque(stripes, stripe + VERSION, version);
        return version;
    }

    /**
     * For readers: two that are equal say that no key of the stripe was put anew in between.
     *
     * @param hash of a key
     * @return the last version that its stripe gave out
     */
    public long lastVersion(long hash) {
        VarHandle.acquireFence();
        return (long) WORD.getAcquire(stripes, stripe(hash) + VERSION);
    }

    /** @return the highest version that was given out; exact when no writer runs */
    public long highestVersion() {
        long highest = 0;
        for (long stripe = 0; stripe < stripes.byteSize(); stripe += STRIPE) {
            highest = Math.max(highest, (long) WORD.getOpaque(stripes, stripe + VERSION));
        }
        return highest;
    }

    /**
     * @param stripe locked by this thread
     * @return the slot of this stripe whose retirement may not be durable yet, or {@link #NONE}
     */
    public long unfencedRetirement(long stripe) {
        return stripes.get(ValueLayout.JAVA_LONG, stripe + UNFENCED) - 1;
    }

    /**
     * @param stripe locked by this thread
     * @param slot   a slot, or {@link #NONE}
     */
    public void unfencedRetirement(long stripe, long slot) {
        stripes.set(ValueLayout.JAVA_LONG, stripe + UNFENCED, slot + 1);
    }

    /**
     * @param key  a key
     * @param hash its hash
     * @return the slot of its record, or {@link #NONE}. Without the stripe's lock the slot may be retired meanwhile.
     */
    public long find(long key, long hash) {
        return find(key, null, null, hash);
    }

    /**
     * Looks up a key that its owner may change meanwhile: it is loaded for its hash and for each comparison.
     *
     * @param key  a key of bytes
     * @param hash its hash
     * @return the slot of its record, or {@link #NONE}, which is right for the bytes that were hashed; or
     *     {@link #SAME_HASH}: either the bytes changed after they were hashed, or another key has the same hash, and a
     *     lookup of a copy tells. Without the stripe's lock the slot may be retired meanwhile.
     */
    public long find(MemorySegment key, long hash) {
        return find(0, key, null, hash);
    }

    /**
     * @param key  a key of bytes, copied
     * @param hash its hash
     * @return the slot of its record, or {@link #NONE}. Without the stripe's lock the slot may be retired meanwhile.
     */
    public long find(KeyCopy key, long hash) {
        return find(0, null, key, hash);
    }

    private boolean hasKey(long slot, long longKey, MemorySegment bytesKey, KeyCopy copiedKey, long hash) {
        if (bytesKey != null) {
            return slots.hasKey(slot, bytesKey, hash);
        }
        return copiedKey != null ? slots.hasKey(slot, copiedKey, hash) : slots.hasKey(slot, longKey);
    }

    private long find(long longKey, MemorySegment bytesKey, KeyCopy copiedKey, long hash) {
        long stripe = stripe(hash);
        long tag = hash & TAG_MASK;
        while (true) {
            long epoch = (long) WORD.getAcquire(stripes, stripe + EPOCH);
            long versions = (long) WORD.getAcquire(stripes, stripe + VERSION);
            long table = (long) WORD.getAcquire(stripes, stripe + TABLE);
            long base = table >>> 6 << 6;
            long mask = (1L << (table & 63)) - 1;
            boolean again = false;
            boolean doubt = false;
            long missed = NONE;
            for (long i = tag & mask, seen = 0; seen <= mask; i = i + 1 & mask, seen++) {
                long entry = (long) WORD.getAcquire(tables, base + i * 8);
                if (entry == 0) {
                    break;
                }
                if (entry >>> SLOT_BITS != tag || entry == DELETED) {
                    continue;
                }
                long slot = (entry & SLOT_MASK) - 1;
                if (Long.compareUnsigned(slot, slots.capacity()) < 0) {
                    if (hasKey(slot, longKey, bytesKey, copiedKey, hash)) {
                        return slot;
                    }
                    if (bytesKey != null && slots.keyWord(slot) == hash) {
                        missed = SAME_HASH;
                    }
                }
                // the slot may be another record's by now; if so, the entry was replaced before, and perhaps it has
                // come back since: then the stripe has given out versions
                doubt = true;
                VarHandle.acquireFence();
                if ((long) WORD.getAcquire(tables, base + i * 8) != entry) {
                    again = true;
                    break;
                }
            }
            VarHandle.acquireFence();
            if (!again && (long) WORD.getAcquire(stripes, stripe + EPOCH) == epoch
                    && (!doubt || (long) WORD.getAcquire(stripes, stripe + VERSION) == versions)) {
                return missed;
            }
        }
    }

    /**
     * Loads a key's entry and hint, and the slot that the entry names, ahead of {@link #find}: a writer has something to do
     * while it waits for memory. Decides nothing. Without a conditional jump: one that depends on what is not there yet is
     * guessed, and a wrong guess throws away all that was done meanwhile.
     *
     * @param hash of a key
     */
    public void prefetch(long hash) {
        long stripe = stripe(hash);
        long table = (long) WORD.getAcquire(stripes, stripe + TABLE);
        long hints = (long) WORD.getAcquire(stripes, stripe + HINTS);
        long base = tableBase(table);
        long mask = (1L << (table & 63)) - 1;
        long tag = tag(hash);
        long entry = 0;
        int hint = 0;
        for (int k = 0; k < 2; k++) { // most keys are no farther
            long i = tag + k & mask;
            long candidate = tables.get(ValueLayout.JAVA_LONG, base + i * 8);
            long difference = candidate >>> SLOT_BITS ^ tag;
            long same = (difference - 1 & ~difference) >> 63; // all ones where there is no difference
            entry |= candidate & same;
            // a table that was replaced under way makes these any bytes of the pool
            hint |= tables.get(ValueLayout.JAVA_INT, hints + i * 4) & (int) same;
        }
        Prefetch.keep(slots.keyWord(Math.max(0, Math.min(slotOf(entry), slots.capacity() - 1))) ^ hint);
    }

    /**
     * Tells where a key's payload probably is, ahead of {@link #find}: a reader can load it while it waits for the slot.
     *
     * @param hash of a key
     * @return its hint, or -1; maybe one of a version that was replaced meanwhile, or of another key
     */
    public int hint(long hash) {
        long stripe = stripe(hash);
        long table = (long) WORD.getAcquire(stripes, stripe + TABLE);
        long hints = (long) WORD.getAcquire(stripes, stripe + HINTS);
        long base = tableBase(table);
        long mask = (1L << (table & 63)) - 1;
        for (long i = home(hash, table), seen = 0; seen <= NEAR; i = i + 1 & mask, seen++) {
            int hint = tables.get(ValueLayout.JAVA_INT, hints + i * 4);
            if (hasTag(tables.get(ValueLayout.JAVA_LONG, base + i * 8), hash)) {
                return hint;
            }
        }
        return -1;
    }

    /** @return number of stripes: a power of two; {@link #stripe} divided by 64 is a stripe's number */
    public long stripes() {
        return 1L << stripeBits;
    }

    /** @return number of the stripe of a key: what {@link #stripe} returns, divided by its bytes */
    long stripeNumber(long hash) {
        return hash >>> 64 - stripeBits;
    }

    static long tag(long hash) {
        return hash & TAG_MASK;
    }

    static boolean hasTag(long entry, long hash) {
        return (entry >>> SLOT_BITS ^ hash & TAG_MASK) == 0;
    }

    static long entry(long hash, long slot) {
        return (hash & TAG_MASK) << SLOT_BITS | slot + 1;
    }

    /** @return the slot, or {@link #NONE} for an entry of 0 */
    static long slotOf(long entry) {
        return (entry & SLOT_MASK) - 1;
    }

    /** @return log2 of the entries that a stripe begins with */
    int log2AtFirst(int records) {
        return Math.max(firstLog2, log2For(records));
    }

    /** Gives a stripe that nobody uses yet its table. */
    void install(long number, long[] entries, int[] hints, int from, int length, int records) {
        long stripe = number * STRIPE;
        freeTable(stripe);
        int log2 = Integer.numberOfTrailingZeros(length);
        long table = newTable(log2);
        long freshHints = newHints(log2);
        if (records > 0) {
            MemorySegment.copy(entries, from, tables, ValueLayout.JAVA_LONG, tableBase(table), length);
            MemorySegment.copy(hints, from, tables, ValueLayout.JAVA_INT, freshHints, length);
        }
        stripes.set(ValueLayout.JAVA_LONG, stripe + TABLE, table);
        stripes.set(ValueLayout.JAVA_LONG, stripe + HINTS, freshHints);
        stripes.set(ValueLayout.JAVA_LONG, stripe + LIVE, records);
        stripes.set(ValueLayout.JAVA_LONG, stripe + USED, records);
    }

    /** Ends a rebuild: takes the pages of tables that are empty yet, if that is a matter of a moment. */
    public void populate() {
        AnonymousMemory.populate(tables, Math.min(pool.bytesInUse(), MOST_AT_FIRST * 8));
    }

    /** log2 of the entries of a table that holds some records and a few more. */
    private static int log2For(long records) {
        return Math.max(SMALLEST_TABLE, 64 - Long.numberOfLeadingZeros(records + records / 4));
    }

    /**
     * @param hash of the slot's key; its stripe is locked by this thread
     * @param slot a live record, indexed or not
     * @return the slot that the index has for the same key, or {@link #NONE}
     */
    public long findSameKey(long hash, long slot) {
        long table = stripes.get(ValueLayout.JAVA_LONG, stripe(hash) + TABLE);
        long base = table >>> 6 << 6;
        long mask = (1L << (table & 63)) - 1;
        for (long i = hash & TAG_MASK & mask, seen = 0; seen <= mask; i = i + 1 & mask, seen++) {
            long entry = tables.get(ValueLayout.JAVA_LONG, base + i * 8);
            if (entry == 0) {
                break;
            }
            long found = (entry & SLOT_MASK) - 1;
            if (entry >>> SLOT_BITS == (hash & TAG_MASK) && entry != DELETED && slots.sameKey(found, slot)) {
                return found;
            }
        }
        return NONE;
    }

    /**
     * Points a key at a slot.
     *
     * @param stripe  locked by this thread
     * @param hash    of the key
     * @param oldSlot the key's slot so far, or {@link #NONE} for a new key
     * @param slot    its slot from now on
     * @param hint    of its extent, from {@link ExtentHint}
     */
    public void set(long stripe, long hash, long oldSlot, long slot, int hint) {
        long entry = entry(hash, slot);
        if (oldSlot != NONE) {
            long table = stripes.get(ValueLayout.JAVA_LONG, stripe + TABLE);
            put(stripe, table, locate(table, hash, oldSlot), entry, hint);
            return;
        }
        long table = stripes.get(ValueLayout.JAVA_LONG, stripe + TABLE);
        long used = stripes.get(ValueLayout.JAVA_LONG, stripe + USED);
        long entries = 1L << (table & 63);
        if ((used + 1) * 8 > entries * 7) {
            table = rebuild(stripe, table);
        }
        long live = stripes.get(ValueLayout.JAVA_LONG, stripe + LIVE);
        stripes.set(ValueLayout.JAVA_LONG, stripe + LIVE, live + 1);
        long base = tableBase(table);
        long mask = (1L << (table & 63)) - 1;
        for (long i = home(hash, table); ; i = i + 1 & mask) {
            long there = tables.get(ValueLayout.JAVA_LONG, base + i * 8);
            if (there == 0 || there == DELETED) {
                if (there == 0) {
                    stripes.set(ValueLayout.JAVA_LONG, stripe + USED,
                            stripes.get(ValueLayout.JAVA_LONG, stripe + USED) + 1);
                }
                put(stripe, table, i, entry, hint);
                return;
            }
        }
    }

    private void put(long stripe, long table, long i, long entry, int hint) {
        tables.set(ValueLayout.JAVA_INT, stripes.get(ValueLayout.JAVA_LONG, stripe + HINTS) + i * 4, hint);
        WORD.setRelease(tables, tableBase(table) + i * 8, entry);
    }

    /**
     * Forgets a key.
     *
     * @param stripe locked by this thread
     * @param hash   of the key
     * @param slot   its slot
     */
    public void remove(long stripe, long hash, long slot) {
        long table = stripes.get(ValueLayout.JAVA_LONG, stripe + TABLE);
        WORD.setRelease(tables, tableBase(table) + locate(table, hash, slot) * 8, DELETED);
        stripes.set(ValueLayout.JAVA_LONG, stripe + LIVE, stripes.get(ValueLayout.JAVA_LONG, stripe + LIVE) - 1);
    }

    /** @return number of keys; exact when no writer runs */
    public long size() {
        long sum = 0;
        for (long stripe = 0; stripe < stripes.byteSize(); stripe += STRIPE) {
            sum += (long) WORD.getOpaque(stripes, stripe + LIVE);
        }
        return sum;
    }

    /** @return bytes of ordinary memory in use */
    public long memoryBytes() {
        return stripes.byteSize() + pool.bytesInUse();
    }

    /** Number of the entry of a slot, which has one. */
    private long locate(long table, long hash, long slot) {
        long entry = entry(hash, slot);
        long base = tableBase(table);
        long mask = (1L << (table & 63)) - 1;
        for (long i = home(hash, table), seen = 0; seen <= mask; i = i + 1 & mask, seen++) {
            if (tables.get(ValueLayout.JAVA_LONG, base + i * 8) == entry) {
                return i;
            }
        }
        throw new IllegalStateException("the index has no entry for slot " + slot);
    }

    /** Moves the entries to a new table, larger unless deleted entries filled this one. */
    private long rebuild(long stripe, long table) {
        int log2 = (int) (table & 63);
        long live = stripes.get(ValueLayout.JAVA_LONG, stripe + LIVE);
        int newLog2 = live * 8 > (1L << log2) * 5 ? log2 + 1 : log2;
        long newTable = newTable(newLog2);
        long newBase = tableBase(newTable);
        long hints = stripes.get(ValueLayout.JAVA_LONG, stripe + HINTS);
        long newHints = newHints(newLog2);
        long mask = (1L << newLog2) - 1;
        long base = tableBase(table);
        for (long at = 0; at < 1L << log2; at++) {
            long entry = tables.get(ValueLayout.JAVA_LONG, base + at * 8);
            if (entry != 0 && entry != DELETED) {
                long i = entry >>> SLOT_BITS & mask;
                while (tables.get(ValueLayout.JAVA_LONG, newBase + i * 8) != 0) {
                    i = i + 1 & mask;
                }
                tables.set(ValueLayout.JAVA_LONG, newBase + i * 8, entry);
                tables.set(ValueLayout.JAVA_INT, newHints + i * 4, tables.get(ValueLayout.JAVA_INT, hints + at * 4));
            }
        }
        stripes.set(ValueLayout.JAVA_LONG, stripe + USED, live);
        WORD.setRelease(stripes, stripe + TABLE, newTable);
        WORD.setRelease(stripes, stripe + HINTS, newHints);
        long epoch = stripes.get(ValueLayout.JAVA_LONG, stripe + EPOCH);
        WORD.setVolatile(stripes, stripe + EPOCH, epoch + 1);
        VarHandle.storeStoreFence();
        pool.free(base, log2 + 3);
        pool.free(hints, log2 + 2);
        return newTable;
    }

    private void freeTable(long stripe) {
        long table = stripes.get(ValueLayout.JAVA_LONG, stripe + TABLE);
        pool.free(tableBase(table), (int) (table & 63) + 3);
        pool.free(stripes.get(ValueLayout.JAVA_LONG, stripe + HINTS), (int) (table & 63) + 2);
    }

    private long newTable(int log2) {
        return pool.allocate(log2 + 3) | log2;
    }

    private long newHints(int log2) {
        return pool.allocate(log2 + 2);
    }

    private static long tableBase(long table) {
        return table >>> 6 << 6;
    }

    /** Number of the entry that a key's search begins at. */
    private static long home(long hash, long table) {
        return hash & TAG_MASK & (1L << (table & 63)) - 1;
    }

    /** For {@link IndexWalk}: as {@link #lastVersion}. */
    long lastVersionOf(long number) {
        VarHandle.acquireFence();
        return (long) WORD.getAcquire(stripes, number * STRIPE + VERSION);
    }

    /** For {@link IndexWalk}: log2 of the entries that a stripe's table has now. */
    int log2Entries(long number) {
        return (int) ((long) WORD.getAcquire(stripes, number * STRIPE + TABLE) & 63);
    }

    /**
     * For {@link IndexWalk}: the tags in a stripe that begin with some bits, in no order; a tag that several keys have comes
     * several times.
     *
     * @param prefix first bits of the tags wanted
     * @param bits   how many
     * @param into   as many as there is room for
     * @return how many there are
     */
    int tags(long number, int prefix, int bits, int[] into) {
        long stripe = number * STRIPE;
        while (true) {
            long epoch = (long) WORD.getAcquire(stripes, stripe + EPOCH);
            long table = (long) WORD.getAcquire(stripes, stripe + TABLE);
            int count = 0;
            for (long i = 0; i < 1L << (table & 63); i++) {
                long entry = (long) WORD.getAcquire(tables, tableBase(table) + i * 8);
                long tag = entry >>> SLOT_BITS;
                if (entry != 0 && entry != DELETED && tag >>> (TAG_BITS - bits) == prefix) {
                    if (count < into.length) {
                        into[count] = (int) tag;
                    }
                    count++;
                }
            }
            VarHandle.acquireFence();
            if ((long) WORD.getAcquire(stripes, stripe + EPOCH) == epoch) {
                return count;
            }
        }
    }

    /**
     * For {@link IndexWalk}: the slots of all keys of a stripe that have a tag.
     *
     * @param into as many as there is room for
     * @return how many there are; each may be retired meanwhile
     */
    int find(long number, int tag, long[] into) {
        long stripe = number * STRIPE;
        while (true) {
            long epoch = (long) WORD.getAcquire(stripes, stripe + EPOCH);
            long table = (long) WORD.getAcquire(stripes, stripe + TABLE);
            long mask = (1L << (table & 63)) - 1;
            int count = 0;
            for (long i = home(tag, table), seen = 0; seen <= mask; i = (i + 1) & mask, seen++) {
                long entry = (long) WORD.getAcquire(tables, tableBase(table) + i * 8);
                if (entry == 0) {
                    break;
                }
                if (entry >>> SLOT_BITS == tag && entry != DELETED) {
                    if (count < into.length) {
                        into[count] = slotOf(entry);
                    }
                    count++;
                }
            }
            VarHandle.acquireFence();
            if ((long) WORD.getAcquire(stripes, stripe + EPOCH) == epoch) {
                return count;
            }
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) { // else an Error came while its memory was given back
            arena.close();
        }
    }

    /** Spin, then yield, then sleep for microseconds: a holder that lost its core must get it back. */
    public static final class Backoff {
        private static final int SPINS = 64;
        private static final int YIELDS = 16;

        private Backoff() {
        }

        /**
         * @param attempt number of failed attempts so far
         */
        public static void pause(int attempt) {
            if (attempt < SPINS) {
                Thread.onSpinWait();
            } else if (attempt < SPINS + YIELDS) {
                Thread.yield();
            } else {
                // an interrupted thread does not park; a virtual one would then keep the carrier that the holder needs
                boolean interrupted = Thread.interrupted();
                if (interrupted) {
                    LockSupport.parkNanos(1); // takes the permit that interrupt left
                }
                LockSupport.parkNanos(20_000);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
