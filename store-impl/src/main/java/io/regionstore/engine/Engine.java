package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RecordVisitor;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.SpaceReport;
import io.regionstore.StoreHealth;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.device.MappedMedium;
import io.regionstore.index.IndexWalk;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.CallerMemory;
import io.regionstore.memory.Memory;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotDescriptor;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * An open store: checks arguments and turns operations into reads ({@link RecordReader}) and writes
 * ({@link RecordWriter}); opens nothing, owns everything until it is closed.
 */
final class Engine implements RegionStore {
    private final StoreParts parts;
    private final RecordWriter writer;
    private final RecordReader reader;
    private final Lanes lanes;
    private final RecordIndex index;
    private final ExtentAllocator extents;
    private final SlotAllocator slots;
    private final SlotTable table;
    private final Memory region;
    private final Pins pins = new Pins();
    private final MemorySegment readOnlyRegion;
    private final Leaks leaks;
    private final Object closing = new Object();
    private boolean settled;

    Engine(StoreParts parts) {
        this.parts = parts;
        lanes = parts.lanes();
        index = parts.index();
        extents = parts.extents();
        slots = parts.slots();
        table = parts.table();
        region = parts.region();
        readOnlyRegion = region.segment().asReadOnly();
        leaks = new Leaks(parts.health(), parts.config().trackLeaks());
        writer = new RecordWriter(parts, pins);
        reader = new RecordReader(parts.table(), parts.index(), parts.region(), parts.unverified(),
                parts.header().seed());
    }

    CommitProtocol commits() {
        return parts.commits();
    }

    @Override
    public long put(long key, MemorySegment payload) {
        return put(key, null, RecordWriter.ANY_VERSION, payload);
    }

    @Override
    public long put(MemorySegment key, MemorySegment payload) {
        return put(0, requireKey(key), RecordWriter.ANY_VERSION, payload);
    }

    @Override
    public long putIfVersion(long key, long expectedVersion, MemorySegment payload) {
        return put(key, null, requireVersion(expectedVersion), payload);
    }

    @Override
    public long putIfVersion(MemorySegment key, long expectedVersion, MemorySegment payload) {
        return put(0, requireKey(key), requireVersion(expectedVersion), payload);
    }

    private long put(long longKey, MemorySegment key, long expected, MemorySegment payload) {
        try {
            return writer.put(longKey, key, expected, payload);
        } catch (RegionStoreException e) {
            if (!gaveBack(e)) {
                throw e;
            }
            return writer.put(longKey, key, expected, payload);
        }
    }

    @Override
    public long get(long key, MemorySegment destination, long destinationOffset) {
        lanes.requireOpen();
        requireOffset(destinationOffset);
        try {
            return reader.copy(key, destination, destinationOffset);
        } catch (RuntimeException e) {
            throw explained(e, null, destination);
        }
    }

    @Override
    public long get(MemorySegment key, MemorySegment destination, long destinationOffset) {
        lanes.requireOpen();
        requireOffset(destinationOffset);
        try {
            return reader.copy(requireKey(key), destination, destinationOffset);
        } catch (RuntimeException e) {
            throw explained(e, key, destination);
        }
    }

    @Override
    public boolean get(long key, RecordView view) {
        return pinned(view).show(key);
    }

    @Override
    public boolean get(MemorySegment key, RecordView view) {
        return pinned(view).show(requireKey(key));
    }

    private PinnedView pinned(RecordView view) {
        if (view instanceof PinnedView pinned && pinned.engine() == this) {
            return pinned;
        }
        throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT,
                "view: expected one made by this store's newView, found " + view);
    }

    @Override
    public boolean contains(long key) {
        return version(key) != ABSENT;
    }

    @Override
    public boolean contains(MemorySegment key) {
        return version(key) != ABSENT;
    }

    @Override
    public long version(long key) {
        lanes.requireOpen();
        try {
            return reader.version(key);
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    @Override
    public long version(MemorySegment key) {
        lanes.requireOpen();
        try {
            return reader.version(requireKey(key));
        } catch (RuntimeException e) {
            throw explained(e, key, null);
        }
    }

    @Override
    public boolean delete(long key) {
        return writer.delete(key, null, RecordWriter.ANY_VERSION);
    }

    @Override
    public boolean delete(MemorySegment key) {
        return writer.delete(0, requireKey(key), RecordWriter.ANY_VERSION);
    }

    @Override
    public boolean deleteIfVersion(long key, long expectedVersion) {
        return writer.delete(key, null, requireVersion(expectedVersion));
    }

    @Override
    public boolean deleteIfVersion(MemorySegment key, long expectedVersion) {
        return writer.delete(0, requireKey(key), requireVersion(expectedVersion));
    }

    @Override
    public Reservation reserve(long length, long alignment) {
        RegionStoreBuilder.requireAlignment(alignment);
        return reserved(length, alignment);
    }

    private Reservation reserved(long length, long alignment) {
        leaks.giveBack();
        ExtentReservation made = new ExtentReservation(this, writer, parts.health(), leaks, length);
        try {
            return made.take(alignment);
        } catch (RegionStoreException e) {
            if (!gaveBack(e)) {
                throw e;
            }
            return made.take(alignment);
        }
    }

    /** Whether there may be room now where there was none: some views and reservations had leaked. */
    private boolean gaveBack(RegionStoreException e) {
        return (e.code() == ErrorCode.REGION_FULL || e.code() == ErrorCode.METADATA_FULL) && leaks.giveBack() > 0;
    }

    @Override
    public RecordView newView() {
        lanes.requireOpen();
        leaks.giveBack();
        return new PinnedView(this, pins, reader, leaks);
    }

    @Override
    public void forEach(RecordVisitor visitor) {
        lanes.requireOpen();
        try (PinnedView view = new PinnedView(this, pins, reader, leaks)) {
            new RecordWalk(new IndexWalk(index), view, visitor).run();
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    @Override
    public long size() {
        lanes.requireOpen();
        try {
            return index.size();
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    @Override
    public void sync() {
        lanes.requireOpen();
        parts.commits().sync();
    }

    @Override
    public RecoveryReport recovery() {
        return parts.report();
    }

    @Override
    public StoreHealth health() {
        if (!isClosed()) {
            leaks.giveBack();
        }
        return parts.health().now();
    }

    @Override
    public SpaceReport space() {
        lanes.requireOpen();
        leaks.giveBack();
        try {
            long payload = parts.payloadBytes();
            long padding = parts.paddingBytes();
            for (Lane lane : lanes.all()) {
                payload += lane.payloadBytes;
                padding += lane.paddingBytes;
            }
            long free = extents.freeBytes();
            long used = slots.usedSlots();
            return new SpaceReport(region.size(), payload, padding, free, region.size() - payload - padding - free,
                    extents.largestFreeExtent(GRANULE), index.size(), used, slots.limit(),
                    used * SlotDescriptor.SLOT_LENGTH,
                    index.memoryBytes() + extents.memoryBytes() + slots.memoryBytes());
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    @Override
    public long largestFreeExtent(long alignment) {
        RegionStoreBuilder.requireAlignment(alignment);
        leaks.giveBack();
        writer.reclaim();
        try {
            return extents.largestFreeExtent(alignment);
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    /** A call that failed can be repeated: it then releases what is still open, and writes nothing. */
    @Override
    public void close() {
        lanes.close();
        synchronized (closing) {
            try {
                if (!settled) {
                    settled = true;
                    settle();
                }
            } finally {
                endReservations();
                parts.resources().close();
            }
        }
    }

    /**
     * The region is not unmapped, nor unlocked, while somebody can write to it through a reservation. Waits for those whose
     * segment only another thread can end, and for system calls, but not for ever.
     */
    private void endReservations() {
        long end = System.nanoTime() + MappedMedium.CLOSE_NANOS;
        boolean collected = false;
        for (Leaks.Held held : leaks.all()) {
            while (held.get() instanceof Grant grant) {
                try {
                    grant.revoke();
                    break;
                } catch (RegionStoreException e) {
                    if (System.nanoTime() > end) {
                        throw new RegionStoreException(ErrorCode.IO_ERROR, parts.config().region() + ": expected that no"
                                + " reservation can be written to any more, found one after " + MappedMedium.CLOSE_NANOS
                                / 1_000_000_000 + " s; end it, then close the store again: until then it takes no more"
                                + " operations, and stays mapped and locked", e);
                    }
                    if (!collected) {
                        collected = true;
                        System.gc(); // it may have leaked
                    }
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }
    }

    /** Makes durable what was acknowledged. Only a store that is sound says that it was closed: else the next open looks. */
    private void settle() {
        if (!writer.failed()) { // else the next open tidies up; and the medium that is written to may be gone
            for (Lane lane : lanes.all()) {
                parts.commits().settle(lane);
            }
        }
        parts.commits().sync();
        if (!writer.failed()) {
            StoreHeader header = writer.header();
            parts.commits().writeHeader(header.closed(Math.max(index.highestVersion(), 0), index.size()));
        }
    }

    void requireOpen() {
        lanes.requireOpen();
    }

    MemorySegment region() {
        return region.segment();
    }

    MemorySegment readOnlyRegion() {
        return readOnlyRegion;
    }

    /** A segment that another thread closed under a read says so with IllegalStateException. */
    RuntimeException closedOr(IllegalStateException e) {
        lanes.requireOpen();
        return e;
    }

    /**
     * Says what an exception of a read means: the store was closed, or a segment of the caller's cannot be used.
     *
     * @param key         given by the caller, or null
     * @param destination given by the caller, or null
     */
    RuntimeException explained(RuntimeException e, MemorySegment key, MemorySegment destination) {
        if (e instanceof RegionStoreException) {
            return e;
        }
        lanes.requireOpen();
        RuntimeException found = key == null ? null : CallerMemory.unreadable("key", key, e);
        if (found == null && destination != null) {
            found = CallerMemory.unwritable("destination", destination, e);
        }
        return found == null ? e : found;
    }

    private static void requireOffset(long destinationOffset) {
        if (destinationOffset < 0) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "destinationOffset: expected 0 or more, found "
                    + destinationOffset);
        }
    }

    private static long requireVersion(long version) {
        if (version < 1 && version != ABSENT) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT,
                    "expectedVersion: expected a positive version or ABSENT (" + ABSENT + "), found " + version);
        }
        return version;
    }

    long seed() {
        return parts.header().seed();
    }

    boolean isClosed() {
        return lanes.isClosed();
    }

    static MemorySegment requireKey(MemorySegment key) {
        if (key.byteSize() < 1 || key.byteSize() > MAX_KEY_LENGTH) {
            throw new RegionStoreException(ErrorCode.KEY_SIZE, "key: expected 1 to " + MAX_KEY_LENGTH
                    + " bytes, found " + key.byteSize());
        }
        return key;
    }
}
