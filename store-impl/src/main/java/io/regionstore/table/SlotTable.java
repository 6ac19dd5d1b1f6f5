package io.regionstore.table;

import io.regionstore.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * Slots in byte-addressable memory. Readers use it with no lock: they load the tail, then the words, and trust them if
 * the tail is the same afterwards. A slot has one writer at a time, the lane that holds it.
 */
public final class SlotTable {
    private final Memory memory;
    private final long base;
    private final long capacity;

    /**
     * @param memory   what the slots are in
     * @param base     offset of the first slot, a multiple of 64
     * @param capacity number of slots
     */
    public SlotTable(Memory memory, long base, long capacity) {
        this.memory = memory;
        this.base = base;
        this.capacity = capacity;
    }

    /** @return number of slots */
    public long capacity() {
        return capacity;
    }

    /** @return the memory that the slots are in */
    public Memory memory() {
        return memory;
    }

    private long at(long slot) {
        return base + slot * SlotDescriptor.SLOT_LENGTH;
    }

    /**
     * @param slot a slot
     * @return its tail; loads after this see at least what was stored before the tail
     */
    public long tail(long slot) {
        return memory.getLongAcquire(at(slot) + SlotDescriptor.TAIL_OFFSET);
    }

    /**
     * @param slot a head
     * @return the key of a record whose key is a long, else the key's hash
     */
    public long keyWord(long slot) {
        return memory.getLong(at(slot) + SlotDescriptor.KEY_OFFSET);
    }

    /**
     * @param slot a head
     * @return offset of the extent in the region, bytes
     */
    public long offset(long slot) {
        return SlotDescriptor.offset(extentWord(slot));
    }

    /**
     * @param slot a head
     * @return bytes of payload
     */
    public long length(long slot) {
        long versionWord = versionWord(slot);
        long low = SlotDescriptor.length(extentWord(slot), versionWord);
        return SlotDescriptor.kind(versionWord) == SlotDescriptor.SIMPLE ? low : low | streamHeader(slot) << 32;
    }

    /**
     * @param slot a head
     * @return the record's version
     */
    public long version(long slot) {
        return SlotDescriptor.version(versionWord(slot));
    }

    /**
     * @param slot a head
     * @return length of the key in bytes; 0 for a key that is a long
     */
    public int keyLength(long slot) {
        return SlotDescriptor.kind(versionWord(slot)) == SlotDescriptor.SIMPLE ? 0 : keyLengthOf(streamHeader(slot));
    }

    /**
     * @param tail a head's tail
     * @return CRC32C of the payload
     */
    public static int payloadChecksum(long tail) {
        return SlotDescriptor.payloadChecksum(tail);
    }

    /**
     * @param slot a head
     * @return slots set aside for the record
     */
    public int runLength(long slot) {
        return SlotDescriptor.kind(versionWord(slot)) == SlotDescriptor.SIMPLE
                ? 1 : SlotDescriptor.runLength(keyLength(slot));
    }

    /**
     * @param slot a head
     * @param key  a key
     * @return whether the record has this key, which is a long
     */
    public boolean hasKey(long slot, long key) {
        return keyWord(slot) == key && keyLength(slot) == 0;
    }

    /**
     * @param slot a head
     * @param key  a key of bytes
     * @param hash its hash
     * @return whether the record has this key
     */
    public boolean hasKey(long slot, MemorySegment key, long hash) {
        long length = key.byteSize();
        if (!mayHaveKey(slot, length, hash)) {
            return false;
        }
        for (int word = 1; (word - 1) * 8L < length; word++) {
            if (streamWord(slot, word) != KeyHash.word(key, (word - 1) * 8L, length)) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param slot a head
     * @param key  a key of bytes, copied
     * @param hash its hash
     * @return whether the record has this key
     */
    public boolean hasKey(long slot, KeyCopy key, long hash) {
        if (!mayHaveKey(slot, key.length(), hash)) {
            return false;
        }
        for (int word = 1; (word - 1) * 8 < key.length(); word++) {
            if (streamWord(slot, word) != key.word(word - 1)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a slot has a key's hash and length, and lies before the end of the table with all its bytes. */
    private boolean mayHaveKey(long slot, long length, long hash) {
        return keyWord(slot) == hash && SlotDescriptor.kind(versionWord(slot)) == SlotDescriptor.EXTENDED
                && keyLengthOf(streamHeader(slot)) == length
                && slot + SlotDescriptor.slotsUsed((int) length) <= capacity;
    }

    /**
     * @param a a head
     * @param b a head
     * @return whether both records have the same key; nothing else runs
     */
    public boolean sameKey(long a, long b) {
        int length = keyLength(a);
        if (keyWord(a) != keyWord(b) || length != keyLength(b)) {
            return false;
        }
        for (int word = 1; (word - 1) * 8 < length; word++) {
            if (streamWord(a, word) != streamWord(b, word)) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param slot a head
     * @param seed the store's seed
     * @return the hash of its key
     */
    public long keyHash(long slot, long seed) {
        return keyLength(slot) == 0 ? KeyHash.of(keyWord(slot), seed) : keyWord(slot);
    }

    /**
     * @param slot a head that cannot change: pinned, or nothing runs
     * @return the key's bytes; 8 little-endian ones for a long
     */
    public byte[] keyBytes(long slot) {
        int length = keyLength(slot);
        byte[] words = new byte[length == 0 ? 8 : (length + 7) / 8 * 8];
        if (length == 0) {
            SlotChecksum.WORD.set(words, 0, keyWord(slot));
            return words;
        }
        for (int word = 1; (word - 1) * 8 < length; word++) {
            SlotChecksum.WORD.set(words, (word - 1) * 8, streamWord(slot, word));
        }
        return length == words.length ? words : java.util.Arrays.copyOf(words, length);
    }

    /**
     * Stores a sealed image. A crash before the last store leaves the slot free, since its tail was 0 durably before it
     * was handed out; after it, the record is there as far as the stores are durable.
     *
     * @param slot  where to, free and held by the caller
     * @param image sealed for this slot
     */
    public void write(long slot, SlotImage image) {
        for (int k = image.slots() - 1; k > 0; k--) {
            long at = at(slot + k);
            for (int w = 0; w < 4; w++) {
                memory.putLong(at + w * 8L, image.word(k * 4 + w));
            }
        }
        long at = at(slot);
        memory.putLong(at + SlotDescriptor.KEY_OFFSET, image.word(0));
        memory.putLong(at + SlotDescriptor.EXTENT_OFFSET, image.word(1));
        memory.putLong(at + SlotDescriptor.VERSION_OFFSET, image.word(2));
        memory.putLongRelease(at + SlotDescriptor.TAIL_OFFSET, image.word(3));
    }

    /**
     * Stores slots as a log or an image of the table has them, while nothing else runs.
     *
     * @param firstSlot where to
     * @param bytes     a multiple of 32 bytes, aligned in any way
     */
    public void restore(long firstSlot, MemorySegment bytes) {
        MemorySegment.copy(bytes, 0, memory.segment(), at(firstSlot), bytes.byteSize());
    }

    /**
     * Copies slots as they are, while nothing writes.
     *
     * @param firstSlot   the first
     * @param count       how many
     * @param destination receives them from its start
     */
    void copyOut(long firstSlot, long count, MemorySegment destination) {
        memory.copyOut(at(firstSlot), destination, 0, count * SlotDescriptor.SLOT_LENGTH);
    }

    /**
     * Frees a slot by one 8-byte store: before it the record is there, after it it is not.
     *
     * @param slot a head
     */
    public void retire(long slot) {
        memory.putLongRelease(at(slot) + SlotDescriptor.TAIL_OFFSET, 0);
    }

    /**
     * Starts writing slots back to the medium.
     *
     * @param slot  the first
     * @param slots how many
     */
    public void flush(long slot, long slots) {
        memory.flush(at(slot), slots * SlotDescriptor.SLOT_LENGTH);
    }

    long extentWord(long slot) {
        return memory.getLong(at(slot) + SlotDescriptor.EXTENT_OFFSET);
    }

    long versionWord(long slot) {
        return memory.getLong(at(slot) + SlotDescriptor.VERSION_OFFSET);
    }

    /** Word of the continuations' stream; 0 is its header. */
    long streamWord(long slot, int word) {
        return memory.getLong(at(slot + 1 + word / 3) + word % 3 * 8L);
    }

    private long streamHeader(long slot) {
        return slot + 1 < capacity ? streamWord(slot, 0) : 0;
    }

    static int keyLengthOf(long streamHeader) {
        return (int) (streamHeader >>> 32 & 0xFFFF);
    }
}
