package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.device.MappedMedium;
import io.regionstore.device.MediumIdentity;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import io.regionstore.recovery.Placement;
import io.regionstore.table.StoreHeader;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The region, open.
 *
 * @param medium    open and locked
 * @param memory    as much of it as the store uses
 * @param method    how the store's domain needs it flushed
 * @param placement whether it is the region that the metadata describes
 * @param relocated whether it was found in another place than the caller named
 * @param doubtful  whether another store, or a session that the metadata knows nothing of, used it since: then only the
 *                  payloads can tell what is left of the records
 */
record RegionSide(Media.OpenMedium medium, Memory memory, FlushMethod method, Placement placement, boolean relocated,
                  boolean doubtful) {
    /** Names change from boot to boot: so may fail who opens another device than the one that holds the region. */
    private static final Set<ErrorCode> OTHER_DEVICE = EnumSet.of(ErrorCode.NOT_FOUND, ErrorCode.OUT_OF_BOUNDS,
            ErrorCode.WRONG_DRIVER, ErrorCode.SEVERAL_RANGES, ErrorCode.EMPTY_RANGE);

    /** Opens the region of a new store. Everything that can be wrong with it is found before the store is made. */
    static RegionSide create(StoreConfig config, Media media, Media.OpenMedium metadata, Resources resources) {
        if (config.region() instanceof Medium.File file) { // before a file of that length is made
            requireLength(file.path().toString(), file.length());
        }
        Media.OpenMedium medium = resources.add(media.open(config.region(), true, metadata));
        if (medium.identity().length() < RegionStore.GRANULE) {
            throw new RegionStoreException(ErrorCode.EMPTY_RANGE, medium.identity().path() + ": expected a region of at"
                    + " least " + RegionStore.GRANULE + " bytes, found " + medium.identity().length());
        }
        requireLength(medium.identity().path(), medium.identity().length());
        if (!config.overwriteRegion() && !medium.isNew()) { // a look at a new file's pages would take some, on hugetlbfs
            RegionClaim.requireBlank(medium);
        }
        if (!config.sparse()) {
            medium.reserve(medium.identity().length());
        }
        return of(config, medium, medium.identity().length() & -8, Placement.SAME, false);
    }

    private static void requireLength(String path, long length) {
        if (length > ExtentAllocator.MAX_REGION) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, path + ": expected a region of at most "
                    + ExtentAllocator.MAX_REGION + " bytes (64 TiB), found " + length + "; give a length, or a slice of the"
                    + " device");
        }
    }

    /**
     * Opens the region that a header describes: where the caller says or, if that is another physical range, where that
     * range is now.
     */
    static RegionSide open(StoreConfig config, Media media, StoreHeader header, Media.OpenMedium metadata,
                           Resources resources, List<String> notes) {
        RegionSide found = find(config, media, header.region(), metadata, resources, notes);
        boolean doubtful = RegionClaim.isDoubtful(found.medium, found.placement, header, config.overwriteRegion(), notes);
        return new RegionSide(found.medium, found.memory, found.method, found.placement, found.relocated, doubtful);
    }

    private static RegionSide find(StoreConfig config, Media media, StoreHeader.Region recorded,
                                   Media.OpenMedium metadata, Resources resources, List<String> notes) {
        Media.OpenMedium named = null;
        RegionStoreException failure = null;
        try {
            named = resources.add(media.open(config.region(), false, metadata));
            Placement placement = Placement.judge(recorded, named.identity());
            if (placement != Placement.DIFFERENT && placement != Placement.SHRUNK) {
                return of(config, named, recorded.length(), placement, false);
            }
        } catch (RegionStoreException e) {
            if (!OTHER_DEVICE.contains(e.code())) {
                throw e;
            }
            failure = e;
        }
        if (failure == null) {
            failure = refused(recorded, named.identity());
        }
        Optional<Medium.Device> place = config.region() instanceof Medium.Device && recorded.physicalStart() >= 0
                ? locate(media, recorded, failure) : Optional.empty();
        if (place.isPresent()) {
            if (named != null) {
                named.close(); // its lock may cover a part of the range that is opened next
            }
            Media.OpenMedium moved = resources.add(media.open(place.get(), false, metadata));
            notes.add(String.format("the region, physical 0x%x+%d, was %s and is now in %s at %d",
                    recorded.physicalStart(), recorded.length(), recorded.path(), moved.identity().path(),
                    moved.identity().offset()));
            return of(config, moved, recorded.length(), Placement.judge(recorded, moved.identity()), true);
        }
        throw failure;
    }

    /** Where addresses are hidden, what was found at the place that the caller named is what can be told. */
    private static Optional<Medium.Device> locate(Media media, StoreHeader.Region recorded,
                                                  RegionStoreException failure) {
        try {
            return media.locate(recorded.physicalStart(), recorded.length());
        } catch (RegionStoreException e) {
            failure.addSuppressed(e);
            return Optional.empty();
        }
    }

    private static RegionStoreException refused(StoreHeader.Region recorded, MediumIdentity found) {
        boolean shrunk = Placement.judge(recorded, found) == Placement.SHRUNK;
        return new RegionStoreException(shrunk ? ErrorCode.REGION_SHRUNK : ErrorCode.WRONG_DEVICE, String.format(
                "%s: expected the region of this store, %s, found %s; %s", found.path(),
                place(recorded.physicalStart(), recorded.length(), recorded.path()),
                place(found.physicalStart(), found.length(), found.path()),
                shrunk ? whole(found) + "; nothing was changed"
                        : "name the device that holds that range, or the metadata of this region"));
    }

    /** How a region gets its length back. */
    private static String whole(MediumIdentity found) {
        return found.kind() == MappedMedium.Kind.DEVICE_DAX
                ? "boot with the memmap= parameter, or the firmware setting, that made the range, and with nokaslr if the"
                        + " kernel landed in it; or name the whole device, or the slice that the store was created on"
                : "name the file that the store was created on, with its whole length, or restore it from a copy";
    }

    private static String place(long start, long length, String path) {
        return start >= 0 ? String.format("physical 0x%x, %d bytes", start, length)
                : String.format("%s, %d bytes", path, length);
    }

    private static RegionSide of(StoreConfig config, Media.OpenMedium medium, long length, Placement placement,
                                 boolean relocated) {
        FailureDomain domain = config.failureDomain();
        return new RegionSide(medium, medium.memory(domain, length), medium.method(domain), placement, relocated,
                false);
    }

    boolean flushes() {
        return method != FlushMethod.NONE;
    }

    /** What the header records of it. */
    StoreHeader.Region record() {
        MediumIdentity id = medium.identity();
        return new StoreHeader.Region(id.kind().ordinal(), id.physicalStart(), memory.size(), id.deviceId(),
                id.inode(), id.offset(), id.path());
    }
}
