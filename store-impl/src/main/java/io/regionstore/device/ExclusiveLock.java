package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.util.Optional;

/**
 * Exclusive ownership of a byte range of a file or a device: an open-file-description lock ({@code fcntl},
 * F_OFD_SETLK). The kernel drops it when the owner dies, however it dies. Unlike a POSIX lock it belongs to one open
 * descriptor: it stays when some other descriptor of the same file is closed in the process, and it holds between two
 * stores of one JVM. Two locks on ranges that do not meet are independent.
 *
 * <p>Advisory, and known per inode: a second node of the same device, made with {@code mknod} for a container, is
 * another inode, and its locks are not seen.
 *
 * <p>Thread-safe.
 */
public final class ExclusiveLock implements AutoCloseable {
    private static final int REPLACED_RETRIES = 100;

    private final Descriptor descriptor;
    private final long start;
    private final long length;
    private final boolean ownsDescriptor;
    private final boolean held;
    private boolean released;

    private ExclusiveLock(Descriptor descriptor, long start, long length, boolean ownsDescriptor, boolean held) {
        this.descriptor = descriptor;
        this.start = start;
        this.length = length;
        this.ownsDescriptor = ownsDescriptor;
        this.held = held;
    }

    /**
     * @param descriptor open for writing; must be closed after this lock
     * @param start      first byte
     * @param length     bytes; 0 means to the end, however far the file grows
     * @param unlocked   whether it may be that the kernel has no locks there
     * @return the lock; not {@link #isHeld held} where the kernel has none
     * @throws RegionStoreException LOCKED with the owner, if it can be seen; LOCK_UNSUPPORTED
     */
    static ExclusiveLock acquire(Descriptor descriptor, long start, long length, boolean unlocked) {
        boolean held = lock(descriptor, start, length, unlocked);
        return new ExclusiveLock(descriptor, start, length, false, held);
    }

    /**
     * Locks a whole file, made with mode 0600 when it is missing.
     *
     * @param directory an open one
     * @param name      of the file in it; a symbolic link is refused
     * @param path      of the file, for messages
     * @param unlocked  whether it may be that the kernel has no locks there
     * @return the lock, not {@link #isHeld held} where the kernel has none; closing it leaves the file
     * @throws RegionStoreException LOCKED with the owner, if it can be seen; LOCK_UNSUPPORTED; NOT_FOUND without the
     *     directory; SYMBOLIC_LINK, IS_A_DIRECTORY, PERMISSION_DENIED
     */
    static ExclusiveLock onFile(int directory, String name, String path, boolean unlocked) {
        for (int i = 0; i < REPLACED_RETRIES; i++) {
            Descriptor descriptor = Descriptor.of(Descriptor.tryOpenOrCreate(directory, name), path);
            try {
                if (!descriptor.status().isRegular()) {
                    throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, path + ": a lock file must be a regular"
                            + " file, but it is " + descriptor.status().typeText());
                }
                boolean held = lock(descriptor, 0, 0, unlocked);
                if (isStillAt(directory, name, descriptor.status())) {
                    return new ExclusiveLock(descriptor, 0, 0, true, held);
                }
                // Someone removed the file between open and lock: what was locked is no longer what others will find.
                descriptor.close();
            } catch (Throwable t) {
                descriptor.close();
                throw t;
            }
        }
        throw new RegionStoreException(ErrorCode.IO_ERROR, path + ": the lock file is replaced again and again");
    }

    private static boolean isStillAt(int directory, String name, FileStatus locked) {
        FileStatus[] found = new FileStatus[1];
        return FileStatus.tryIn(directory, name, found) >= 0 && found[0].sameFileAs(locked);
    }

    /** @return false where the kernel has no locks, and {@code unlocked} allows that */
    private static boolean lock(Descriptor descriptor, long start, long length, boolean unlocked) {
        int result = tryLock(descriptor, start, length);
        if (result == 0) {
            return true;
        }
        if (isUnsupported(result)) {
            if (unlocked) {
                return false;
            }
            throw unsupported(descriptor, -result);
        }
        Optional<Owner> owner = Owner.find(descriptor.status(), start, length);
        // an owner that nobody sees may have died since
        if (owner.isEmpty() && tryLock(descriptor, start, length) == 0) {
            return true;
        }
        String range = length == 0 ? "" : " (bytes " + start + " to " + (start + length - 1) + ")";
        throw new RegionStoreException(ErrorCode.LOCKED, descriptor.resource() + range + ": held by "
                + describe(owner) + "; close that store or end that process, and the lock is free at once");
    }

    static String describe(Optional<Owner> owner) {
        return owner.map(Owner::toString).orElseGet(() -> "a process that this one cannot see (another user's: run as"
                + " that user or as root to see it; or one in another container; or /proc is hidden), boot "
                + BootId.describe());
    }

    /** gVisor and some network file systems have no locks of this kind: EINVAL says nothing else of a valid call. */
    private static boolean isUnsupported(int result) {
        return result == -Errno.EINVAL || result == -Errno.ENOLCK || result == -Errno.ENOSYS
                || result == -Errno.EOPNOTSUPP;
    }

    private static RegionStoreException unsupported(Descriptor descriptor, int errno) {
        MountedFileSystem system = MountedFileSystem.of(descriptor);
        return new RegionStoreException(ErrorCode.LOCK_UNSUPPORTED, descriptor.resource() + ": expected locks that keep"
                + " two stores apart (fcntl F_OFD_SETLK), found that there are none on "
                + system.describe(descriptor.status()) + ", or that a sandbox refuses them: " + Native.describe(errno)
                + "; use another file system, or, if you see to it that no second store uses this medium, the builder's"
                + " withoutLocks()");
    }

    /** @return 0, or minus errno of what is wrong: held by another, or unsupported */
    private static int tryLock(Descriptor descriptor, long start, long length) {
        int result = Native.ofdSetLock(descriptor.number(), Native.F_WRLCK, start, length);
        if (result < 0 && result != -Errno.EAGAIN && result != -Errno.EACCES && !isUnsupported(result)) {
            throw Errno.failure("fcntl(F_OFD_SETLK)", descriptor.resource(), -result);
        }
        return result;
    }

    /** @return whether it keeps others away; false where the kernel has no locks */
    public boolean isHeld() {
        return held;
    }

    /** Releases the lock. Idempotent. */
    @Override
    public synchronized void close() {
        if (released) {
            return;
        }
        released = true;
        // Not left to close(2): a process that is being forked at this moment holds the description a little longer.
        if (held) {
            int unused = Native.ofdSetLock(descriptor.number(), Native.F_UNLCK, start, length);
        }
        if (ownsDescriptor) {
            descriptor.close();
        }
    }
}
