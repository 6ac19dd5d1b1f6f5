package io.regionstore.proof;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.device.MappedMedium;
import io.regionstore.engine.SimulatedMedia;
import io.regionstore.memory.Memory;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.HeaderCopies;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A workload as it ran on a simulated machine: for each operation, where in the trace it began and was acknowledged. */
final class Run implements AutoCloseable {
    /**
     * One operation.
     *
     * @param begin  position in the trace before it
     * @param end    position when it was acknowledged
     * @param before the records it found
     * @param after  the records it left
     * @param from   domain of the session that it began in
     * @param to     domain of the session that it ended in
     */
    record Step(Op op, int begin, int end, Map<String, Stored> before, Map<String, Stored> after, FailureDomain from,
                FailureDomain to) {
        boolean survivesPowerLossAt(int position) {
            return to == FailureDomain.PLATFORM && (from == FailureDomain.PLATFORM || position == end);
        }
    }

    final Machine machine;
    final List<Step> steps = new ArrayList<>();
    final Map<String, Long> highest = new HashMap<>();
    private final Actors actors;
    private FailureDomain domain;
    private RegionStore store;
    private Map<String, Stored> state = new TreeMap<>();

    Run(int slots, int regionBytes, FailureDomain domain, Actors actors, UnaryOperator<Memory> fault) {
        this(slots, regionBytes, domain, actors, fault, false);
    }

    Run(int slots, int regionBytes, FailureDomain domain, Actors actors, UnaryOperator<Memory> fault, boolean separate) {
        machine = new Machine(emptyStore(slots, regionBytes, domain), 1, separate).with(fault);
        this.actors = actors;
        this.domain = domain;
        store = SimulatedMedia.open(machine, domain, Mode.OPEN);
    }

    /** A store as create leaves it, of always the same instance, so that a seed always gives the same run. */
    static Image emptyStore(int slots, int regionBytes, FailureDomain domain) {
        int metadataBytes = (int) HeaderDescriptor.TABLE + slots * 32;
        Machine maker = new Machine(Image.blank(regionBytes, metadataBytes), 1);
        StoreHeader.Region region = new StoreHeader.Region(MappedMedium.Kind.DAX_FILE.ordinal(), -1, regionBytes, 7,
                Image.REGION, 0, "/simulated/region");
        new HeaderCopies(maker.memory(Image.METADATA, false), "new metadata").write(new StoreHeader(
                new UUID(0x5EED, 0x5EED), 1, 0, 0, slots, metadataBytes, true, domain, region, maker.boot(), 0));
        return maker.trace().visible(maker.trace().size());
    }

    void run(List<Op> ops) {
        ops.forEach(this::run);
    }

    void run(Op op) {
        int begin = machine.trace().size();
        Map<String, Stored> before = state;
        FailureDomain from = domain;
        Map<String, Stored> after = new TreeMap<>(state);
        actors.run(op.actor(), () -> applyIfThereIsRoom(op, after));
        state = after;
        steps.add(new Step(op, begin, machine.trace().size(), before, after, from, domain));
    }

    private void applyIfThereIsRoom(Op op, Map<String, Stored> after) {
        try {
            apply(op, after);
        } catch (RegionStoreException e) {
            if (e.code() != ErrorCode.REGION_FULL && e.code() != ErrorCode.METADATA_FULL) {
                throw e;
            }
        }
    }

    private void apply(Op op, Map<String, Stored> after) {
        byte[] payload = Stored.bytes(steps.size() * 1000L + op.length(), op.length());
        switch (op.kind()) {
            case PUT, COMMIT -> {
                long version = op.kind() == Op.Kind.PUT ? Records.put(store, op.key(), payload)
                        : commit(op.key(), payload);
                highest.merge(op.key(), version, Math::max);
                after.put(op.key(), new Stored(version, Stored.text(payload)));
            }
            case PUT_IF_ABSENT -> {
                long version = Records.putIfAbsent(store, op.key(), payload);
                if (version != RegionStore.ABSENT) {
                    highest.merge(op.key(), version, Math::max);
                    after.put(op.key(), new Stored(version, Stored.text(payload)));
                }
            }
            case ABANDON -> {
                try (Reservation reservation = store.reserve(payload.length, 8)) {
                    reservation.segment().copyFrom(MemorySegment.ofArray(payload));
                }
            }
            case DELETE -> {
                Records.delete(store, op.key());
                after.remove(op.key());
            }
            case REOPEN -> reopen(domain);
            case REOPEN_KERNEL -> reopen(FailureDomain.KERNEL);
            case REOPEN_PLATFORM -> reopen(FailureDomain.PLATFORM);
        }
    }

    private long commit(String key, byte[] payload) {
        try (Reservation reservation = store.reserve(payload.length, 8)) {
            reservation.segment().copyFrom(MemorySegment.ofArray(payload));
            return Records.isLong(key) ? reservation.commit(Records.number(key))
                    : reservation.commit(Records.name(key));
        }
    }

    private void reopen(FailureDomain next) {
        store.close();
        domain = next;
        store = SimulatedMedia.open(machine, domain, Mode.OPEN);
    }

    /** Whether a power loss at a position must not lose anything. */
    boolean survivesPowerLossAt(int position) {
        return steps.stream().filter(step -> position >= step.begin() && position <= step.end())
                .allMatch(step -> step.survivesPowerLossAt(position));
    }

    FailureDomain domain() {
        return domain;
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return steps.stream().map(Step::op).toList().toString();
    }
}
