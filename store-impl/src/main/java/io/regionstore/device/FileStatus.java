package io.regionstore.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What {@code statx} tells of an open descriptor. {@code device} and {@code special} (the number of a character or
 * block device) are {@code major << 32 | minor}; {@code length} is in bytes and 0 for a device. {@code allocated} is how
 * many bytes of the file have blocks, or more: file systems count blocks of their own too. {@code links} is the number of
 * names; a file that never had one ({@code memfd_create}) has 0, as one whose last name was removed. The time of birth,
 * since 1970, is 0 where the file system records none.
 */
record FileStatus(int type, long device, long inode, long special, long length, long allocated, int links,
                  long birthSeconds, int birthNanos) {
    private static final int FIFO = 0x1000;
    private static final int CHARACTER_DEVICE = 0x2000;
    private static final int DIRECTORY = 0x4000;
    private static final int BLOCK_DEVICE = 0x6000;
    private static final int REGULAR = 0x8000;
    private static final int SYMBOLIC_LINK = 0xA000;
    private static final int SOCKET = 0xC000;
    private static final int TYPE_MASK = 0xF000;

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;
    private static final int STATX_BYTES = 256;
    /** Offsets in {@code struct statx} (include/uapi/linux/stat.h); the same on every architecture. */
    private static final int FOUND = 0;
    private static final int LINKS = 16;
    private static final int MODE = 28;
    private static final int INODE = 32;
    private static final int SIZE = 40;
    private static final int BLOCKS = 48;
    /** Unit of that, whatever the blocks of the file system are. */
    private static final long BLOCK = 512;
    private static final int BIRTH_SECONDS = 80;
    private static final int BIRTH_NANOS = 88;
    private static final int RDEV_MAJOR = 128;
    private static final int DEV_MAJOR = 136;

    static FileStatus of(int descriptor, String resource) {
        return statx(descriptor, "", AT_EMPTY_PATH, resource);
    }

    /** @return the status of what a path names now; of the link itself, if it is one */
    static FileStatus at(String path) {
        return statx(Native.AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, path);
    }

    /**
     * @param found receives the status of a name in an open directory; of the link itself, if it is one
     * @return 0, or minus errno
     */
    static int tryIn(int directory, String name, FileStatus[] found) {
        return tryStatx(directory, name, AT_SYMLINK_NOFOLLOW, found);
    }

    private static FileStatus statx(int descriptor, String path, int flags, String resource) {
        FileStatus[] found = new FileStatus[1];
        int result = tryStatx(descriptor, path, flags, found);
        if (result < 0) {
            throw Errno.failure("statx", resource, -result);
        }
        return found[0];
    }

    private static int tryStatx(int descriptor, String path, int flags, FileStatus[] found) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATX_BYTES, 8);
            int result = Native.statx(descriptor, path, flags, STATX_BASIC_STATS | STATX_BTIME, buffer);
            if (result >= 0) {
                boolean born = (buffer.get(ValueLayout.JAVA_INT, FOUND) & STATX_BTIME) != 0;
                found[0] = new FileStatus(buffer.get(ValueLayout.JAVA_SHORT, MODE) & TYPE_MASK,
                        number(buffer, DEV_MAJOR), buffer.get(ValueLayout.JAVA_LONG, INODE),
                        number(buffer, RDEV_MAJOR), buffer.get(ValueLayout.JAVA_LONG, SIZE),
                        buffer.get(ValueLayout.JAVA_LONG, BLOCKS) * BLOCK, buffer.get(ValueLayout.JAVA_INT, LINKS),
                        born ? buffer.get(ValueLayout.JAVA_LONG, BIRTH_SECONDS) : 0,
                        born ? buffer.get(ValueLayout.JAVA_INT, BIRTH_NANOS) : 0);
            }
            return result;
        }
    }

    private static long number(MemorySegment buffer, int offset) {
        return (long) buffer.get(ValueLayout.JAVA_INT, offset) << 32
                | Integer.toUnsignedLong(buffer.get(ValueLayout.JAVA_INT, offset + 4));
    }

    boolean isCharacterDevice() {
        return type == CHARACTER_DEVICE;
    }

    boolean isRegular() {
        return type == REGULAR;
    }

    boolean isDirectory() {
        return type == DIRECTORY;
    }

    boolean isSymbolicLink() {
        return type == SYMBOLIC_LINK;
    }

    boolean hasBirth() {
        return birthSeconds != 0 || birthNanos != 0;
    }

    boolean sameFileAs(FileStatus other) {
        return device == other.device && inode == other.inode;
    }

    /** @return {@code major:minor} of a device, as sysfs writes it */
    String specialText() {
        return (special >>> 32) + ":" + (int) special;
    }

    /** @return what the file is, for messages */
    String typeText() {
        return switch (type) {
            case FIFO -> "a named pipe";
            case CHARACTER_DEVICE -> "a character device (" + specialText() + ")";
            case DIRECTORY -> "a directory";
            case BLOCK_DEVICE -> "a block device (" + specialText() + ")";
            case REGULAR -> "a regular file";
            case SYMBOLIC_LINK -> "a symbolic link";
            case SOCKET -> "a socket";
            default -> String.format("a file of type 0x%x", type);
        };
    }
}
