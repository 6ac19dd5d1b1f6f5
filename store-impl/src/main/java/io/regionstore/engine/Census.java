package io.regionstore.engine;

import io.regionstore.table.StoreHeader;

/**
 * The number of records that a store was closed with, against the number that a scan of its table found. It tells of
 * slots that were overwritten as a whole, or came back: what looks like a free slot names nothing, and an older slot is
 * as good as any other. After a crash there is no number to compare with.
 *
 * @param closedWith records when the last session closed, or {@link StoreHeader#UNKNOWN}
 * @param found      records with a good slot
 */
record Census(long closedWith, long found) {
    static Census of(StoreHeader header, long found) {
        return new Census(header.clean() ? header.records() : StoreHeader.UNKNOWN, found);
    }

    /** Whether there are as many records as there must be, as far as that is known. */
    boolean matches() {
        return closedWith == StoreHeader.UNKNOWN || closedWith == found;
    }

    /**
     * @param rejected slots that claim to hold a record and are damaged
     * @return records that are missing beyond those
     */
    long unnamed(long rejected) {
        return closedWith == StoreHeader.UNKNOWN ? 0 : Math.max(0, closedWith - found - rejected);
    }

    /** What is wrong, in words. */
    String finding() {
        long off = Math.abs(closedWith - found);
        return (found < closedWith ? off + " records are missing: " : off + " records too many: older ones came back: ")
                + "the store was closed with " + closedWith + ", " + found + " have an intact slot";
    }
}
