package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * An open, checked, locked and mapped medium: any {@link Medium} but a directory. It was opened once; everything was
 * checked on that descriptor, and no symbolic link was followed in its last name. The lock is exclusive, covers just
 * the mapped range, and dies with the process.
 *
 * <p>Thread-safe. {@link #close} waits for no one: access to the segment afterwards throws
 * {@link IllegalStateException}, but a cache-line write-back in flight would end the JVM, so whoever closes first makes
 * sure that nobody writes.
 */
public final class MappedMedium implements AutoCloseable {
    /** What the kernel says the medium is. */
    public enum Kind {
        /** A device-dax character device. */
        DEVICE_DAX,
        /** A file on a file system mounted with dax, mapped with MAP_SYNC: the media's own bytes. */
        DAX_FILE,
        /** A file whose mapping is the page cache. */
        FILE,
        /** A file on tmpfs, or on ramfs, its simpler brother. */
        TMPFS_FILE,
        /** A file on hugetlbfs. */
        HUGETLBFS_FILE
    }

    private final Descriptor descriptor;
    private final ExclusiveLock lock;
    private final Arena arena;
    private final MemorySegment segment;
    private final MediumIdentity identity;
    private final FailureDomain vouched;
    private final Descriptor createdIn;
    private boolean closed;

    MappedMedium(Descriptor descriptor, ExclusiveLock lock, Arena arena, MemorySegment segment,
                 MediumIdentity identity, FailureDomain vouched, Descriptor createdIn) {
        this.descriptor = descriptor;
        this.lock = lock;
        this.arena = arena;
        this.segment = segment;
        this.identity = identity;
        this.vouched = vouched;
        this.createdIn = createdIn;
    }

    /**
     * Opens a medium by itself.
     *
     * @param medium    a device, a physical range or a file; a character device named as a file is refused
     * @param mayCreate whether a missing file is created (mode 0600, sparse, its name durable) and an empty one
     *                  extended; means nothing for devices
     * @return the medium; the caller closes it
     * @throws RegionStoreException NATIVE_ACCESS_DISABLED, NOT_FOUND, NOT_A_DEVICE, IS_A_DIRECTORY, SYMBOLIC_LINK,
     *     WRONG_DRIVER, PERMISSION_DENIED, MISALIGNED, EMPTY_RANGE, OUT_OF_BOUNDS, REGION_SHRUNK (only a part of a
     *     physical range is there), LOCKED, INVALID_ARGUMENT or IO_ERROR; nothing stays open, and a file that was
     *     created is removed, unless the lock on it could not be had: it is empty then
     */
    public static MappedMedium open(Medium medium, boolean mayCreate) {
        return open(medium, mayCreate, null);
    }

    /**
     * Opens a medium beside another one of the same store.
     *
     * @param medium    as in {@link #open(Medium, boolean)}
     * @param mayCreate likewise
     * @param beside    an open medium, or null
     * @return the medium
     * @throws RegionStoreException likewise, and OVERLAP when the two share bytes
     */
    public static MappedMedium open(Medium medium, boolean mayCreate, MappedMedium beside) {
        return open(medium, mayCreate, beside, DaxDevices.SYSTEM);
    }

    static MappedMedium open(Medium medium, boolean mayCreate, MappedMedium beside, DaxDevices devices) {
        NativeAccess.require();
        // not a switch over types: a JVM takes milliseconds to link one
        if (medium instanceof Medium.File file) {
            return new FileOpener(file, mayCreate, beside).open();
        }
        if (medium instanceof Medium.Device device) {
            return new DeviceOpener(devices, beside).open(device);
        }
        if (medium instanceof Medium.PhysicalRange range) {
            return new DeviceOpener(devices, beside).open(range, mayCreate);
        }
        throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, ((Medium.Directory) medium).path()
                + ": a directory cannot be mapped; it can hold metadata only");
    }

    /** @throws RegionStoreException OVERLAP */
    static void requireApart(MediumIdentity wanted, MappedMedium beside) {
        if (beside != null && wanted.meets(beside.identity)) {
            MediumIdentity other = beside.identity;
            throw new RegionStoreException(ErrorCode.OVERLAP, wanted.path() + ": bytes " + wanted.offset() + " to "
                    + (wanted.offset() + wanted.length() - 1) + " share some with " + other.path() + ", bytes "
                    + other.offset() + " to " + (other.offset() + other.length() - 1) + ", which the same store uses"
                    + " already; give region and metadata slices that do not meet");
        }
    }

    /** @return the whole slice, writable by every thread until {@link #close} */
    public MemorySegment segment() {
        return segment;
    }

    /** @return which bytes these are */
    public MediumIdentity identity() {
        return identity;
    }

    /**
     * @return the strongest domain whose failure the medium survives: what the caller of {@link Medium.File#vouchedFor}
     *     vouched for, else PLATFORM for dax memory and, by msync, for ordinary files, and PROCESS for tmpfs and
     *     hugetlbfs
     */
    public FailureDomain strongestDomain() {
        return switch (identity.kind()) {
            case DEVICE_DAX, DAX_FILE -> FailureDomain.PLATFORM;
            case FILE -> vouched == null ? FailureDomain.PLATFORM : vouched;
            case TMPFS_FILE, HUGETLBFS_FILE -> vouched == null ? FailureDomain.PROCESS : vouched;
        };
    }

    /** @return why the medium cannot give more than {@link #strongestDomain}, and what can; for a refusal */
    public String domainReason() {
        if (strongestDomain() == FailureDomain.PLATFORM) {
            return identity.path() + " survives every failure domain";
        }
        if (vouched != null) {
            return identity.path() + " was vouched for up to " + vouched + " only; vouch for more if it holds more";
        }
        return identity.path() + " is on " + (identity.kind() == Kind.TMPFS_FILE ? "tmpfs" : "hugetlbfs") + ", whose"
                + " contents go with the kernel; use a dax device or a file on a disk, or, if something outside this"
                + " kernel keeps the memory, Medium.file(...).vouchedFor(...)";
    }

    /**
     * @return whether bytes become durable by cache-line write-back: dax memory and files vouched for. False: they need
     *     msync, for KERNEL as for PLATFORM
     */
    public boolean cacheLinePersist() {
        return vouched != null || identity.kind() == Kind.DEVICE_DAX || identity.kind() == Kind.DAX_FILE;
    }

    /**
     * @param other another medium
     * @return whether some byte belongs to both
     */
    public boolean sharesBytesWith(MappedMedium other) {
        return identity.meets(other.identity);
    }

    /**
     * Probes a range, see {@link PageProbe}.
     *
     * @param offset first byte
     * @param length bytes, at least 1
     * @return false when the kernel says that some page of the range cannot be read
     */
    public boolean isReadable(long offset, long length) {
        return PageProbe.isReadable(segment, offset, length);
    }

    /**
     * Removes the file if this medium created it: for an owner that gives up before it used it. Call it before
     * {@link #close}, while the lock still keeps others away.
     */
    public synchronized void removeIfCreated() {
        if (createdIn != null && !closed) {
            createdIn.unlink(Path.of(identity.path()).getFileName().toString());
        }
    }

    /** Unmaps and unlocks. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        arena.close(); // throws while a native call uses the segment: then everything stays open
        closed = true;
        lock.close();
        descriptor.close();
        if (createdIn != null) {
            createdIn.close();
        }
    }
}
