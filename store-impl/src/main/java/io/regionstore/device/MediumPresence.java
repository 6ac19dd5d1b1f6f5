package io.regionstore.device;

import io.regionstore.RegionStoreException;

/**
 * Whether the file or device node that is mapped still has a name, and all of its bytes. A file whose last name is gone
 * ends with the process; the pages behind an end that moved are gone at once, and a load from them is answered with a
 * signal.
 */
final class MediumPresence implements Presence {
    private final MappedMedium medium;
    private final Descriptor descriptor;
    private final MediumIdentity identity;
    /** A memfd never had a name. */
    private final boolean linked;
    /** A path below /proc names a descriptor. */
    private final boolean named;

    MediumPresence(MappedMedium medium, Descriptor descriptor) {
        this.medium = medium;
        this.descriptor = descriptor;
        identity = medium.identity();
        FileStatus opened = descriptor.status();
        linked = opened.links() > 0;
        named = isAt(identity.path(), opened);
    }

    @Override
    public Finding look() {
        synchronized (medium) { // the descriptor's number may be another file's once the medium is closed
            return medium.isClosed() ? null : found();
        }
    }

    private Finding found() {
        String path = identity.path();
        FileStatus now = descriptor.status();
        if (linked && now.links() == 0) {
            return new Finding(true, path + ": expected the file that the store has open, found that it was removed; its"
                    + " bytes are gone when the store is closed: copy what you need with get, then close it, and create"
                    + " a new store in a place where nobody removes files");
        }
        if (now.isRegular() && now.length() < identity.length()) {
            return new Finding(true, path + ": expected " + identity.length() + " bytes, found that the file was cut to "
                    + now.length() + " while the store is open; close the store, and restore the file from a copy");
        }
        if (named && !isAt(path, now)) {
            return new Finding(false, path + ": expected the file that the store has open, found another one, or none, at"
                    + " that path: the file was moved, and the store goes on with it where it is; name its new place at the"
                    + " next open");
        }
        return null;
    }

    private static boolean isAt(String path, FileStatus file) {
        try {
            return FileStatus.at(path).sameFileAs(file);
        } catch (RegionStoreException e) {
            return false;
        }
    }
}
