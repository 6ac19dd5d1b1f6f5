package io.regionstore.device;

import java.util.regex.Pattern;

/**
 * An open file descriptor. Whatever is asked of the file afterwards is asked of the descriptor, never of the path
 * again: the path may name something else by then. Not thread-safe, except {@link #close}.
 */
final class Descriptor implements AutoCloseable {
    /**
     * The names that the kernel gives to open descriptors. Though they look like symbolic links they are none: opening one
     * opens the file behind the descriptor, whatever other names it has. A file without one ({@code memfd_create}) has only
     * these.
     */
    private static final Pattern OPEN_DESCRIPTOR =
            Pattern.compile("/proc/(self|thread-self|[1-9][0-9]*)/fd/[0-9]+|/dev/fd/[0-9]+");

    /** Not blocking (a pipe, a tape) and not becoming the terminal of the process, whatever the path turns out to be. */
    private static final int FLAGS =
            Native.O_RDWR | Native.O_CLOEXEC | Native.O_NOFOLLOW | Native.O_NONBLOCK | Native.O_NOCTTY;

    private final int number;
    private final String resource;
    private boolean closed;

    private Descriptor(int number, String resource) {
        this.number = number;
        this.resource = resource;
    }

    /** @return the descriptor, or minus errno when it cannot be opened */
    static int tryOpen(String path) {
        int flags = OPEN_DESCRIPTOR.matcher(path).matches() ? FLAGS & ~Native.O_NOFOLLOW : FLAGS;
        return Native.openat(Native.AT_FDCWD, path, flags, 0);
    }

    /** @return the descriptor, of a new file of mode 0600 when there is none, or minus errno */
    static int tryOpenOrCreate(int directory, String name) {
        return Native.openat(directory, name, FLAGS | Native.O_CREAT, 0600);
    }

    /** @return a descriptor of the directory, or minus errno */
    static int tryOpenDirectory(String path) {
        return Native.openat(Native.AT_FDCWD, path, Native.O_RDONLY | Native.O_DIRECTORY | Native.O_CLOEXEC, 0);
    }

    /** @return a new file of mode 0600 in this directory, or minus errno: {@link Errno#EEXIST} when it is there */
    int tryCreate(String name) {
        return Native.openat(number, name, FLAGS | Native.O_CREAT | Native.O_EXCL, 0600);
    }

    /** @throws io.regionstore.RegionStoreException when {@code result} is minus errno */
    static Descriptor of(int result, String resource) {
        if (result < 0) {
            throw Errno.failure("open", resource, -result);
        }
        return new Descriptor(result, resource);
    }

    int number() {
        return number;
    }

    String resource() {
        return resource;
    }

    FileStatus status() {
        return FileStatus.of(number, resource);
    }

    void truncate(long length) {
        int result = Native.ftruncate(number, length);
        if (result < 0) {
            throw Errno.failure("ftruncate to " + length + " bytes", resource, -result);
        }
    }

    /** As {@link #truncate}, where a failure is of no consequence to the caller, who is failing already. */
    void tryTruncate(long length) {
        int unused = Native.ftruncate(number, length);
    }

    void sync() {
        int result = Native.fsync(number);
        if (result < 0) {
            throw Errno.failure("fsync", resource, -result);
        }
    }

    /** Removes a name from this directory; a failure is of no consequence to the caller, who is failing already. */
    void unlink(String name) {
        Native.unlinkat(number, name);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Native.close(number);
        }
    }
}
