package io.regionstore.recovery;

import io.regionstore.table.SlotTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Live slots that a higher version of their key supersedes: what the key goes back to when the newest version turns out
 * to be torn or damaged. Not thread-safe.
 */
public final class OlderVersions {
    /** No slot. */
    public static final long NONE = -1;

    private final SlotTable table;
    private final long seed;
    /** By the key's hash; of one key, the highest version first. */
    private final Map<Long, List<Long>> slots = new HashMap<>();

    /**
     * @param table      the slots
     * @param seed       the store's seed
     * @param superseded heads
     */
    public OlderVersions(SlotTable table, long seed, Collection<Long> superseded) {
        this.table = table;
        this.seed = seed;
        if (superseded.isEmpty()) {
            return; // mostly; what is not run need not be loaded
        }
        superseded.stream().sorted(Comparator.comparingLong(table::version).reversed()
                .thenComparing(Comparator.naturalOrder()))
                .forEach(slot -> slots.computeIfAbsent(table.keyHash(slot, seed), hash -> new ArrayList<>()).add(slot));
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
        for (long older : slots.getOrDefault(table.keyHash(slot, seed), List.of())) {
            if (table.sameKey(older, slot) && intact.test(older)) {
                return older;
            }
        }
        return NONE;
    }
}
