package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStoreException;
import io.regionstore.index.IndexWalk;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.LateFaults;
import io.regionstore.record.PayloadCopier;
import io.regionstore.table.SlotTable;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

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
    private final Leaks leaks;
    private final Held held;
    private Pins.Cell cell;
    private long slot = NONE;
    private long tail;
    private long offset;
    private long length;
    private long version;
    private PayloadCopier copier;

    /** The pin. */
    static final class Held extends Leaks.Held {
        private final Pins pins;
        private final Pins.Cell cell;

        Held(Leaks leaks, PinnedView view, Pins pins, Pins.Cell cell) {
            super(leaks, view, "view");
            this.pins = pins;
            this.cell = cell;
        }

        @Override
        void giveBack() {
            pins.remove(cell);
        }
    }

    PinnedView(Engine engine, Pins pins, RecordReader reader, Leaks leaks) {
        this.engine = engine;
        this.pins = pins;
        this.reader = reader;
        table = reader.table();
        this.leaks = leaks;
        cell = pins.register();
        held = new Held(leaks, this, pins, cell);
        held.active = true;
        leaks.add(held);
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

    /** A key of a walk. */
    record Key(long longKey, ByteBuffer bytes) {
    }

    /**
     * Shows what a walk found, if that is what the index still has for the one key of its tag: then the slot was live after
     * it was pinned, and is that key's.
     */
    boolean show(long found, IndexWalk walk) {
        requireUsable();
        release();
        try {
            if (pin(found) && walk.isHere(reader.keyHash(found)) && walk.find() == 1 && walk.slot(0) == found) {
                load(found);
                return true;
            }
            return false;
        } finally {
            if (slot == NONE) {
                cell.unpin();
            }
        }
    }

    boolean show(Key key) {
        return key.bytes() == null ? show(key.longKey()) : show(MemorySegment.ofArray(key.bytes().array()));
    }

    /** The key of a slot that a walk found; null when the slot is another key's by now, or no record's. */
    Key key(long found, IndexWalk walk) {
        requireUsable();
        release();
        try {
            if (!pin(found) || !walk.isHere(reader.keyHash(found))) {
                return null;
            }
            boolean isLong = table.keyLength(found) == 0;
            Key key = new Key(isLong ? table.keyWord(found) : 0, isLong ? null : ByteBuffer.wrap(table.keyBytes(found)));
            LateFaults.raise();
            return key;
        } finally {
            cell.unpin();
        }
    }

    boolean isLive(long found) {
        return (table.tail(found) & 1) != 0;
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
        try {
            return table.keyWord(slot);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public byte[] keyBytes() {
        requirePresent();
        try {
            return table.keyBytes(slot);
        } finally {
            Reference.reachabilityFence(this);
        }
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
        try {
            reader.verify(copier, slot, tail, offset, length);
        } finally {
            Reference.reachabilityFence(this); // else the pin may come down meanwhile
        }
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
            held.active = false;
            leaks.forget(held);
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
