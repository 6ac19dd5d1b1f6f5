package io.regionstore.log;

/**
 * How far the slots that frames name may reach, so that a wrong number in a frame, its checksum right, does not make a
 * table of any length. A table doubles when a writer finds no room in it, that is when each of its words of 64 slots
 * holds something: of the image, of a frame since, or at hand of a writer, which is less than 2^18 words for all of
 * them. So it grows with what was written, and so does the limit, with room to spare. Appends are held to the limit as
 * well: what was taken is found again.
 *
 * @param tableSlots capacity of the table in the image
 * @param firstLsn   of the first frame behind the image
 */
record SlotLimit(long tableSlots, long firstLsn) {
    /** More than any table has, however often it grew: a number beyond it was never written. */
    static final long MAX_TABLE_SLOTS = 1L << 36;
    private static final long PER_FRAME = 128;
    private static final long AT_HAND = 1L << 25;

    /**
     * @param lsn of a frame behind the image
     * @return the first slot that the frame cannot name
     */
    long at(long lsn) {
        return 2 * tableSlots + PER_FRAME * (lsn - firstLsn) + AT_HAND;
    }

    /** @return whether a table of that many slots can be in an image */
    static boolean isTable(long slots) {
        return slots >= 1 && slots <= MAX_TABLE_SLOTS;
    }
}
