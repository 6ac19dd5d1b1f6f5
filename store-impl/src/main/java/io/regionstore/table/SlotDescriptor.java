package io.regionstore.table;

/**
 * Layout of the 32-byte slots, without I/O. All words are little-endian.
 *
 * <p>A record with a {@code long} key and a payload shorter than 4 GiB is one slot, its <em>head</em>:
 * <pre>
 *   byte 0        8                            16                                   24                            32
 *        +--------+----------------------------+------------------------------------+-----------------------------+
 *        |  key   | offset/8 : 44 | length : 20 | version : 48 | length : 12 | kind : 4 | payload crc : 32 | crc : 31 | 1 |
 *        +--------+----------------------------+------------------------------------+-----------------------------+
 *         word 0   word 1 (high | low bits)      word 2 (high … low bits)             word 3, the tail
 * </pre>
 * Every other record is a run of slots aligned to its own length, a power of two: a head of kind {@link #EXTENDED}
 * whose word 0 is the key's hash, then continuations that carry a stream of bytes, 24 each:
 * <pre>
 *        +------------------+------------------+----------+-------------------+
 *        | length >> 32: 32 | key length: 16   | zero: 16 | key bytes, zeros   |   stream
 *        +------------------+------------------+----------+-------------------+
 *        | 24 bytes of the stream               | "CONT" : 32 | ordinal : 31 | 0 |   a continuation
 *        +--------------------------------------+----------------------------------+
 * </pre>
 * A key length of 0 means that the key is a {@code long} and word 0 is the key itself.
 *
 * <p><b>Commit rule.</b> Words 0 to 2 and the continuations are stored first, the head's tail last, as one 8-byte store
 * with release. A tail of 0 is a free slot; bit 0 is set in the tail of a head and in no other tail, so no key can forge
 * a head. The 31-bit checksum is CRC32C without its lowest bit, over the store's seed plus the slot's index, words 0 to
 * 2, the payload's CRC32C and the stream: a slot of another store, or at another place, does not pass. A slot is retired
 * by storing 0 in its tail.
 */
public final class SlotDescriptor {
    /** Bytes of a slot. */
    public static final int SLOT_LENGTH = 32;
    /** Offset of the key, or of the key's hash. */
    public static final int KEY_OFFSET = 0;
    /** Offset of the word that holds the extent's offset and the low bits of its length. */
    public static final int EXTENT_OFFSET = 8;
    /** Offset of the word that holds version, length and kind. */
    public static final int VERSION_OFFSET = 16;
    /** Offset of the commit word. */
    public static final int TAIL_OFFSET = 24;
    /** Bytes of the stream in a continuation. */
    public static final int CONTINUATION_BYTES = 24;
    /** Bytes of the stream before the key. */
    public static final int STREAM_HEADER = 8;
    /** A head that stands alone. */
    public static final int SIMPLE = 1;
    /** A head with continuations. */
    public static final int EXTENDED = 2;
    /** Longest run in slots: a key of 1,024 bytes needs 44. */
    public static final int MAX_RUN = 64;
    /** Highest version: 48 bits. */
    public static final long MAX_VERSION = (1L << 48) - 1;
    /** Most slots of a table: four times what a store may be created with. */
    public static final long MAX_SLOTS = 1L << 36;
    /** Largest region in bytes: 44 bits of 8-byte granules. */
    public static final long MAX_REGION = 1L << 47;

    private static final int LENGTH_LOW_BITS = 20;
    private static final long LENGTH_LOW_MASK = (1L << LENGTH_LOW_BITS) - 1;
    private static final long CONTINUATION_MARK = 0x434F4E54L << 32;

    private SlotDescriptor() {
    }

    static long extentWord(long offset, long length) {
        return offset >>> 3 << LENGTH_LOW_BITS | length & LENGTH_LOW_MASK;
    }

    static long versionWord(long version, long length, int kind) {
        return version << 16 | (length >>> LENGTH_LOW_BITS & 0xFFF) << 4 | kind;
    }

    static long offset(long extentWord) {
        return extentWord >>> LENGTH_LOW_BITS << 3;
    }

    /** The low 32 bits of the payload's length; all of it for a {@link #SIMPLE} head. */
    static long length(long extentWord, long versionWord) {
        return extentWord & LENGTH_LOW_MASK | (versionWord >>> 4 & 0xFFF) << LENGTH_LOW_BITS;
    }

    static long version(long versionWord) {
        return versionWord >>> 16;
    }

    static int kind(long versionWord) {
        return (int) versionWord & 0xF;
    }

    static long tail(int payloadChecksum, int slotChecksum) {
        return (long) payloadChecksum << 32 | slotChecksum & 0xFFFF_FFFEL | 1;
    }

    static int payloadChecksum(long tail) {
        return (int) (tail >>> 32);
    }

    static boolean isHead(long tail) {
        return (tail & 1) != 0;
    }

    static long continuationTail(int ordinal) {
        return CONTINUATION_MARK | (long) ordinal << 1;
    }

    /** Whether a tail is one that a slot without a head may have: any other was damaged, and may have been a head's. */
    static boolean isFree(long tail) {
        return tail == 0 || (tail & ~(2L * MAX_RUN - 2)) == CONTINUATION_MARK && tail != CONTINUATION_MARK;
    }

    /** Slots that a key of bytes, or a large payload under a long key (key length 0), stores something in. */
    static int slotsUsed(int keyLength) {
        return 1 + (STREAM_HEADER + keyLength + CONTINUATION_BYTES - 1) / CONTINUATION_BYTES;
    }

    /** Slots that are set aside for it: the next power of two. */
    static int runLength(int keyLength) {
        return Integer.highestOneBit(slotsUsed(keyLength) - 1) << 1;
    }
}
