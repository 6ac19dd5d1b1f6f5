package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;

/** Error numbers of Linux (the same on x86-64, AArch64 and RISC-V) and what they mean for a program. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EFAULT = 14;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ENOSPC = 28;
    static final int ESPIPE = 29;
    static final int EROFS = 30;
    static final int ERANGE = 34;
    static final int ENOLCK = 37;
    static final int ENOSYS = 38;
    static final int ELOOP = 40;
    static final int ENODATA = 61;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;
    static final int EHWPOISON = 133;

    private Errno() {
    }

    /**
     * @param call     what failed, with its arguments
     * @param resource the path or the range
     * @param errno    why
     * @return the exception for it
     */
    static RegionStoreException failure(String call, String resource, int errno) {
        return new RegionStoreException(code(errno),
                resource + ": " + call + " failed: " + Native.describe(errno) + remedy(errno));
    }

    private static ErrorCode code(int errno) {
        return switch (errno) {
            case EPERM, EACCES, EROFS -> ErrorCode.PERMISSION_DENIED;
            case ENOENT -> ErrorCode.NOT_FOUND;
            case ENXIO, ENODEV -> ErrorCode.NOT_A_DEVICE;
            case ENOTDIR -> ErrorCode.NOT_A_DIRECTORY;
            case EISDIR -> ErrorCode.IS_A_DIRECTORY;
            case ELOOP -> ErrorCode.SYMBOLIC_LINK;
            case ENOSPC, EDQUOT -> ErrorCode.NO_SPACE;
            default -> ErrorCode.IO_ERROR;
        };
    }

    static String remedy(int errno) {
        return switch (errno) {
            case EPERM, EACCES -> "; the process needs permission to read and write it: run as its owner or group, or"
                    + " change its mode";
            case ENOENT -> "; name one that exists: a part of the path may be missing, or misspelled";
            case EROFS -> "; mount the file system for writing";
            case ENOTDIR -> "; a part of the path before the last is not a directory";
            case ELOOP -> "; symbolic links are not followed: name what the link points to";
            case EIO -> "; the medium fails: look at the kernel's log, and mend or replace it";
            case EAGAIN, EINTR -> "; try again";
            case ENOMEM -> "; look at ulimit -v, vm.max_map_count and vm.overcommit_memory";
            case ENFILE, EMFILE -> "; close files, or raise fs.file-max or ulimit -n";
            case ENOSPC, EDQUOT -> "; free some space, or raise the quota";
            default -> "; the kernel's log may say more";
        };
    }
}
