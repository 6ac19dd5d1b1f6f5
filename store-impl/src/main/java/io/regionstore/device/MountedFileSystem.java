package io.regionstore.device;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code statfs} tells of a file system. Needs neither /proc nor /sys; only the mount point, for messages, is looked
 * up in {@code /proc/self/mountinfo} and left out where that cannot be read.
 */
public final class MountedFileSystem {
    /** include/uapi/linux/magic.h; names as /proc/filesystems has them. */
    private static final long TMPFS = 0x0102_1994L;
    private static final long RAMFS = 0x8584_58f6L;
    private static final long HUGETLBFS = 0x9584_58f6L;
    private static final int STATFS_BYTES = 256;
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private final long magic;
    private final long blockSize;
    private final long blocks;
    private final long freeBlocks;
    private final long availableBlocks;

    private MountedFileSystem(MemorySegment statfs) {
        magic = statfs.get(ValueLayout.JAVA_LONG, 0);
        blockSize = statfs.get(ValueLayout.JAVA_LONG, 8);
        blocks = statfs.get(ValueLayout.JAVA_LONG, 16);
        freeBlocks = statfs.get(ValueLayout.JAVA_LONG, 24);
        availableBlocks = statfs.get(ValueLayout.JAVA_LONG, 32);
    }

    static MountedFileSystem of(Descriptor descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATFS_BYTES, 8);
            int result = Native.fstatfs(descriptor.number(), buffer);
            if (result < 0) {
                throw Errno.failure("fstatfs", descriptor.resource(), -result);
            }
            return new MountedFileSystem(buffer);
        }
    }

    /**
     * @param path of a file or a directory that exists
     * @return the type of its file system, such as {@code ext4} or {@code tmpfs}
     * @throws io.regionstore.RegionStoreException as errno says; NATIVE_ACCESS_DISABLED
     */
    public static String typeOf(Path path) {
        NativeAccess.require();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATFS_BYTES, 8);
            int result = Native.statfs(path.toString(), buffer);
            if (result < 0) {
                throw Errno.failure("statfs", path.toString(), -result);
            }
            return new MountedFileSystem(buffer).type();
        }
    }

    long blockSize() {
        return blockSize;
    }

    boolean isHuge() {
        return magic == HUGETLBFS;
    }

    /** Whether files are memory of the kernel and nothing else. */
    boolean isMemory() {
        return magic == TMPFS || magic == RAMFS || isHuge();
    }

    /** @return bytes that this process may still use, or {@link Long#MAX_VALUE} where the file system sets no limit */
    long available() {
        return blocks == 0 ? Long.MAX_VALUE : availableBlocks * blockSize;
    }

    /** @return bytes that root may still use, never fewer than {@link #available} */
    long free() {
        return blocks == 0 ? Long.MAX_VALUE : freeBlocks * blockSize;
    }

    String type() {
        if (magic == TMPFS) {
            return "tmpfs";
        }
        if (magic == RAMFS) {
            return "ramfs";
        }
        if (magic == HUGETLBFS) {
            return "hugetlbfs";
        }
        // an int switch: the numbers have 32 bits
        return switch ((int) magic) {
            case 0xEF53 -> "ext4";
            case 0x5846_5342 -> "xfs";
            case 0x9123_683E -> "btrfs";
            case 0x2FC1_2FC1 -> "zfs";
            case 0x794C_7630 -> "overlay";
            case 0x6969 -> "nfs";
            case 0x6573_5546 -> "fuse";
            case 0xF2F5_2010 -> "f2fs";
            case 0x0102_1997 -> "9p";
            case 0xCA45_1A4E -> "bcachefs";
            default -> String.format("file system type 0x%x", magic);
        };
    }

    /**
     * @param file on this file system
     * @return what a message says of the file system: type, mount point where it can be told, space
     */
    String describe(FileStatus file) {
        String point = mountPoint(file.device());
        return "the " + type() + (point.isEmpty() ? "" : " mounted at " + point)
                + (blocks == 0 ? "" : ", which has " + available() + " of " + blocks * blockSize + " bytes free");
    }

    /** Lines look like {@code 25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw}. */
    private static String mountPoint(long device) {
        String number = (device >>> 32) + ":" + (int) device;
        try {
            for (String line : Files.readAllLines(MOUNTS)) {
                String[] words = line.split(" ");
                if (words.length > 4 && words[2].equals(number)) {
                    return words[4];
                }
            }
        } catch (IOException e) {
            // /proc is hidden: the message does without
        }
        return "";
    }
}
