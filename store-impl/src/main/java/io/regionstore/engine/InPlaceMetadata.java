package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import io.regionstore.recovery.SlotSet;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.HeaderCopies;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.IntentLines;
import io.regionstore.table.SlotDescriptor;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/** Metadata in a dax device or a mapped file: header copies, intent lines and table, see {@link HeaderDescriptor}. */
final class InPlaceMetadata implements MetadataSide {
    private static final long SMALLEST = HeaderDescriptor.TABLE + 64L * SlotDescriptor.SLOT_LENGTH;

    /** Bytes looked at before holes are looked for again. */
    private static final long STRETCH = 64 << 10;

    private final Memory memory;
    private final String resource;
    private final FlushMethod method;
    private final boolean flushes;
    private final HeaderCopies copies;
    private final IntentLines intents;
    private final List<String> notes = new ArrayList<>();
    private StoreHeader header;
    private SlotTable table;

    private InPlaceMetadata(Memory memory, String resource, FlushMethod method) {
        this.memory = memory;
        this.resource = resource;
        this.method = method;
        this.flushes = method != FlushMethod.NONE;
        copies = new HeaderCopies(memory, resource);
        intents = new IntentLines(memory, HeaderDescriptor.INTENTS, HeaderDescriptor.MAX_LANES);
    }

    /**
     * @param memory   the medium
     * @param method   what its flushes do
     * @param resource its name
     */
    static InPlaceMetadata on(Memory memory, FlushMethod method, String resource) {
        if (memory.size() < SMALLEST) {
            throw new RegionStoreException(ErrorCode.METADATA_TRUNCATED, resource + ": expected at least " + SMALLEST
                    + " bytes for metadata, found " + memory.size() + "; give a larger slice or file");
        }
        return new InPlaceMetadata(memory, resource, method);
    }

    /**
     * Whether a store is to be made, by the mode and by what is there. Writes nothing.
     *
     * @param nextData where the next data of the medium may be, or -1: see {@link Media.OpenMedium#nextData}
     */
    boolean creates(Mode mode, StoreConfig config, LongUnaryOperator nextData) {
        boolean blank = copies.isUnfinished()
                || copies.isBlank() && (mode == Mode.OPEN || isZeroBehindHeaders(nextData));
        if (mode == Mode.CREATE) {
            if (copies.hasMagic()) {
                throw new RegionStoreException(ErrorCode.ALREADY_EXISTS, resource + ": expected no store, found one;"
                        + " open it, or name another medium");
            }
            boolean file = config.metadata() instanceof Medium.File;
            if (!blank && (file || !config.overwriteRegion())) {
                throw new RegionStoreException(ErrorCode.METADATA_FOREIGN, resource + (file ? ": expected a new or empty"
                        + " file, found other bytes; name another file" : ": expected a device that is blank, found other"
                        + " bytes, which may be another program's; name another slice, or use overwriteRegion() to give"
                        + " them up; nothing was changed"));
            }
            return true;
        }
        if (blank && mode == Mode.OPEN) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, resource + ": expected the metadata of a store, found"
                    + " zeros; create a store first, or name the right medium");
        }
        return blank;
    }

    /**
     * Headers of zeros may be the start of something else, a disk image for example, that format would overwrite. Holes are
     * left out: on tmpfs a load gives each its page.
     */
    private boolean isZeroBehindHeaders(LongUnaryOperator nextData) {
        for (long data = nextData.applyAsLong(0); data != -1; data = nextData.applyAsLong(data)) {
            long end = Math.min(memory.size() - 7, (data & -STRETCH) + STRETCH);
            for (data &= -8; data < end; data += 8) {
                if (memory.getLong(data) != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    long capacityFor(StoreConfig config) {
        // a header with more slots would not be read back
        long room = Math.min(SlotDescriptor.MAX_SLOTS,
                (memory.size() - HeaderDescriptor.TABLE) / SlotDescriptor.SLOT_LENGTH);
        // by default a third stays free, for an index and maps in place
        long slots = config.slotCapacity() == 0 ? Math.max(64, room * 2 / 3 & -64) : config.slotCapacity() + 63 & -64;
        if (slots > room) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, resource + ": expected a slotCapacity of at most "
                    + (room & -64) + " for a medium of " + memory.size() + " bytes, found " + config.slotCapacity());
        }
        return slots;
    }

    long metadataLength() {
        return memory.size();
    }

    /** @return bytes from the start that a store of that many slots writes to */
    static long usedLength(long slotCapacity) {
        return HeaderDescriptor.TABLE + slotCapacity * SlotDescriptor.SLOT_LENGTH;
    }

    /**
     * Makes an empty store. A crash before the header is durable leaves a medium that counts as blank. The bytes of an
     * earlier tenant are cleared first, so that none of them claims to be a slot.
     */
    void format(StoreHeader created) {
        copies.beginCreate();
        long end = usedLength(created.slotCapacity());
        for (long at = HeaderDescriptor.INTENTS; at < end; at += 8) {
            if (memory.getLong(at) != 0) {
                memory.putLong(at, 0);
            }
        }
        memory.flush(HeaderDescriptor.INTENTS, end - HeaderDescriptor.INTENTS);
        memory.fence();
        copies.create(created);
        use(created);
    }

    /** Takes back what {@link #format} made, or half made. */
    void undoFormat() {
        copies.undoCreate();
    }

    /** Reads the header of an existing store. Writes nothing. */
    void load() {
        StoreHeader found = copies.read(notes);
        long end = usedLength(found.slotCapacity());
        if (found.metadataLength() > memory.size() || found.slotCapacity() < 64 || end > found.metadataLength()) {
            throw new RegionStoreException(ErrorCode.METADATA_TRUNCATED, resource + ": expected " + Math.max(end,
                    found.metadataLength()) + " bytes of metadata for " + found.slotCapacity() + " slots, found "
                    + memory.size() + "; give the whole medium that the store was created on");
        }
        use(found);
    }

    private void use(StoreHeader found) {
        header = found;
        table = new SlotTable(memory, HeaderDescriptor.TABLE, found.slotCapacity());
    }

    @Override
    public StoreHeader header() {
        return header;
    }

    @Override
    public SlotTable table() {
        return table;
    }

    @Override
    public long slots() {
        return table.capacity();
    }

    @Override
    public long maximumSlots() {
        return table.capacity();
    }

    @Override
    public void forEachIntent(LongConsumer visitor) {
        intents.forEach(visitor);
    }

    @Override
    public boolean restored() {
        return false;
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    /** See {@link Memory#rewrite}. A page of zeros was never used since format, which is durable: that page is left out. */
    private void rewriteTable() {
        long end = usedLength(table.capacity());
        for (long page = HeaderDescriptor.TABLE & -Memory.SMALLEST_PAGE; page < end; page += Memory.SMALLEST_PAGE) {
            if (isUsed(page, Math.min(end, page + Memory.SMALLEST_PAGE))) {
                memory.rewrite(page, 1);
            }
        }
    }

    private boolean isUsed(long from, long to) {
        for (long at = from; at < to; at += 8) {
            if (memory.getLong(at) != 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public CommitProtocol begin(boolean flushFirst, SlotSet retired, StoreHeader session, Parts parts) {
        if (flushes && flushFirst) {
            if (method == FlushMethod.PAGES) {
                rewriteTable();
            }
            table.flush(0, table.capacity());
            memory.fence();
        }
        retired.forEach(slot -> {
            table.retire(slot);
            if (flushes) {
                table.flush(slot, 1);
            }
        });
        // the retirements are durable before the intents that excuse some of them are forgotten
        memory.fence();
        intents.clear();
        copies.write(session);
        header = session;
        return new InPlaceCommit(table, parts.slots(), parts.index(), parts.region(), copies, intents, resource,
                parts.flushRegion(), flushes, parts.method() != method);
    }
}
