package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RecoveryListener.Phase;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.Verdict;
import io.regionstore.device.MappedMedium;
import io.regionstore.device.Presence;
import io.regionstore.device.RegionOwner;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.StoreHeader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Opens or creates one store: metadata first, since it says where the region must be, then the region, then recovery.
 * Nothing is written before the verdict allows it; what was opened is released when something fails.
 */
final class StoreOpener {
    private static final System.Logger LOGGER = System.getLogger("io.regionstore");

    private final StoreConfig config;
    private final Mode mode;
    private final Media media;
    private final Resources resources = new Resources();
    private final long started = System.nanoTime();
    /** Takes back the store that this made, or began to make; does nothing as long as it has not. */
    private Runnable undoStore = () -> { };
    /** Removes what a directory of metadata got from this, when there is no store in it. */
    private Runnable undoDirectory = () -> { };

    private StoreRecovery recovery;

    private StoreOpener(StoreConfig config, Mode mode, Media media) {
        this.config = config;
        this.mode = mode;
        this.media = media;
    }

    /** An interrupt would close the files that are read: it is put off until the store is open, and kept. */
    static RegionStore open(StoreConfig config, Mode mode, Media media) {
        boolean interrupted = Thread.interrupted();
        try {
            return openUninterrupted(config, mode, media);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RegionStore openUninterrupted(StoreConfig config, Mode mode, Media media) {
        StoreOpener opener = new StoreOpener(config, mode, media);
        boolean opened = false;
        try {
            config.listener().progress(Phase.MEDIA, 0, 1);
            RegionStore store = config.metadata() instanceof Medium.Directory directory
                    ? opener.inDirectory(directory) : opener.inPlace();
            opened = true;
            return store;
        } catch (InternalError e) { // what HotSpot makes of a load that the memory does not answer
            throw opener.resources.explain(e, config.metadata());
        } finally {
            if (!opened) {
                opener.takeBack();
                opener.resources.close();
            }
        }
    }

    /**
     * Leaves what was there before, while the locks still keep others away: a new store has taken no record. First the store
     * goes, then what it was made in: a crash in between, or a medium that fails here too, leaves an empty store with its
     * region, or media that count as blank.
     */
    private void takeBack() {
        if (recovery != null && recovery.ownsRegion()) {
            return; // the store is whole; without it the region would name an owner that is nowhere
        }
        try {
            undoStore.run();
            undoDirectory.run();
            resources.removeCreated();
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, config.metadata() + ": what opening made could not be removed; open the"
                    + " store there, or remove it", e);
        }
    }

    private Engine inPlace() {
        Media.OpenMedium medium = resources.add(media.open(config.metadata(), mode != Mode.OPEN, null));
        FlushMethod method = medium.method(config.failureDomain());
        Memory memory = medium.memory(config.failureDomain(), medium.identity().length());
        InPlaceMetadata metadata = InPlaceMetadata.on(memory, method, medium.identity().path());
        if (medium.isNew()) { // a load from a hole needs a page on tmpfs, and there may be none
            medium.reserve(config.sparse() ? HeaderDescriptor.TABLE : memory.size());
        }
        if (metadata.creates(mode, config, medium::nextData)) {
            long capacity = metadata.capacityFor(config);
            medium.reserve(config.sparse() ? InPlaceMetadata.usedLength(capacity) : memory.size());
            Optional<RegionOwner> earlier = RegionClaim.requireUnowned(config, medium);
            RegionSide region = RegionSide.create(config, media, medium, resources);
            StoreHeader header = newHeader(region, capacity, metadata.metadataLength());
            if (earlier.isPresent()) { // its bytes are overwritten from here on: it must learn of that first
                RegionClaim.take(medium, header, config.metadata());
            }
            undoStore = metadata::undoFormat;
            metadata.format(header);
            Engine engine = recover(metadata, region, medium.presence(), true);
            recordDevice(medium, header);
            return engine;
        }
        metadata.load();
        if (!metadata.header().clean() && method == FlushMethod.PAGES) { // write-back may have failed without a trace
            medium.dropCache();
            metadata = InPlaceMetadata.on(memory, method, medium.identity().path());
            metadata.load();
        }
        return recover(metadata, openRegion(metadata, medium), medium.presence(), false);
    }

    /** So that nobody takes the metadata of a store for a blank region: a device has no name to tell it by. */
    private void recordDevice(Media.OpenMedium metadata, StoreHeader header) {
        if (metadata.identity().kind() == MappedMedium.Kind.DEVICE_DAX) {
            try {
                RegionClaim.take(metadata, header, config.metadata());
            } catch (RegionStoreException e) {
                LOGGER.log(System.Logger.Level.WARNING, metadata.identity().path() + ": it could not be recorded that a store"
                        + " has its metadata there", e);
            }
        }
    }

    private Engine inDirectory(Medium.Directory directory) {
        DirectoryMetadata metadata = new DirectoryMetadata(directory.path(), config, media, resources);
        metadata.requireDomain();
        undoDirectory = metadata::removeIfMade;
        if (metadata.creates(mode)) {
            long capacity = metadata.capacityFor();
            RegionSide region = RegionSide.create(config, media, null, resources);
            StoreHeader header = newHeader(region, capacity, 0);
            undoStore = metadata::undoCreate;
            metadata.create(header);
            return recover(metadata, region, metadata.presence(), true);
        }
        metadata.load();
        return recover(metadata, openRegion(metadata, null), metadata.presence(), false);
    }

    private RegionSide openRegion(MetadataSide metadata, Media.OpenMedium beside) {
        RegionSide region = RegionSide.open(config, media, metadata.header(), beside, resources, relocation);
        if (!metadata.header().clean() && region.method() == FlushMethod.PAGES) {
            region.medium().dropCache();
        }
        config.listener().progress(Phase.MEDIA, 1, 1);
        return region;
    }

    private final java.util.ArrayList<String> relocation = new java.util.ArrayList<>();

    private StoreHeader newHeader(RegionSide region, long slotCapacity, long metadataLength) {
        return new StoreHeader(UUID.randomUUID(), 1, 0, 0, slotCapacity, metadataLength, true, config.failureDomain(),
                region.record(), media.boot(), System.currentTimeMillis(), 0);
    }

    private Engine recover(MetadataSide metadata, RegionSide region, Presence ofMetadata, boolean created) {
        recovery = new StoreRecovery(config, metadata, region, media.boot(), resources);
        recovery.addNotes(relocation);
        recovery.addNotes(media.takeNotes());
        List<Presence> watched = List.of(region.medium().presence(), ofMetadata);
        StoreParts parts = recovery.run(report -> report(report, created));
        Engine engine = new Engine(parts);
        Watch.over(watched, parts.health(), resources);
        return engine;
    }

    private RecoveryReport report(RecoveryReport r, boolean created) {
        Duration duration = Duration.ofNanos(System.nanoTime() - started);
        List<String> notes = r.notes();
        return new RecoveryReport(created ? Verdict.CREATED : r.verdict(), r.kept(), r.rolledBack(), r.rejected(),
                r.payloadsVerified(), r.payloadsDeferred(), r.damaged(), r.damagedCount(), notes, duration);
    }
}
