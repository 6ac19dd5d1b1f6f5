package io.regionstore.recovery;

import io.regionstore.device.MappedMedium;
import io.regionstore.device.MediumIdentity;
import io.regionstore.table.StoreHeader;

/** Whether the region that was opened is the one that the metadata describes. */
public enum Placement {
    /** The same physical range, or the same file. */
    SAME,
    /** Another file or another kind of medium: the region may have been moved or copied; its payloads will tell. */
    ELSEWHERE,
    /** The physical address cannot be read (that needs root); the payloads will tell. */
    UNKNOWN,
    /** Another physical range. */
    DIFFERENT,
    /** Shorter than it was. */
    SHRUNK;

    /**
     * The decision table, first match:
     * <pre>
     *   found shorter than recorded                        SHRUNK
     *   both physical starts known    equal                SAME
     *                                 not equal            DIFFERENT
     *   one of them a dax device      (start unknown)      UNKNOWN
     *   files                         same device, inode   SAME
     *                                 not                  ELSEWHERE
     * </pre>
     *
     * @param recorded by the metadata
     * @param found    now
     * @return the placement
     */
    public static Placement judge(StoreHeader.Region recorded, MediumIdentity found) {
        if (found.length() < recorded.length()) {
            return SHRUNK;
        }
        if (recorded.physicalStart() >= 0 && found.physicalStart() >= 0) {
            return recorded.physicalStart() == found.physicalStart() ? SAME : DIFFERENT;
        }
        boolean wasDevice = recorded.kind() == MappedMedium.Kind.DEVICE_DAX.ordinal();
        boolean isDevice = found.kind() == MappedMedium.Kind.DEVICE_DAX;
        if (wasDevice && isDevice) {
            return UNKNOWN;
        }
        boolean same = !wasDevice && !isDevice && recorded.deviceId() == found.deviceId()
                && recorded.inode() == found.inode() && recorded.offset() == found.offset();
        return same ? SAME : ELSEWHERE;
    }

    /** @return whether only the payloads can tell if this is the region */
    public boolean needsContents() {
        return this == ELSEWHERE || this == UNKNOWN;
    }
}
