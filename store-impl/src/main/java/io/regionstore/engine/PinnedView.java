package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStoreException;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.LateFaults;
import io.regionstore.record.PayloadCopier;
import io.regionstore.table.SlotTable;
import java.lang.foreign.MemorySegment;

/**
 * A view with a pin cell. The pin goes up before the slot's tail is looked at again: if the tail still stands, the slot
 * was live after the pin could be seen, so neither slot nor extent is used again before the pin comes down.
 */
final class PinnedView implements RecordView {
    private static final long NONE = RecordIndex.NONE;

    private final Engine engine;
    private final Pins pins;
    private final RecordReader reader;
    private final SlotTable table;
    private Pins.Cell cell;
    private long slot = NONE;
    private long tail;
    private long offset;
    private long length;
    private long version;
    private PayloadCopier copier;

    PinnedView(Engine engine, Pins pins, RecordReader reader) {
        this.engine = engine;
        this.pins = pins;
        this.reader = reader;
        table = reader.table();
        cell = pins.register();
    }

    Engine engine() {
        return engine;
    }

    boolean show(long key) {
        return show(key, null, reader.hash(key)) >= 0;
    }

    boolean show(MemorySegment key) {
        long found = show(0, key, reader.hash(key));
        if (found == RecordIndex.SAME_HASH) {
            MemorySegment copied = RecordReader.copyOf(key);
            found = show(0, copied, reader.hash(copied));
        }
        return found >= 0;
    }

    /** @return the slot that is shown, or NONE, or SAME_HASH */
    private long show(long longKey, MemorySegment key, long hash) {
        requireUsable();
        release();
        try {
            reader.prefetchPayload(hash);
            return showNow(longKey, key, hash);
        } catch (InternalError e) { // of a payload, here or where the hint was wrong, which is the caller's to read or not
            return showAgain(longKey, key, hash);
        } catch (RuntimeException e) {
            throw engine.explained(e, key, null);
        }
    }

    private long showAgain(long longKey, MemorySegment key, long hash) {
        try {
            return showNow(longKey, key, hash);
        } catch (InternalError e) {
            throw reader.blameLookup(key, e);
        } catch (RuntimeException e) {
            throw engine.explained(e, key, null);
        }
    }

    private long showNow(long longKey, MemorySegment key, long hash) {
        try {
            while (true) {
                long candidate = reader.findLive(longKey, key, hash);
                if (candidate < 0) {
                    LateFaults.raise();
                    return candidate;
                }
                if (pin(candidate) && reader.hasKey(candidate, longKey, key, hash)) {
                    load(candidate);
                    return candidate;
                }
                cell.unpin();
            }
        } finally {
            if (slot == NONE) {
                cell.unpin();
            }
        }
    }

    /** Shows what is in a slot, if that is a live record which the index knows: for {@link Engine#forEach}. */
    boolean showIfCurrent(long candidate) {
        requireUsable();
        release();
        if ((table.tail(candidate) & 1) == 0) {
            return false;
        }
        if (pin(candidate)) {
            int keyLength = table.keyLength(candidate);
            boolean current;
            if (keyLength == 0) {
                long key = table.keyWord(candidate);
                current = reader.findLive(key, null, reader.hash(key)) == candidate;
            } else {
                current = reader.findLive(0, MemorySegment.ofArray(table.keyBytes(candidate)),
                        table.keyWord(candidate)) == candidate;
            }
            if (current) {
                load(candidate);
                return true;
            }
        }
        cell.unpin();
        return false;
    }

    private boolean pin(long candidate) {
        cell.pin(candidate);
        tail = table.tail(candidate);
        return (tail & 1) != 0;
    }

    private void load(long pinned) {
        offset = table.offset(pinned);
        length = table.length(pinned);
        version = table.version(pinned);
        LateFaults.raise();
        reader.verifyFirst(pinned, tail, offset, length);
        slot = pinned;
    }

    @Override
    public boolean isPresent() {
        return slot != NONE;
    }

    @Override
    public long length() {
        requirePresent();
        return length;
    }

    @Override
    public long version() {
        requirePresent();
        return version;
    }

    @Override
    public int checksum() {
        requirePresent();
        return SlotTable.payloadChecksum(tail);
    }

    @Override
    public boolean hasLongKey() {
        requirePresent();
        return table.keyLength(slot) == 0;
    }

    @Override
    public long longKey() {
        if (!hasLongKey()) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "longKey: the record's key is "
                    + KeyText.of(table, slot) + ", which is not a long; use keyBytes");
        }
        return table.keyWord(slot);
    }

    @Override
    public byte[] keyBytes() {
        requirePresent();
        return table.keyBytes(slot);
    }

    @Override
    public MemorySegment segment() {
        requirePresent();
        return engine.readOnlyRegion().asSlice(offset, length);
    }

    @Override
    public MemorySegment region() {
        requireUsable();
        return engine.readOnlyRegion();
    }

    @Override
    public long offset() {
        requirePresent();
        return offset;
    }

    @Override
    public void verify() {
        requirePresent();
        if (copier == null) {
            copier = new PayloadCopier();
        }
        reader.verify(copier, slot, tail, offset, length);
    }

    @Override
    public void release() {
        if (slot != NONE) {
            slot = NONE;
            cell.unpin();
        }
    }

    @Override
    public void close() {
        if (cell != null) {
            release();
            pins.remove(cell);
            cell = null;
        }
    }

    private void requireUsable() {
        engine.requireOpen();
        if (cell == null) {
            throw new RegionStoreException(ErrorCode.CLOSED, "the view is closed; make another one with newView");
        }
    }

    private void requirePresent() {
        requireUsable();
        if (slot == NONE) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT,
                    "the view is empty: it shows a record between a get that returned true and release");
        }
    }
}
