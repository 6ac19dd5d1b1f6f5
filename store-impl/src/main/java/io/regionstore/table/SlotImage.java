package io.regionstore.table;

import java.lang.foreign.MemorySegment;

/**
 * A slot or run being composed, before it is stored in a table or appended to a log. First the key, then
 * {@link #seal}. Not thread-safe; a lane reuses one.
 */
public final class SlotImage {
    private final SlotChecksum checksum;
    private final byte[] bytes = new byte[SlotDescriptor.MAX_RUN * SlotDescriptor.SLOT_LENGTH];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);
    private long keyWord;
    private int keyLength;
    private boolean extended;
    private int slots;

    /** @param seed the store's seed */
    public SlotImage(long seed) {
        checksum = new SlotChecksum(seed);
    }

    /**
     * Starts a record with a long key.
     *
     * @param key           the key
     * @param payloadLength bytes; decides whether a continuation is needed
     */
    public void longKey(long key, long payloadLength) {
        keyWord = key;
        keyLength = 0;
        extended = payloadLength > 0xFFFF_FFFFL;
        slots = extended ? SlotDescriptor.slotsUsed(0) : 1;
    }

    /**
     * Starts a record with a key of bytes.
     *
     * @param key  copied, so that nobody changes it
     * @param hash its hash
     */
    public void bytesKey(KeyCopy key, long hash) {
        keyWord = hash;
        keyLength = key.length();
        extended = true;
        slots = SlotDescriptor.slotsUsed(keyLength);
        int words = (slots - 1) * SlotDescriptor.CONTINUATION_BYTES / 8;
        for (int i = 1; i < words; i++) {
            checksum.streamWord(i, key.word(i - 1));
        }
    }

    /** @return slots that something is stored in */
    public int slots() {
        return slots;
    }

    /** @return slots to set aside: a power of two */
    public int runLength() {
        return extended ? SlotDescriptor.runLength(keyLength) : 1;
    }

    /**
     * Completes the image.
     *
     * @param slot            where it will be stored
     * @param version         the record's version
     * @param offset          of the extent, bytes
     * @param length          of the payload, bytes
     * @param payloadChecksum CRC32C of the payload
     */
    public void seal(long slot, long version, long offset, long length, int payloadChecksum) {
        int kind = extended ? SlotDescriptor.EXTENDED : SlotDescriptor.SIMPLE;
        long extentWord = SlotDescriptor.extentWord(offset, length);
        long versionWord = SlotDescriptor.versionWord(version, length, kind);
        if (extended) {
            checksum.streamWord(0, length >>> 32 | (long) keyLength << 32);
            if (keyLength == 0) {
                checksum.streamWord(1, 0);
                checksum.streamWord(2, 0);
            }
            for (int k = 1; k < slots; k++) {
                int at = k * SlotDescriptor.SLOT_LENGTH;
                for (int w = 0; w < 3; w++) {
                    SlotChecksum.WORD.set(bytes, at + w * 8, checksum.streamWord((k - 1) * 3 + w));
                }
                SlotChecksum.WORD.set(bytes, at + SlotDescriptor.TAIL_OFFSET, SlotDescriptor.continuationTail(k));
            }
        }
        SlotChecksum.WORD.set(bytes, SlotDescriptor.KEY_OFFSET, keyWord);
        SlotChecksum.WORD.set(bytes, SlotDescriptor.EXTENT_OFFSET, extentWord);
        SlotChecksum.WORD.set(bytes, SlotDescriptor.VERSION_OFFSET, versionWord);
        SlotChecksum.WORD.set(bytes, SlotDescriptor.TAIL_OFFSET,
                checksum.tail(slot, keyWord, extentWord, versionWord, payloadChecksum, slots - 1));
    }

    /** @return the sealed bytes, {@link #slots()} times 32 of them; the segment is longer */
    public MemorySegment segment() {
        return segment;
    }

    long word(int index) {
        return (long) SlotChecksum.WORD.get(bytes, index * 8);
    }
}
