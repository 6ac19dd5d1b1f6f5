package io.regionstore.table;

/**
 * Validates slots that cannot be trusted yet, one after another, while nothing writes. Only what {@link #read} called
 * {@link State#RECORD} may be used. Not thread-safe; each scanning thread has its own.
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

    private final SlotTable table;
    private final SlotChecksum checksum;
    private final long regionLength;
    private long tail;
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
        this.regionLength = regionLength;
    }

    /**
     * @param slot a slot
     * @return what is there
     */
    public State read(long slot) {
        tail = table.tail(slot);
        run = 1;
        if (!SlotDescriptor.isHead(tail)) {
            return SlotDescriptor.isFree(tail) ? State.FREE : State.INVALID;
        }
        long extentWord = table.extentWord(slot);
        long versionWord = table.versionWord(slot);
        int kind = SlotDescriptor.kind(versionWord);
        keyLength = 0;
        offset = SlotDescriptor.offset(extentWord);
        length = SlotDescriptor.length(extentWord, versionWord);
        int continuations = 0;
        if (kind == SlotDescriptor.EXTENDED && slot + 1 < table.capacity()) {
            long streamHeader = table.streamWord(slot, 0);
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
            if (!tailsOf(slot, continuations, runLength)) {
                return State.INVALID;
            }
            for (int word = 0; word < continuations * 3; word++) {
                checksum.streamWord(word, table.streamWord(slot, word));
            }
            run = runLength;
        } else if (kind != SlotDescriptor.SIMPLE) {
            return State.INVALID;
        }
        long expected = checksum.tail(slot, table.keyWord(slot), extentWord, versionWord,
                SlotDescriptor.payloadChecksum(tail), continuations);
        boolean inRegion = length >= 0 && length <= regionLength - offset;
        if (expected != tail || !inRegion) {
            run = 1;
            return State.INVALID;
        }
        return State.RECORD;
    }

    /** No slot of a run but the first may look like a head: whoever walks over all slots would take it for one. */
    private boolean tailsOf(long slot, int continuations, int runLength) {
        for (int k = 1; k < runLength; k++) {
            long found = table.tail(slot + k);
            if (k <= continuations ? found != SlotDescriptor.continuationTail(k) : !SlotDescriptor.isFree(found)) {
                return false;
            }
        }
        return true;
    }

    /** @return slots to step over */
    public int runLength() {
        return run;
    }

    /** @return bytes of the key; 0 for a key that is a long */
    public int keyLength() {
        return keyLength;
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
