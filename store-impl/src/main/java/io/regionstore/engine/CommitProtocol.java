package io.regionstore.engine;

import io.regionstore.table.StoreHeader;

/**
 * How a change of the slot table becomes durable: in place, or through a redo log. Methods that take a lane are called
 * by its holder; those that take a stripe, under that stripe's lock.
 */
interface CommitProtocol extends AutoCloseable {
    /** No free slot or run is left. */
    long NO_SLOT = Lane.NO_SLOT;

    /** Takes a free slot or run for the next commit; {@link #NO_SLOT} if there is none. */
    long takeSlot(Lane lane, int runLength);

    /** Gives back what {@link #takeSlot} gave, unused. */
    void untakeSlot(Lane lane, long slot, int runLength);

    /**
     * Commits the record in the lane's sealed image: returns when slot and payload are durable in the store's domain,
     * unless commits are relaxed. In place the superseded slot is still live then.
     *
     * @param slot   where the image goes
     * @param offset of the payload in the region
     * @param length of the payload
     * @param old    the slot that this one supersedes, or -1
     */
    void publish(Lane lane, long stripe, long slot, long offset, long length, long old);

    /** Retires the superseded slot, after the index points at the new one. Need not be durable on return. */
    void retire(Lane lane, long stripe, long old);

    /** Retires a deleted record's slot; returns when that is durable, unless commits are relaxed. */
    void delete(Lane lane, long stripe, long slot);

    /** What is retired now may be used again when {@link #reusable} has reached this stamp. */
    long stamp(Lane lane);

    /** What this lane retired with a stamp up to this is durably retired. */
    long reusable(Lane lane);

    /** Makes everything durable that this lane has done, retirements included. */
    void settle(Lane lane);

    /** Makes everything durable that was acknowledged. */
    void sync();

    /** Replaces the header; returns when it is durable. Not called by two threads at once. */
    void writeHeader(StoreHeader header);

    /** Returns when no work of the background is left for now. A proof needs it: its runs always go the same way. */
    default void awaitQuiet() {
        // there is no background
    }

    /** Where the metadata is, for messages. */
    String resource();

    /** Releases files, threads and memory; makes nothing durable. */
    @Override
    void close();
}
