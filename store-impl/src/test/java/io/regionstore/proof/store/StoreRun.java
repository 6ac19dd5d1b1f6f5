package io.regionstore.proof.store;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.device.MappedMedium;
import io.regionstore.engine.SimulatedMedia;
import io.regionstore.log.LogFiles;
import io.regionstore.memory.Memory;
import io.regionstore.proof.FileState;
import io.regionstore.proof.History;
import io.regionstore.proof.Image;
import io.regionstore.proof.Machine;
import io.regionstore.table.HeaderCopies;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A workload as it runs on a store on a simulated machine. */
final class StoreRun implements AutoCloseable {
    /**
     * What it runs on.
     *
     * @param directory   whether the metadata is in files
     * @param relaxed     whether commits wait for a sync
     * @param separate    whether region and metadata are flushed by different methods
     * @param slots       of the table
     * @param regionBytes of the region
     * @param domain      of the first session
     */
    record Setup(boolean directory, boolean relaxed, boolean separate, int slots, int regionBytes, FailureDomain domain) {
        static Setup inPlace(FailureDomain domain) {
            return new Setup(false, false, false, 64, 1024, domain);
        }

        static Setup inDirectory(FailureDomain domain) {
            return new Setup(true, false, false, 64, 1024, domain);
        }

        Setup withRelaxedCommits() {
            return new Setup(directory, true, separate, slots, regionBytes, domain);
        }

        Setup withSeparateFences() {
            return new Setup(directory, relaxed, true, slots, regionBytes, domain);
        }

        Setup withSizes(int moreSlots, int moreBytes) {
            return new Setup(directory, relaxed, separate, moreSlots, moreBytes, domain);
        }

        @Override
        public String toString() {
            return domain + (directory ? ", metadata in a directory" : "") + (relaxed ? ", relaxed commits" : "");
        }
    }

    private final Setup setup;
    private final Actors actors;
    private final StoreProtocol protocol;
    private final History<Map<String, Stored>> history;
    private RegionStore store;

    StoreRun(Setup setup, Actors actors) {
        this(setup, actors, UnaryOperator.identity(), UnaryOperator.identity());
    }

    StoreRun(Setup setup, Actors actors, UnaryOperator<Memory> fault, UnaryOperator<LogFiles> fileFault) {
        this.setup = setup;
        this.actors = actors;
        protocol = new StoreProtocol(setup.relaxed);
        Machine machine = new Machine(emptyStore(setup), 1, setup.separate).with(fault).withFiles(fileFault);
        history = new History<>(machine, protocol, setup.domain, new TreeMap<>());
        store = protocol.openStore(machine, setup.domain);
    }

    /** Another thread's run on the store of this one, which stays its owner; their keys must differ. */
    StoreRun beside() {
        return new StoreRun(this);
    }

    private StoreRun(StoreRun owner) {
        setup = owner.setup;
        actors = owner.actors;
        protocol = owner.protocol;
        history = new History<>(owner.history.machine(), protocol, setup.domain, new TreeMap<>());
        store = owner.store;
    }

    /** A store as create leaves it, of always the same instance, so that a seed always gives the same run. */
    static Image emptyStore(Setup setup) {
        int metadataBytes = setup.directory ? 0 : (int) HeaderDescriptor.TABLE + setup.slots * 32;
        Image blank = Image.blank(setup.regionBytes, metadataBytes)
                .with(setup.directory ? new FileState() : null);
        Machine maker = new Machine(blank, 1);
        StoreHeader.Region region = new StoreHeader.Region(MappedMedium.Kind.DAX_FILE.ordinal(), -1, setup.regionBytes,
                7, Image.REGION, 0, "/simulated/region");
        StoreHeader header = new StoreHeader(new UUID(0x5EED, 0x5EED), 1, 0, 0, setup.slots, metadataBytes, true,
                setup.domain, region, maker.boot(), 0);
        if (setup.directory) {
            SimulatedMedia.makeDirectory(maker, header);
        } else {
            new HeaderCopies(maker.memory(Image.METADATA, false), "new metadata").write(header);
        }
        return maker.trace().visible(maker.trace().size());
    }

    void run(List<Op> ops) {
        ops.forEach(this::run);
    }

    void run(Op op) {
        boolean reopens = op.kind() == Op.Kind.REOPEN || op.kind() == Op.Kind.REOPEN_TO;
        FailureDomain next = op.kind() == Op.Kind.REOPEN_TO ? op.domain() : history.domain();
        boolean settles = !setup.relaxed || reopens || op.kind() == Op.Kind.SYNC;
        history.step(op.toString(), next, settles, () -> {
            Map<String, Stored> after = new TreeMap<>(history.state());
            actors.run(op.actor(), () -> applyIfThereIsRoom(op, next, after));
            return after;
        });
        SimulatedMedia.awaitQuiet(store);
    }

    private void applyIfThereIsRoom(Op op, FailureDomain next, Map<String, Stored> after) {
        try {
            apply(op, next, after);
        } catch (RegionStoreException e) {
            if (e.code() != ErrorCode.REGION_FULL && e.code() != ErrorCode.METADATA_FULL) {
                throw e;
            }
        }
    }

    private void apply(Op op, FailureDomain next, Map<String, Stored> after) {
        byte[] payload = Stored.bytes(history.steps().size() * 1000L + op.length(), op.length());
        switch (op.kind()) {
            case PUT -> stored(op.key(), Records.put(store, op.key(), payload), payload, after);
            case COMMIT -> stored(op.key(), commit(op.key(), payload), payload, after);
            case PUT_IF_ABSENT -> stored(op.key(), Records.putIf(store, op.key(), RegionStore.ABSENT, payload), payload,
                    after);
            case PUT_IF_SAME -> stored(op.key(), Records.putIf(store, op.key(), version(op.key()), payload), payload,
                    after);
            case ABANDON -> {
                try (Reservation reservation = store.reserve(payload.length, 8)) {
                    reservation.segment().copyFrom(MemorySegment.ofArray(payload));
                }
            }
            case DELETE -> {
                Records.delete(store, op.key());
                after.remove(op.key());
            }
            case DELETE_IF_SAME -> {
                Records.deleteIf(store, op.key(), version(op.key()));
                after.remove(op.key());
            }
            case SYNC -> store.sync();
            case REOPEN, REOPEN_TO -> {
                store.close();
                store = protocol.openStore(history.machine(), next);
            }
        }
    }

    private long version(String key) {
        Stored stored = history.state().get(key);
        return stored == null ? RegionStore.ABSENT : stored.version();
    }

    private void stored(String key, long version, byte[] payload, Map<String, Stored> after) {
        if (version != RegionStore.ABSENT) {
            protocol.given(key, version);
            after.put(key, new Stored(version, Stored.text(payload)));
        }
    }

    private long commit(String key, byte[] payload) {
        try (Reservation reservation = store.reserve(payload.length, 8)) {
            reservation.segment().copyFrom(MemorySegment.ofArray(payload));
            return Records.isLong(key) ? reservation.commit(Records.number(key))
                    : reservation.commit(Records.name(key));
        }
    }

    History<Map<String, Stored>> history() {
        return history;
    }

    @Override
    public void close() {
        store.close();
    }
}
