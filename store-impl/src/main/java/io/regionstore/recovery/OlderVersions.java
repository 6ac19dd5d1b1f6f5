package io.regionstore.recovery;

import io.regionstore.table.SlotTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Live slots that a higher version of their key supersedes: what the key goes back to when the newest version turns out
 * to be torn or damaged. Takes eight bytes of heap for each; so it is made only when a payload does not match. Not
 * thread-safe.
 */
public final class OlderVersions {
    /** No slot. */
    public static final long NONE = -1;

    private final SlotTable table;
    private final long seed;
    /** Low bits of an entry that are a slot; the others are the key's hash. */
    private final long slotMask;
    /** Sorted, so that the slots of a key are neighbours. Keys may share what is left of their hashes. */
    private final long[] entries;

    /**
     * @param table      the slots
     * @param seed       the store's seed
     * @param superseded heads; may change afterwards
     */
    public OlderVersions(SlotTable table, long seed, SlotSet superseded) {
        this.table = table;
        this.seed = seed;
        slotMask = -1L >>> Long.numberOfLeadingZeros(table.capacity());
        entries = new long[Math.toIntExact(superseded.size())];
        int count = 0;
        for (long slot = superseded.next(0); slot != SlotSet.NONE; slot = superseded.next(slot + 1)) {
            entries[count++] = table.keyHash(slot, seed) & ~slotMask | slot;
        }
        Arrays.sort(entries);
    }

    /**
     * @param slot head of a newer version
     * @return head of the highest older version of the same key, or {@link #NONE}
     */
    public long newest(long slot) {
        return newest(slot, older -> true);
    }

    /**
     * @param slot   head of a newer version
     * @param intact whether a head's payload matches its checksum
     * @return head of the highest older version of the same key that is intact, or {@link #NONE}
     */
    public long newest(long slot, LongPredicate intact) {
        if (entries.length == 0) {
            return NONE;
        }
        long hash = table.keyHash(slot, seed) & ~slotMask;
        int place = Arrays.binarySearch(entries, hash);
        List<Long> versions = new ArrayList<>();
        for (int i = place < 0 ? -place - 1 : place; i < entries.length && (entries[i] & ~slotMask) == hash; i++) {
            long older = entries[i] & slotMask;
            if (table.sameKey(older, slot)) {
                versions.add(older);
            }
        }
        versions.sort(Comparator.comparingLong(table::version).reversed().thenComparing(Comparator.naturalOrder()));
        for (long older : versions) {
            if (intact.test(older)) {
                return older;
            }
        }
        return NONE;
    }
}
