package io.regionstore.log;

/**
 * One frame of a log: the physical redo of one commit. Frames follow one another without a gap, each a multiple of 8
 * bytes long, in the order of their LSNs, which have no gaps either.
 *
 * <pre>
 *  0        4        8                16                24       28       32               40               48
 *  +--------+--------+----------------+-----------------+--------+--------+----------------+----------------+---------
 *  |  crc   | length |      lsn       |   durable lsn   |  kind  | slots  |   first slot   |  retired slot  | payload
 *  +--------+--------+----------------+-----------------+--------+--------+----------------+----------------+---------
 * </pre>
 *
 * <ul>
 * <li>crc: CRC32C of bytes 4 to length, XOR {@link Chunk#seed} of store and generation: a frame of another store or
 *     an earlier file never passes.</li>
 * <li>length: of the whole frame. 0 is the end of the log: files are made longer with zeros before they are used.</li>
 * <li>lsn: log sequence number, from 1.</li>
 * <li>durable lsn: the highest LSN that was durable when this frame was taken. A frame that cannot be read although a
 *     later one says that it was durable is damage; without such a witness it is the torn end of the log, for the
 *     sectors of an unfinished write reach the medium in any order.</li>
 * <li>kind: {@link #SLOTS}: payload = {@code slots} slots of 32 bytes for {@code first slot} and on, after which the
 *     last 8 bytes of {@code retired slot}, unless it is -1, become zero. {@link #RETIRE}: the latter only.
 *     {@link #HEADER}: payload = the store's header of 512 bytes.</li>
 * <li>first slot, retired slot: below {@link SlotLimit}.</li>
 * </ul>
 *
 * <p>Commit rule: a commit is one frame, so the checksum makes it whole or absent; it is acknowledged when this frame
 * and all before it are durable.
 */
final class FrameDescriptor {
    static final int CRC_OFFSET = 0;
    static final int LENGTH_OFFSET = 4;
    static final int LSN_OFFSET = 8;
    static final int DURABLE_LSN_OFFSET = 16;
    static final int KIND_OFFSET = 24;
    static final int SLOTS_OFFSET = 28;
    static final int FIRST_SLOT_OFFSET = 32;
    static final int RETIRED_SLOT_OFFSET = 40;
    static final int PAYLOAD_OFFSET = 48;

    static final int ALIGNMENT = 8;
    static final int SLOT_LENGTH = 32;
    static final int STORE_HEADER_LENGTH = 512;

    static final int SLOTS = 1;
    static final int RETIRE = 2;
    static final int HEADER = 3;
    static final long NO_SLOT = -1;

    private FrameDescriptor() {
    }

    /**
     * @param kind  of a frame
     * @param slots its number of slots
     * @return bytes of its payload, or -1 if no frame is like that
     */
    static long payloadLength(int kind, int slots) {
        return switch (kind) {
            case SLOTS -> slots > 0 ? (long) slots * SLOT_LENGTH : -1;
            case RETIRE -> slots == 0 ? 0 : -1;
            case HEADER -> slots == 0 ? STORE_HEADER_LENGTH : -1;
            default -> -1;
        };
    }
}
