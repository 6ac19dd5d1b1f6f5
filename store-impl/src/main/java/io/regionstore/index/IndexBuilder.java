package io.regionstore.index;

import io.regionstore.table.SlotTable;
import java.util.Arrays;

/**
 * Fills some neighbouring stripes of an index that nobody uses yet: their tables are built in arrays, then stored as a
 * whole. Belongs to a thread, which uses it for one part of the index after the other; no two threads have the same
 * stripes.
 */
public final class IndexBuilder {
    private final RecordIndex index;
    private final SlotTable slots;
    private final int stripes;
    private final int[] sizes;
    private final int[] bases;
    private final int[] masks;
    private long[] entries = new long[0];
    private int[] hints = new int[0];
    private long firstStripe;
    private int used;

    /**
     * @param index   empty
     * @param slots   the table that its entries point into
     * @param stripes of one part, a power of two
     */
    public IndexBuilder(RecordIndex index, SlotTable slots, int stripes) {
        this.index = index;
        this.slots = slots;
        this.stripes = stripes;
        sizes = new int[stripes];
        bases = new int[stripes];
        masks = new int[stripes];
    }

    /** @param part number of the part that comes next; no record of it is known yet */
    public void begin(long part) {
        firstStripe = part * stripes;
        Arrays.fill(sizes, 0);
    }

    private int stripe(long hash) {
        return (int) (index.stripeNumber(hash) - firstStripe);
    }

    /** @param hash of a record that will be put; every one is announced before the first is put */
    public void announce(long hash) {
        sizes[stripe(hash)]++;
    }

    /** Makes room for what was announced. */
    public void makeRoom() {
        used = 0;
        for (int i = 0; i < stripes; i++) {
            int log2 = index.log2AtFirst(sizes[i]);
            bases[i] = used;
            masks[i] = (1 << log2) - 1;
            used += 1 << log2;
            sizes[i] = 0;
        }
        if (entries.length < used) {
            entries = new long[used + used / 2];
            hints = new int[used + used / 2];
        }
        Arrays.fill(entries, 0, used, 0);
    }

    /**
     * @param hash of a record's key
     * @param slot the record
     * @return the place of the entry with the same key, or of the one to be made
     */
    public int locate(long hash, long slot) {
        int stripe = stripe(hash);
        int base = bases[stripe];
        int mask = masks[stripe];
        for (int i = (int) RecordIndex.tag(hash) & mask; ; i = i + 1 & mask) {
            long entry = entries[base + i];
            if (entry == 0 || RecordIndex.hasTag(entry, hash) && slots.sameKey(RecordIndex.slotOf(entry), slot)) {
                return base + i;
            }
        }
    }

    /**
     * @param place from {@link #locate}
     * @return the slot that is there, or {@link RecordIndex#NONE}
     */
    public long slotAt(int place) {
        return RecordIndex.slotOf(entries[place]);
    }

    /**
     * @param place from {@link #locate}
     * @param hash  of the key
     * @param slot  what is there from now on
     * @param hint  of its extent
     */
    public void set(int place, long hash, long slot, int hint) {
        if (entries[place] == 0) {
            sizes[stripe(hash)]++;
        }
        entries[place] = RecordIndex.entry(hash, slot);
        hints[place] = hint;
    }

    /** Stores the tables in the index. */
    public void finish() {
        for (int i = 0; i < stripes; i++) {
            index.install(firstStripe + i, entries, hints, bases[i], masks[i] + 1, sizes[i]);
        }
    }
}
