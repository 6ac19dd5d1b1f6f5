package io.regionstore.recovery;

import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * Records whose extents share bytes. No crash leaves them behind: an extent is given out again only when the slot that
 * had it is retired durably. Somebody put older slots back in place.
 *
 * <p><b>Rule.</b> The payloads decide, since only one record's bytes can be in one place: a record whose payload matches
 * its checksum keeps its extent, the others are dropped. Should the payloads of two match, the bytes that they share are
 * the same; but one extent must not be given back twice, so one goes: the one that a higher version of its key supersedes,
 * else the one with the lower version, else the one in the higher slot. None of that depends on the order of a scan.
 */
public final class Overlaps {
    private Overlaps() {
    }

    /** Told of a range of the region. */
    public interface RangeVisitor {
        /**
         * @param from offset of the first byte
         * @param to   offset of the byte after the last
         */
        void visit(long from, long to);
    }

    /**
     * Finds all records that share bytes with another, when it is known that there are some.
     *
     * @param table   the slots
     * @param reader  of the table
     * @param limit   slots to look at
     * @param refused records of which each shares bytes with another; of any two that do, at least one is among them
     * @return the heads of those and of the others
     */
    static SortedSet<Long> find(SlotTable table, SlotReader reader, long limit, SlotSet refused) {
        SortedSet<Long> found = new TreeSet<>();
        Ranges shared = new Ranges();
        refused.forEach(slot -> shared.add(table.offset(slot), end(table, slot), (from, to) -> { }));
        for (long slot = 0; slot < limit; slot += reader.runLength()) {
            if (reader.read(slot) == SlotReader.State.RECORD && shared.meets(reader.offset(), end(table, slot))) {
                found.add(slot);
            }
        }
        return found;
    }

    /**
     * Applies the rule.
     *
     * @param table       the slots
     * @param overlapping all heads of records that share bytes with another
     * @param superseded  heads that lost to a higher version of their key
     * @param intact      whether a head's payload matches its checksum
     * @return those that do not keep their extent; the others share no bytes
     */
    public static Set<Long> losers(SlotTable table, Collection<Long> overlapping, LongPredicate superseded,
                                   LongPredicate intact) {
        List<Long> candidates = new ArrayList<>(overlapping);
        candidates.sort(Comparator.comparing(superseded::test)
                .thenComparing(Comparator.comparingLong(table::version).reversed())
                .thenComparing(Comparator.naturalOrder()));
        Set<Long> losers = new HashSet<>();
        Ranges kept = new Ranges();
        for (long slot : candidates) {
            if (intact.test(slot) && !kept.meets(table.offset(slot), end(table, slot))) {
                kept.add(table.offset(slot), end(table, slot), (from, to) -> { });
            } else {
                losers.add(slot);
            }
        }
        return losers;
    }

    /**
     * Tells which of the bytes that records shared are not free: the extents of those that stay, each as a whole, and
     * what is left of the ones in quarantine. No byte is told twice.
     *
     * @param table       the slots
     * @param overlapping all heads of records that share bytes with another
     * @param stays       heads that keep their extent
     * @param quarantined heads whose memory cannot be read
     * @param visitor     told of offsets: the first byte's, and the one after the last
     */
    public static void forEachTaken(SlotTable table, Collection<Long> overlapping, LongPredicate stays,
                                    LongPredicate quarantined, RangeVisitor visitor) {
        Ranges taken = new Ranges();
        for (LongPredicate wanted : List.of(stays, quarantined)) {
            for (long slot : overlapping) {
                if (wanted.test(slot)) {
                    taken.add(table.offset(slot), end(table, slot), visitor);
                }
            }
        }
    }

    private static long end(SlotTable table, long slot) {
        return table.offset(slot) + (table.length(slot) + 7 & -8);
    }
}
