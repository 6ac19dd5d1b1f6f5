package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntSupplier;

/**
 * A directory, opened once: every name is looked up in the directory itself, never through its path again. So whoever
 * renames the directory, or puts another one in its place, does not lead its owner to files of somebody else.
 *
 * <p>The JDK opens files by paths only. {@link #path} gives one that leads through {@code /proc/self/fd}, which is the
 * open directory; where {@code /proc} is hidden it is the directory's own path, and {@link #requireReachable}, asked
 * before and after a file is opened, says whether that path still led to the directory.
 *
 * <p>Failures are those of {@link java.nio.file.Files}. Thread-safe.
 */
public final class DirectoryHandle implements AutoCloseable {
    /** Where the kernel shows the open descriptors of a process to itself. */
    public static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private static final int FLAGS = Native.O_RDONLY | Native.O_DIRECTORY | Native.O_CLOEXEC;
    private static final int LIST_BYTES = 32 << 10;
    /** Offsets in {@code struct linux_dirent64} (getdents64(2)). */
    private static final int RECORD_LENGTH = 16;
    private static final int RECORD_NAME = 19;

    private final Path path;
    private final Descriptor descriptor;
    private final FileStatus opened;
    /** A path to the open directory, or null where {@code /proc} is hidden. */
    private final Path link;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private boolean closed;

    private DirectoryHandle(Path path, Descriptor descriptor, FileStatus opened, Path descriptors) {
        this.path = path;
        this.descriptor = descriptor;
        this.opened = opened;
        Path own = descriptors.resolve(Integer.toString(descriptor.number()));
        this.link = isAt(own.resolve(".").toString()) ? own : null;
    }

    /**
     * @param directory   a path, which must not be a symbolic link
     * @param descriptors {@link #DESCRIPTORS}; a test names another place, where nothing is
     * @return the directory; null if nothing has that path
     * @throws RegionStoreException NOT_A_DIRECTORY, SYMBOLIC_LINK, PERMISSION_DENIED, IO_ERROR, NATIVE_ACCESS_DISABLED
     */
    public static DirectoryHandle open(Path directory, Path descriptors) {
        NativeAccess.require();
        String name = directory.toAbsolutePath().toString();
        int result = Native.openat(Native.AT_FDCWD, name, FLAGS | Native.O_NOFOLLOW, 0);
        if (result == -Errno.ENOENT) {
            return null;
        }
        if (result == -Errno.ENOTDIR || result == -Errno.ELOOP) {
            throw notADirectory(directory, name, result);
        }
        Descriptor opened = Descriptor.of(result, directory.toString());
        try {
            return new DirectoryHandle(directory, opened, opened.status(), descriptors);
        } catch (Throwable t) {
            opened.close();
            throw t;
        }
    }

    private static RegionStoreException notADirectory(Path directory, String name, int result) {
        String found = FileStatus.at(name).typeText();
        return FileStatus.at(name).isSymbolicLink()
                ? new RegionStoreException(ErrorCode.SYMBOLIC_LINK, directory + ": expected a directory, found a symbolic"
                        + " link; name the directory itself")
                : new RegionStoreException(ErrorCode.NOT_A_DIRECTORY, directory + ": expected a directory for the"
                        + " metadata, found " + found + "; name a directory, or use a file medium");
    }

    /** @return the path that it was opened by, for messages */
    public Path path() {
        return path;
    }

    /**
     * @param name in this directory
     * @return a path by which the JDK can open that file
     */
    public Path path(String name) {
        return (link == null ? path : link).resolve(name);
    }

    /**
     * @param name of a file that was opened by {@link #path(String)}, or is about to be
     * @throws IOException if that path leads, or may have led, to another file
     */
    public void requireReachable(String name) throws IOException {
        if (link != null) {
            return;
        }
        FileStatus here = status(name);
        boolean same;
        try {
            same = FileStatus.at(path(name).toString()).sameFileAs(here);
        } catch (RegionStoreException e) {
            same = false;
        }
        if (!same) {
            throw new FileSystemException(path.resolve(name).toString(), null, "the directory was moved or replaced"
                    + " while it was open, and its files cannot be reached without /proc");
        }
    }

    /** @return the names in it, in no order */
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            // a descriptor of its own: the position in the list belongs to the description
            int fresh = check("list", ".", () -> Native.openat(descriptor.number(), ".", FLAGS, 0));
            try (Descriptor list = Descriptor.of(fresh, path.toString())) {
                MemorySegment buffer = arena.allocate(LIST_BYTES, 8);
                int filled;
                while ((filled = check("list", ".", () -> Native.getdents(list.number(), buffer))) > 0) {
                    collect(buffer, filled, names);
                }
            }
        }
        return names;
    }

    private static void collect(MemorySegment buffer, int filled, List<String> names) {
        for (long at = 0; at < filled; ) {
            String name = buffer.getString(at + RECORD_NAME);
            if (!name.equals(".") && !name.equals("..")) {
                names.add(name);
            }
            at += Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, at + RECORD_LENGTH));
        }
    }

    /**
     * Makes an empty file for its owner only.
     *
     * @param name which must not exist
     */
    public void create(String name) throws IOException {
        Native.close(check("create", name, () -> descriptor.tryCreate(name)));
    }

    /** Renames a file; durable after {@link #sync}. */
    public void rename(String from, String to) throws IOException {
        check("rename to " + to + " of", from, () -> Native.renameat(descriptor.number(), from, to));
    }

    /** Removes a file, if there is one; durable after {@link #sync}. */
    public void delete(String name) throws IOException {
        try {
            check("remove", name, () -> Native.unlinkat(descriptor.number(), name));
        } catch (NoSuchFileException e) {
            // that is what was asked for
        }
    }

    /** Makes the names durable. */
    public void sync() throws IOException {
        check("sync", ".", () -> Native.fsync(descriptor.number()));
    }

    /** @return what a file is; of the link itself, if it is one */
    FileStatus status(String name) throws IOException {
        FileStatus[] found = new FileStatus[1];
        check("read the attributes of", name, () -> FileStatus.tryIn(descriptor.number(), name, found));
        return found[0];
    }

    /** @return whether a name is that of a regular file, or what else is there */
    public FileKind kind(String name) throws IOException {
        FileStatus found = status(name);
        return found.isRegular() ? FileKind.REGULAR : found.isSymbolicLink() ? FileKind.SYMBOLIC_LINK : FileKind.OTHER;
    }

    /** @return bytes of a file */
    public long length(String name) throws IOException {
        return status(name).length();
    }

    /** What a name is. */
    public enum FileKind { REGULAR, SYMBOLIC_LINK, OTHER }

    /** @return when and as what a file came into being */
    public FileBirth birth(String name) throws IOException {
        FileStatus found = status(name);
        return new FileBirth(found.inode(), found.birthSeconds(), found.birthNanos(),
                found.hasBirth() ? 0 : generation(name));
    }

    /** Zero where it cannot be had: it is one mark of several. */
    private int generation(String name) throws IOException {
        int flags = Native.O_RDONLY | Native.O_CLOEXEC | Native.O_NOFOLLOW | Native.O_NONBLOCK;
        int file = check("open", name, () -> Native.openat(descriptor.number(), name, flags, 0));
        try {
            return Native.inodeGeneration(file);
        } finally {
            Native.close(file);
        }
    }

    /**
     * Locks the directory for one store: a file in it, whose lock names the owner, and the directory itself, so that
     * removing that file lets no second store in. File systems that lock no directories have the file's lock only.
     *
     * @param name     of the file, made when it is missing
     * @param unlocked whether it may be that the kernel has no locks there
     * @return the lock, to be closed before this
     * @throws RegionStoreException LOCKED, LOCK_UNSUPPORTED, and as {@link ExclusiveLock#onFile}
     */
    public Lock lock(String name, boolean unlocked) {
        ExclusiveLock file = ExclusiveLock.onFile(descriptor.number(), name, path.resolve(name).toString(), unlocked);
        if (Native.flock(descriptor.number(), true) == -Errno.EAGAIN) {
            file.close();
            throw new RegionStoreException(ErrorCode.LOCKED, path + ": held by a store that has it open, although its "
                    + name + " file was removed; close that store or end that process, and the lock is free at once");
        }
        return new Lock(descriptor, file);
    }

    /** A lock of a directory. */
    public static final class Lock implements AutoCloseable {
        private final Descriptor directory;
        private final ExclusiveLock file;
        private boolean released;

        private Lock(Descriptor directory, ExclusiveLock file) {
            this.directory = directory;
            this.file = file;
        }

        /** @return whether the kernel has such locks */
        public boolean isHeld() {
            return file.isHeld();
        }

        @Override
        public void close() {
            synchronized (this) { // once: the descriptor may be closed after this
                if (!released) {
                    released = true;
                    Native.flock(directory.number(), false);
                }
            }
            file.close();
        }
    }

    /** @return the file system with its free space, for messages */
    public String fileSystem() {
        try {
            return reading(() -> MountedFileSystem.of(descriptor).describe(descriptor.status()));
        } catch (IOException | RegionStoreException e) {
            return "the file system";
        }
    }

    /** @return whether the path still leads to the directory, or, if not, whether the directory is somewhere else */
    public Place place() {
        if (isAt(path.toAbsolutePath().toString())) {
            return Place.HERE;
        }
        try {
            return reading(() -> descriptor.status().links() > 0 ? Place.MOVED : Place.REMOVED);
        } catch (IOException e) {
            return Place.HERE; // it is being closed
        }
    }

    /** Where an open directory is. */
    public enum Place { HERE, MOVED, REMOVED }

    /** @return where the directory is now, as far as the kernel tells, for messages */
    public String whereNow() {
        String found = link == null ? null : Native.readlink(link.toString());
        return found == null ? "somewhere else" : found;
    }

    private boolean isAt(String name) {
        try {
            return FileStatus.at(name).sameFileAs(opened);
        } catch (RegionStoreException e) {
            return false;
        }
    }

    private interface Reading<T> {
        T read();
    }

    /** A closed descriptor's number may be another file's. */
    private <T> T reading(Reading<T> call) throws IOException {
        use.readLock().lock();
        try {
            if (closed) {
                throw new IOException(path + ": the directory is closed");
            }
            return call.read();
        } finally {
            use.readLock().unlock();
        }
    }

    private int check(String action, String name, IntSupplier call) throws IOException {
        int result = reading(call::getAsInt);
        if (result >= 0) {
            return result;
        }
        String file = path.resolve(name).normalize().toString();
        switch (-result) {
            case Errno.ENOENT -> throw new NoSuchFileException(file);
            case Errno.EEXIST -> throw new FileAlreadyExistsException(file);
            case Errno.EACCES, Errno.EPERM, Errno.EROFS -> throw new AccessDeniedException(file, null,
                    Native.describe(-result));
            default -> throw new FileSystemException(file, null, action + ": " + Native.describe(-result)
                    + Errno.remedy(-result));
        }
    }

    @Override
    public void close() {
        use.writeLock().lock();
        try {
            closed = true;
            descriptor.close();
        } finally {
            use.writeLock().unlock();
        }
    }
}
