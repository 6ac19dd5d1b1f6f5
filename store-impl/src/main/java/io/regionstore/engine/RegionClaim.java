package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.device.RegionOwner;
import io.regionstore.recovery.Placement;
import io.regionstore.table.StoreHeader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whose a region is, as far as that is recorded outside it: asked before a store uses it, and recorded when it does. */
final class RegionClaim {
    private RegionClaim() {
    }

    /** Whatever is in a region may be somebody's. No byte of it can say whose: that is kept outside. */
    static void requireBlank(Media.OpenMedium medium) {
        Optional<RegionOwner> owner = medium.owner();
        long data = medium.firstData();
        if (owner.isPresent() || data >= 0) {
            throw notBlank(medium, owner, data);
        }
    }

    /**
     * @param medium for the metadata of a new store
     * @return whose region it is, or whose metadata was there, if that is known and may be overwritten
     * @throws RegionStoreException REGION_NOT_BLANK when it may not
     */
    static Optional<RegionOwner> requireUnowned(StoreConfig config, Media.OpenMedium medium) {
        Optional<RegionOwner> owner = medium.owner();
        if (owner.isPresent() && !config.overwriteRegion()) {
            throw notBlank(medium, owner, -1);
        }
        return owner;
    }

    private static RegionStoreException notBlank(Media.OpenMedium medium, Optional<RegionOwner> owner, long data) {
        return new RegionStoreException(ErrorCode.REGION_NOT_BLANK, medium.identity().path() + ": expected a blank medium"
                + " for a new store, found " + (data < 0 ? "an owner" : "data at byte " + data) + ": "
                + owner.map(found -> "it is used by " + found.describe() + "; to use that store, give the builder that"
                        + " metadata")
                .orElse("no store is recorded as its owner, so it may belong to another program, or to a store of an"
                        + " earlier release")
                + "; to make a new store, name another medium; to give up what is there, use overwriteRegion(); nothing was"
                + " changed");
    }

    /**
     * What the record of the last user says. It is missing where an earlier release used the region last, where the file
     * was copied without its attributes, or where a registry was lost: then nothing is known, and nothing is refused.
     *
     * @return whether another session, of this store or of another one, may have stored something in the region since
     * @throws RegionStoreException REGION_TAKEN, or WRONG_DEVICE, when it is another store's and may not be overwritten
     */
    static boolean isDoubtful(Media.OpenMedium medium, Placement placement, StoreHeader header, boolean overwrite,
                              List<String> notes) {
        Optional<RegionOwner> found;
        try {
            found = medium.owner();
        } catch (RegionStoreException e) {
            notes.add("which store used the region last is not known: " + e.getMessage());
            return false;
        }
        if (found.isEmpty()) {
            return false;
        }
        RegionOwner owner = found.get();
        if (owner.instance().equals(header.instance())) {
            if (header.session() == 0 || header.session() == owner.session()) {
                return false;
            }
            notes.add("the region was last used on " + Instant.ofEpochMilli(owner.millis()) + " by a session that this"
                    + " metadata does not know, with metadata at " + owner.metadata() + ": a crash while the store was opened,"
                    + " or a copy of the metadata; all payloads were compared");
            return true;
        }
        if (!overwrite) {
            throw taken(medium.identity().path(), placement, owner, header.region());
        }
        notes.add("the region was taken back from " + owner.describe() + "; all payloads were compared");
        return true;
    }

    private static RegionStoreException taken(String path, Placement placement, RegionOwner owner,
                                              StoreHeader.Region recorded) {
        if (placement == Placement.ELSEWHERE) {
            return new RegionStoreException(ErrorCode.WRONG_DEVICE, path + ": expected the region of this store, which was "
                    + recorded.path() + ", found that of " + owner.describe() + "; name the right region, or the metadata"
                    + " of this one; nothing was changed");
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
     * @param medium   the region
     * @param session  header of this session
     * @param metadata where it is
     * @param notes    told what went wrong
     */
    static void takeRegion(Media.OpenMedium medium, StoreHeader session, Medium metadata, List<String> notes) {
        try {
            take(medium, session, metadata);
        } catch (RegionStoreException e) {
            if (Boolean.FALSE.equals(isOwnedBy(medium, session))) {
                throw e;
            }
            notes.add("it could not be recorded that this store uses the region, so a store that takes it will not be"
                    + " noticed: " + e.getMessage());
        }
    }

    /** Records that a store uses a medium. */
    static void take(Media.OpenMedium medium, StoreHeader session, Medium metadata) {
        // The session's number need not be durable: another boot compares payloads anyway.
        boolean durably = !Boolean.TRUE.equals(isOwnedBy(medium, session)) && session.domain() != FailureDomain.PROCESS;
        medium.own(new RegionOwner(session.instance(), session.session(), System.currentTimeMillis(), name(metadata)),
                durably);
    }

    /** @return whether the record names this store; null if there is none, or if it cannot be read */
    private static Boolean isOwnedBy(Media.OpenMedium medium, StoreHeader session) {
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
}
