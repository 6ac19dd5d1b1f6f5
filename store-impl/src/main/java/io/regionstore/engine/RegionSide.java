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
import io.regionstore.device.RegionOwner;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import io.regionstore.recovery.Placement;
import io.regionstore.table.StoreHeader;
import java.time.Instant;
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
    private static final long MAX_REGION = ExtentAllocator.MAX_REGION;
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
            requireBlank(medium);
        }
        if (!config.sparse()) {
            medium.reserve(medium.identity().length());
        }
        return of(config, medium, medium.identity().length() & -8, Placement.SAME, false);
    }

    private static void requireLength(String path, long length) {
        if (length > MAX_REGION) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, path + ": expected a region of at most " + MAX_REGION
                    + " bytes (64 TiB), found " + length + "; give a length, or a slice of the device");
        }
    }

    /** Whatever is in a region may be somebody's. No byte of it can say whose: that is kept outside. */
    private static void requireBlank(Media.OpenMedium medium) {
        Optional<RegionOwner> owner = medium.owner();
        long data = medium.firstData();
        if (owner.isEmpty() && data < 0) {
            return;
        }
        throw new RegionStoreException(ErrorCode.REGION_NOT_BLANK, medium.identity().path() + ": expected a blank region for"
                + " a new store, found " + (data < 0 ? "no data, but an owner" : "data at byte " + data) + ": "
                + owner.map(found -> "it is the region of " + found.describe() + "; to use that store, give the builder"
                        + " that metadata")
                .orElse("no store is recorded as its owner, so it may belong to another program, or to a store of an earlier"
                        + " release")
                + "; to make a new store, name another region; to give up what is there, use overwriteRegion(); nothing was"
                + " changed");
    }

    /**
     * Opens the region that a header describes: where the caller says or, if that is another physical range, where that
     * range is now.
     */
    static RegionSide open(StoreConfig config, Media media, StoreHeader header, Media.OpenMedium metadata,
                           Resources resources, List<String> notes) {
        RegionSide found = find(config, media, header.region(), metadata, resources, notes);
        return found.judgedByOwner(config, header, notes);
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

    /**
     * What the record of the last user says. It is missing where an earlier release used the region last, where the file
     * was copied without its attributes, or where a registry was lost: then nothing is known, and nothing is refused.
     */
    private RegionSide judgedByOwner(StoreConfig config, StoreHeader header, List<String> notes) {
        Optional<RegionOwner> found;
        try {
            found = medium.owner();
        } catch (RegionStoreException e) {
            notes.add("which store used the region last is not known: " + e.getMessage());
            return this;
        }
        if (found.isEmpty()) {
            return this;
        }
        RegionOwner owner = found.get();
        if (owner.instance().equals(header.instance())) {
            if (header.session() == 0 || header.session() == owner.session()) {
                return this;
            }
            notes.add("the region was last used on " + Instant.ofEpochMilli(owner.millis()) + " by a session that this"
                    + " metadata does not know, with metadata at " + owner.metadata() + ": a crash while the store was opened,"
                    + " or a copy of the metadata; all payloads were compared");
            return doubted();
        }
        if (!config.overwriteRegion()) {
            throw taken(owner, header.region());
        }
        notes.add("the region was taken back from " + owner.describe() + "; all payloads were compared");
        return doubted();
    }

    private RegionSide doubted() {
        return new RegionSide(medium, memory, method, placement, relocated, true);
    }

    private RegionStoreException taken(RegionOwner owner, StoreHeader.Region recorded) {
        String path = medium.identity().path();
        if (placement == Placement.ELSEWHERE) {
            return new RegionStoreException(ErrorCode.WRONG_DEVICE, path + ": expected the region of this store, which was "
                    + recorded.path() + ", found that of " + owner.describe() + "; name the right region, or the metadata of this one; nothing was changed");
        }
        return new RegionStoreException(ErrorCode.REGION_TAKEN, path + ": expected the region as this store left it, found"
                + " that another store has used it since: " + owner.describe() + "; open that store, with that metadata; or,"
                + " to give it up and take the region back, open this one with overwriteRegion(), which compares every payload"
                + " (and with DamagePolicy.DROP, if some were overwritten); nothing was changed");
    }

    /**
     * Records that this store uses the region: after its header is durable and before it stores a byte in the region. A
     * crash before this leaves the earlier record. If that names this store, the next open compares all payloads; if it
     * names another store, that one opens as if nothing had happened, which is true, and this one is refused until it is
     * told overwriteRegion() again; if there was none, nothing is lost but the check. So no crash lets two stores believe
     * that the region is theirs. A record that cannot be written loses the check only, unless the region still says that it
     * is another store's.
     *
     * @param session  header of this session
     * @param metadata where it is
     * @param notes    told what went wrong
     */
    void own(StoreHeader session, Medium metadata, List<String> notes) {
        Boolean known = isOwnedBy(session);
        // The session's number need not be durable: another boot compares payloads anyway.
        boolean durably = !Boolean.TRUE.equals(known) && session.domain() != FailureDomain.PROCESS;
        try {
            medium.own(new RegionOwner(session.instance(), session.session(), System.currentTimeMillis(),
                    name(metadata)), durably);
        } catch (RegionStoreException e) {
            if (Boolean.FALSE.equals(isOwnedBy(session))) {
                throw e;
            }
            notes.add("it could not be recorded that this store uses the region, so a store that takes it will not be"
                    + " noticed: " + e.getMessage());
        }
    }

    /** @return whether the record names this store; null if there is none, or if it cannot be read */
    private Boolean isOwnedBy(StoreHeader session) {
        try {
            return medium.owner().map(owner -> owner.instance().equals(session.instance())).orElse(null);
        } catch (RegionStoreException e) {
            return null;
        }
    }

    private static String name(Medium medium) {
        if (medium instanceof Medium.Directory directory) {
            return directory.path().toAbsolutePath() + "/";
        }
        if (medium instanceof Medium.File file) {
            return file.path().toAbsolutePath().toString();
        }
        if (medium instanceof Medium.Device device) {
            return device.path().toAbsolutePath() + (device.offset() == 0 && device.length() == Medium.TO_END ? ""
                    : " at " + device.offset() + (device.length() == Medium.TO_END ? "" : ", " + device.length() + " bytes"));
        }
        Medium.PhysicalRange range = (Medium.PhysicalRange) medium;
        return String.format("physical 0x%x, %d bytes", range.start(), range.length());
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
