package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.Optional;

/**
 * An open, checked, locked and mapped medium: any {@link Medium} but a directory. It was opened once; everything was
 * checked on that descriptor, and no symbolic link was followed in its last name. The lock is exclusive, covers just
 * the mapped range, and dies with the process.
 *
 * <p>Thread-safe. {@link #close} waits for system calls that use the segment, and for nobody else: access to it afterwards
 * throws {@link IllegalStateException}, but a cache-line write-back in flight would end the JVM, so whoever closes first
 * makes sure that nobody writes.
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

    /** Bytes that a file system may still have when it refuses to give any. */
    private static final long ALMOST_FULL = 4L << 20;

    /** How long closing waits for who still uses the memory. */
    public static final long CLOSE_NANOS = 10_000_000_000L;

    private final Descriptor descriptor;
    private final ExclusiveLock lock;
    private final Arena arena;
    private final MemorySegment segment;
    private final MediumIdentity identity;
    private final FailureDomain vouched;
    private final Descriptor createdIn;
    private final boolean lengthened;
    private boolean closed;

    MappedMedium(Descriptor descriptor, ExclusiveLock lock, Arena arena, MemorySegment segment,
                 MediumIdentity identity, FailureDomain vouched, Descriptor createdIn, boolean lengthened) {
        this.descriptor = descriptor;
        this.lock = lock;
        this.arena = arena;
        this.segment = segment;
        this.identity = identity;
        this.vouched = vouched;
        this.createdIn = createdIn;
        this.lengthened = lengthened;
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
     *     physical range is there), LOCKED, LOCK_UNSUPPORTED, INVALID_ARGUMENT or IO_ERROR; nothing stays open, and a file that was
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
        return open(medium, mayCreate, beside, false);
    }

    /**
     * As {@link #open(Medium, boolean, MappedMedium)}.
     *
     * @param unlocked whether a medium on which the kernel has no locks is opened all the same
     */
    public static MappedMedium open(Medium medium, boolean mayCreate, MappedMedium beside, boolean unlocked) {
        return open(medium, mayCreate, beside, unlocked, DaxDevices.SYSTEM);
    }

    static MappedMedium open(Medium medium, boolean mayCreate, MappedMedium beside, DaxDevices devices) {
        return open(medium, mayCreate, beside, false, devices);
    }

    private static MappedMedium open(Medium medium, boolean mayCreate, MappedMedium beside, boolean unlocked,
                                     DaxDevices devices) {
        NativeAccess.require();
        // not a switch over types: a JVM takes milliseconds to link one
        if (medium instanceof Medium.File file) {
            return new FileOpener(file, mayCreate, beside, unlocked).open();
        }
        if (medium instanceof Medium.Device device) {
            return new DeviceOpener(devices, beside, unlocked).open(device);
        }
        if (medium instanceof Medium.PhysicalRange range) {
            return new DeviceOpener(devices, beside, unlocked).open(range, mayCreate);
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

    /** @return whether a lock keeps other stores away; false only where that was allowed and the kernel has none */
    public boolean isLocked() {
        return lock.isHeld();
    }

    /** @return whether the file was made, or got its length, when it was opened: it is zeros, and has no blocks yet */
    public boolean isNew() {
        return lengthened;
    }

    private boolean isFile() {
        return identity.kind() != Kind.DEVICE_DAX;
    }

    /**
     * @return offset of the first byte that was found not to be zero, or -1; how much is read is bounded, see
     *     {@link BlankCheck}
     * @throws RegionStoreException IO_ERROR
     */
    public long firstData() {
        return lengthened ? BlankCheck.BLANK // made just now, under the lock
                : new BlankCheck(descriptor, identity, segment, BlankCheck.MOST_READ).firstData();
    }

    /**
     * @param registry for what cannot be kept at the medium
     * @return which store used the medium last, if that is known
     * @throws RegionStoreException IO_ERROR: whether there is a record cannot be told
     */
    public Optional<RegionOwner> owner(OwnerRegistry registry) {
        return new Ownership(descriptor, identity, registry).read();
    }

    /**
     * Records which store uses the medium from now on. Not one of its bytes is written. After a crash the earlier record
     * stands, or this one.
     *
     * @param owner    the store
     * @param durably  whether the record must survive the kernel
     * @param registry for what cannot be kept at the medium
     * @throws RegionStoreException IO_ERROR, NO_SPACE, PERMISSION_DENIED: the earlier record stands
     */
    public void own(RegionOwner owner, boolean durably, OwnerRegistry registry) {
        new Ownership(descriptor, identity, registry).write(owner, durably);
    }

    /** @return whether the medium is still there; to be asked while it is open */
    public Presence presence() {
        return new MediumPresence(this, descriptor);
    }

    /** @return whether it was closed: its descriptor may be another file's by now */
    boolean isClosed() {
        return closed;
    }

    /**
     * Takes the blocks of the first bytes from the file system now, so that no store finds that it has none left. Changes no
     * byte. Does nothing for a device, or where the file system cannot do that.
     *
     * @param length bytes from the start
     * @throws RegionStoreException NO_SPACE naming the file system; IO_ERROR
     */
    public void reserve(long length) {
        if (isFile()) {
            Blocks.reserve(descriptor, length);
        }
    }

    /**
     * Finds data without a load, which would give a hole of a tmpfs file its page.
     *
     * @param from where to begin
     * @return the first offset, at or behind {@code from}, that may not be a hole; -1 when there is none
     */
    public long nextData(long from) {
        if (!isFile()) {
            return from < identity.length() ? from : -1;
        }
        long found = Native.lseek(descriptor.number(), from, Native.SEEK_DATA);
        // a file system that cannot tell says EINVAL: then all of it may be data
        long next = found >= 0 ? found : found == -Errno.ENXIO ? identity.length() : from;
        return next < identity.length() ? next : -1;
    }

    /**
     * Lets the cache of an ordinary file go, so that what is read next is what the disk holds. The kernel calls pages clean
     * whose write-back failed, and ext4 may never write such a page whole again while it stays in the cache: a block that
     * was reserved and whose first write failed goes on being read as zeros after the next mount. Changes no byte, but for
     * pages that are not on the disk.
     */
    public void dropCache() {
        if (identity.kind() == Kind.FILE) {
            int unused = Native.fsync(descriptor.number()); // what fails now, or failed before, is not on the disk: it goes
            Native.dropCache(descriptor.number(), segment);
        }
    }

    /** @return what takes the blocks of a file that has holes, before the first store to each; null for all other media */
    public SparseBlocks sparseBlocks() {
        return isFile() && hasHoles(descriptor.status()) ? new SparseBlocks(descriptor, segment) : null;
    }

    /**
     * By the number of blocks: SEEK_HOLE takes reserved ones for holes until they are written. A file of few holes may pass
     * for one without, since file systems count blocks of their own; then a store can fault, see {@link #explain}.
     */
    private boolean hasHoles(FileStatus status) {
        return status.allocated() < Math.min(status.length(), identity.length());
    }

    /**
     * Says what it means that a load from, or a store to, the mapping was not answered.
     *
     * @param fault what the JVM made of the signal
     * @return NO_SPACE for a file with holes on a full file system; MEDIUM_LOST for a file that was cut short; else
     *     IO_ERROR: a memory error, or a disk that cannot be read
     */
    public RegionStoreException explain(InternalError fault) {
        if (isFile() && isOpen()) {
            FileStatus status = descriptor.status();
            if (status.length() < identity.length()) {
                return new RegionStoreException(ErrorCode.MEDIUM_LOST, identity.path() + ": expected a file of "
                        + identity.length() + " bytes, found that it was cut to " + status.length() + " while it was"
                        + " open; bring back the whole file, from a copy", fault);
            }
            MountedFileSystem system = MountedFileSystem.of(descriptor);
            // what is left may be too little for a block, or for what a copy-on-write file system needs besides
            if (hasHoles(status) && system.available() < ALMOST_FULL) {
                return Blocks.noSpace(descriptor, identity.deviceAlign(), false, fault);
            }
            return new RegionStoreException(ErrorCode.IO_ERROR, identity.path() + ": expected memory that answers, found"
                    + " a memory error, or a disk that fails" + (hasHoles(status) ? ", or that no block could be had (a"
                    + " quota, or a cgroup's limit)" : "") + " on " + system.describe(status) + "; the kernel's log says"
                    + " which; then free some space, or restore the file on another medium", fault);
        }
        return new RegionStoreException(ErrorCode.IO_ERROR, identity.path() + ": expected memory that answers, found a"
                + " memory error; the kernel's log says where; use another medium", fault);
    }

    private synchronized boolean isOpen() {
        return !closed;
    }

    /**
     * Removes the file if this medium created it, and makes it empty again if it was: for an owner that gives up before it
     * used it. Call it before {@link #close}, while the lock still keeps others away.
     */
    public synchronized void removeIfCreated() {
        if (closed) {
            return;
        }
        if (createdIn != null) {
            createdIn.unlink(Path.of(identity.path()).getFileName().toString());
        } else if (lengthened) {
            descriptor.tryTruncate(0);
        }
    }

    /**
     * Unmaps and unlocks. Waits, for {@value #CLOSE_NANOS} ns at most, while a system call of another thread reads or writes
     * the segment, or a buffer made of it. Idempotent; a call that failed can be repeated.
     *
     * @throws RegionStoreException IO_ERROR when the system call does not end: then all stays open, mapped and locked
     */
    @Override
    public void close() {
        close(CLOSE_NANOS);
    }

    synchronized void close(long nanos) {
        if (closed) {
            return;
        }
        unmap(System.nanoTime() + nanos);
        closed = true;
        lock.close();
        descriptor.close();
        if (createdIn != null) {
            createdIn.close();
        }
    }

    private void unmap(long end) {
        while (segment.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException e) {
                if (System.nanoTime() > end) {
                    throw new RegionStoreException(ErrorCode.IO_ERROR, identity.path() + ": expected that nobody uses the"
                            + " mapped memory any more, found a system call that reads or writes a segment, or a buffer, of a"
                            + " view; end it, then close again: until then the medium stays mapped and locked", e);
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
