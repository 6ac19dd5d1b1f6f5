package io.regionstore.table;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Validates slots that cannot be trusted yet, while nothing writes. Only what {@link #read} called {@link State#RECORD}
 * may be used. Reads ahead: slots are copied {@value #WINDOW} at a time, so that going over a table upward costs a
 * few plain loads for each; any other order is possible, and slower. Not thread-safe; each scanning thread has its own.
 */
public final class SlotReader {
    /** What is in a slot. */
    public enum State {
        /** Nothing, or the remains of a retired run. */
        FREE,
        /** A head whose checksum matches. */
        RECORD,
        /** A tail that claims to be a head, and a checksum that does not match; or a tail that no slot is given. */
        INVALID
    }

    /** A run is aligned to its length, which is no longer than this, so it lies in one window. */
    private static final int WINDOW = SlotDescriptor.MAX_RUN;
    private static final int WORDS = SlotDescriptor.SLOT_LENGTH / Long.BYTES;
    private static final int EXTENT = SlotDescriptor.EXTENT_OFFSET / Long.BYTES;
    private static final int VERSION = SlotDescriptor.VERSION_OFFSET / Long.BYTES;
    private static final int TAIL = SlotDescriptor.TAIL_OFFSET / Long.BYTES;

    private final SlotTable table;
    private final SlotChecksum checksum;
    private final long seed;
    private final long regionLength;
    private final long[] words = new long[WINDOW * WORDS];
    private final MemorySegment window = MemorySegment.ofArray(words);
    private long windowStart;
    private long windowEnd;
    private long last = -1;
    private long tail;
    private long keyWord;
    private long versionWord;
    private int run;
    private int keyLength;
    private long offset;
    private long length;

    /**
     * @param table        the slots
     * @param seed         the store's seed
     * @param regionLength bytes; an extent that ends past it is invalid
     */
    public SlotReader(SlotTable table, long seed, long regionLength) {
        this.table = table;
        this.checksum = new SlotChecksum(seed);
        this.seed = seed;
        this.regionLength = regionLength;
    }

    /**
     * @param slot a slot
     * @return what is there
     */
    public State read(long slot) {
        // a slot that is read again is loaded again: somebody may have written in between
        if (slot <= last || slot >= windowEnd) {
            load(slot);
        }
        last = slot;
        int at = (int) (slot - windowStart) * WORDS;
        tail = words[at + TAIL];
        run = 1;
        if (!SlotDescriptor.isHead(tail)) {
            if (!SlotDescriptor.isFree(tail)) {
                return State.INVALID;
            }
            run = freeFrom(slot, at);
            return State.FREE;
        }
        keyWord = words[at];
        long extentWord = words[at + EXTENT];
        versionWord = words[at + VERSION];
        int kind = SlotDescriptor.kind(versionWord);
        keyLength = 0;
        offset = SlotDescriptor.offset(extentWord);
        length = SlotDescriptor.length(extentWord, versionWord);
        int continuations = 0;
        // a run begins at an even slot: the last slot of a window can be damaged to look like the head of one
        if (kind == SlotDescriptor.EXTENDED && (slot & 1) == 0 && slot + 1 < table.capacity()) {
            long streamHeader = words[at + WORDS];
            keyLength = SlotTable.keyLengthOf(streamHeader);
            length |= streamHeader << 32;
            if (keyLength > io.regionstore.RegionStore.MAX_KEY_LENGTH) {
                return State.INVALID;
            }
            int runLength = SlotDescriptor.runLength(keyLength);
            if ((slot & runLength - 1) != 0 || slot + runLength > table.capacity()) {
                return State.INVALID;
            }
            continuations = SlotDescriptor.slotsUsed(keyLength) - 1;
            if (!tailsOf(at, continuations, runLength)) {
                return State.INVALID;
            }
            for (int k = 1; k <= continuations; k++) {
                for (int w = 0; w < TAIL; w++) {
                    checksum.streamWord((k - 1) * TAIL + w, words[at + k * WORDS + w]);
                }
            }
            run = runLength;
        } else if (kind != SlotDescriptor.SIMPLE) {
            return State.INVALID;
        }
        long expected = checksum.tail(slot, keyWord, extentWord, versionWord, SlotDescriptor.payloadChecksum(tail),
                continuations);
        boolean inRegion = length >= 0 && length <= regionLength - offset;
        if (expected != tail || !inRegion) {
            run = 1;
            return State.INVALID;
        }
        return State.RECORD;
    }

    /** Most of a table may be free, and a JVM that has not compiled the walk over it yet is slow. */
    private int freeFrom(long slot, int at) {
        int free = 1;
        while (slot + free < windowEnd && words[at + free * WORDS + TAIL] == 0) {
            free++;
        }
        return free;
    }

    private void load(long slot) {
        windowStart = slot & -WINDOW;
        windowEnd = Math.min(windowStart + WINDOW, table.capacity());
        table.copyOut(windowStart, windowEnd - windowStart, window);
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            for (int i = 0; i < words.length; i++) {
                words[i] = Long.reverseBytes(words[i]);
            }
        }
    }

    /** No slot of a run but the first may look like a head: whoever walks over all slots would take it for one. */
    private boolean tailsOf(int at, int continuations, int runLength) {
        for (int k = 1; k < runLength; k++) {
            long found = words[at + k * WORDS + TAIL];
            if (k <= continuations ? found != SlotDescriptor.continuationTail(k) : !SlotDescriptor.isFree(found)) {
                return false;
            }
        }
        return true;
    }

    /** @return slots to step over: of a record, its run; of a free slot, it and free ones that follow */
    public int runLength() {
        return run;
    }

    /** @return bytes of the key; 0 for a key that is a long */
    public int keyLength() {
        return keyLength;
    }

    /** @return the hash of the key */
    public long keyHash() {
        return keyLength == 0 ? KeyHash.of(keyWord, seed) : keyWord;
    }

    /** @return the record's version */
    public long version() {
        return SlotDescriptor.version(versionWord);
    }

    /** @return offset of the extent, bytes */
    public long offset() {
        return offset;
    }

    /** @return bytes of payload */
    public long length() {
        return length;
    }

    /** @return CRC32C of the payload */
    public int payloadChecksum() {
        return SlotDescriptor.payloadChecksum(tail);
    }
}
