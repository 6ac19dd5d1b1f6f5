package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;

/** Takes the blocks of a file from its file system, and says what is wrong where that has none left. */
final class Blocks {
    /**
     * Bytes a call. A signal interrupts the call on a file system of memory, which then gives back what the call took: in
     * small pieces, a profiler's signals cannot keep it from getting ahead. A disk's file system is quick.
     */
    private static final long MEMORY_PIECE = 8L << 20;
    private static final long DISK_PIECE = 1L << 30;

    private Blocks() {
    }

    /**
     * Reserves the first bytes of a file. Changes no byte of it, and adds none. A crash in the middle leaves some blocks
     * reserved, which are zeros as they were.
     *
     * @param length of a file that is at least as long
     * @throws RegionStoreException NO_SPACE naming the file system; IO_ERROR. A file system that cannot reserve leaves the
     *     file as it is
     */
    static void reserve(Descriptor descriptor, long length) {
        MountedFileSystem system = MountedFileSystem.of(descriptor);
        // asked first, so that no other process finds the file system full meanwhile
        if (system.free() < length - descriptor.status().allocated()) {
            throw refused(descriptor, length, -Errno.ENOSPC);
        }
        long piece = system.isMemory() ? MEMORY_PIECE : DISK_PIECE;
        for (long at = 0; at < length; at += piece) {
            int result = Native.fallocate(descriptor.number(), at, Math.min(piece, length - at));
            if (isUnsupported(result)) {
                return;
            }
            if (result < 0) {
                throw refused(descriptor, length, result);
            }
        }
    }

    /** @return whether the file system, or a sandbox, does not have {@code fallocate} */
    static boolean isUnsupported(int result) {
        return result == -Errno.EOPNOTSUPP || result == -Errno.ENOSYS || result == -Errno.ENODEV
                || result == -Errno.ESPIPE;
    }

    static boolean isFull(int result) {
        return result == -Errno.ENOSPC || result == -Errno.EDQUOT;
    }

    static RegionStoreException refused(Descriptor descriptor, long length, int result) {
        return isFull(result) ? noSpace(descriptor, length, result == -Errno.EDQUOT, null)
                : Errno.failure("fallocate of " + length + " bytes", descriptor.resource(), -result);
    }

    /** @param quota whether a quota is known to be the reason */
    static RegionStoreException noSpace(Descriptor descriptor, long length, boolean quota, Throwable cause) {
        FileStatus status = descriptor.status();
        MountedFileSystem system = MountedFileSystem.of(descriptor);
        String remedy = system.isHuge() ? "raise vm.nr_hugepages or the mount's size"
                : system.isMemory() ? "mount it with a larger size= (of a container: --shm-size, or the volume's"
                + " sizeLimit), or raise the cgroup's memory limit"
                : "free some space, or raise the quota";
        return new RegionStoreException(ErrorCode.NO_SPACE, descriptor.resource() + ": expected room for " + length
                + " bytes, found " + (quota ? "that the quota is used up, on " : "none on ") + system.describe(status)
                + "; the file has " + status.length() + " bytes, " + Math.min(status.allocated(), status.length())
                + " of them with blocks; " + remedy + ", or use a smaller file", cause);
    }
}
