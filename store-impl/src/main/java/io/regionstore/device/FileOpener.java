package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jdk.nio.mapmode.ExtendedMapMode;

/** Opens one file: on a dax file system, on an ordinary one, on tmpfs, on hugetlbfs. */
final class FileOpener {
    /** include/uapi/linux/magic.h */
    private static final long TMPFS_MAGIC = 0x0102_1994L;
    private static final long RAMFS_MAGIC = 0x8584_58f6L;
    private static final long HUGETLBFS_MAGIC = 0x9584_58f6L;
    private static final int RACE_RETRIES = 100;

    private final Medium.File medium;
    private final boolean mayCreate;
    private final MappedMedium beside;
    private final Path absolute;
    private final String path;
    /** The directory of a file that was created here, else null. */
    private Descriptor parent;

    FileOpener(Medium.File medium, boolean mayCreate, MappedMedium beside) {
        this.medium = medium;
        this.mayCreate = mayCreate;
        this.beside = beside;
        this.absolute = medium.path().toAbsolutePath();
        this.path = absolute.toString();
    }

    private record FileSystem(long magic, long blockSize) {
        static FileSystem of(Descriptor descriptor) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(256, 8);
                int result = Native.fstatfs(descriptor.number(), buffer);
                if (result < 0) {
                    throw Errno.failure("fstatfs", descriptor.resource(), -result);
                }
                return new FileSystem(buffer.get(ValueLayout.JAVA_LONG, 0), buffer.get(ValueLayout.JAVA_LONG, 8));
            }
        }

        boolean isHuge() {
            return magic == HUGETLBFS_MAGIC;
        }

        MappedMedium.Kind kind(boolean synchronous) {
            return synchronous ? MappedMedium.Kind.DAX_FILE
                    : isHuge() ? MappedMedium.Kind.HUGETLBFS_FILE
                    : magic == TMPFS_MAGIC || magic == RAMFS_MAGIC ? MappedMedium.Kind.TMPFS_FILE
                    : MappedMedium.Kind.FILE;
        }
    }

    private record Mapping(MemorySegment segment, boolean synchronous) {
    }

    MappedMedium open() {
        try (Rollback rollback = new Rollback()) {
            Descriptor descriptor = openFile();
            rollback.onFailure(descriptor::close);
            ExclusiveLock lock = null;
            if (parent != null) {
                lock = lock(descriptor, medium.length(), rollback);
                // only under the lock: without it, the file that was created here may be another store's by now
                rollback.onFailure(() -> parent.unlink(absolute.getFileName().toString()));
            }
            FileStatus status = requireRegular(descriptor.status());
            FileSystem fileSystem = FileSystem.of(descriptor);
            long length = medium.length() == Medium.TO_END ? status.length() : medium.length();
            long align = fileSystem.isHuge() ? fileSystem.blockSize() : Native.PAGE;
            requireLength(length, fileSystem.isHuge() ? align : 1);
            MappedMedium.requireApart(identity(fileSystem.kind(false), status, length, align), beside);
            if (lock == null) {
                lock = lock(descriptor, length, rollback);
            }
            provideLength(descriptor, length);
            Arena arena = Arena.ofShared();
            rollback.onFailure(arena::close);
            Mapping mapping = map(descriptor, length, fileSystem, arena);
            MediumIdentity identity = identity(fileSystem.kind(mapping.synchronous()), status, length, align);
            MappedMedium opened = new MappedMedium(descriptor, lock, arena, mapping.segment(), identity,
                    medium.vouched(), parent);
            rollback.forget();
            parent = null; // the medium's from here on
            return opened;
        } finally {
            if (parent != null) {
                parent.close();
            }
        }
    }

    private static ExclusiveLock lock(Descriptor descriptor, long length, Rollback rollback) {
        ExclusiveLock lock = ExclusiveLock.acquire(descriptor, 0, length);
        rollback.onFailure(lock::close);
        return lock;
    }

    private Descriptor openFile() {
        for (int i = 0; i < RACE_RETRIES; i++) {
            int result = Descriptor.tryOpen(path);
            if (result == -Errno.ENXIO || result == -Errno.ENODEV) {
                throw notAFile("a socket, or a device without a driver");
            }
            if (result == -Errno.ENOENT && mayCreate) {
                result = create();
                if (result == -Errno.EEXIST) {
                    continue; // someone was faster
                }
            }
            return Descriptor.of(result, path);
        }
        throw new RegionStoreException(ErrorCode.IO_ERROR, path + ": the file appears and vanishes again and again");
    }

    private int create() {
        if (medium.length() == Medium.TO_END) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, path + ": no such file, and a new one needs a length;"
                    + " use Medium.file(path, length)");
        }
        Descriptor directory = openParent();
        int result = directory.tryCreate(absolute.getFileName().toString());
        if (result < 0) {
            directory.close();
        } else {
            parent = directory;
        }
        return result;
    }

    private Descriptor openParent() {
        String directory = absolute.getParent().toString();
        int result = Descriptor.tryOpenDirectory(directory);
        if (result == -Errno.ENOENT) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, path + ": a file can only be made in a directory that"
                    + " exists, and there is no " + directory + "; make it first, or name another file");
        }
        return Descriptor.of(result, directory);
    }

    private FileStatus requireRegular(FileStatus status) {
        if (!status.isRegular()) {
            throw notAFile(status.typeText());
        }
        return status;
    }

    private RegionStoreException notAFile(String found) {
        return new RegionStoreException(ErrorCode.INVALID_ARGUMENT, path + ": a regular file was expected, but this is "
                + found + "; for a dax device use Medium.device");
    }

    private void requireLength(long length, long unit) {
        if (length == 0) {
            throw new RegionStoreException(ErrorCode.EMPTY_RANGE, path + ": the file is empty, and no length was given;"
                    + " use Medium.file(path, length)");
        }
        if (length % unit != 0) {
            throw new RegionStoreException(ErrorCode.MISALIGNED, path + ": " + length + " bytes is not a multiple of "
                    + unit + ", the huge page size of this hugetlbfs");
        }
    }

    /** The length is asked for again: whoever held the lock until now may have changed it. */
    private void provideLength(Descriptor descriptor, long length) {
        long found = descriptor.status().length();
        if (found == 0 && mayCreate) {
            descriptor.truncate(length);
            descriptor.sync();
            if (parent != null) {
                parent.sync();
            }
        } else if (found < length) {
            throw new RegionStoreException(ErrorCode.OUT_OF_BOUNDS, path + ": " + length + " bytes were expected, but"
                    + " the file has " + found + "; give the length it was created with");
        }
    }

    /** An interrupt closes a channel under its thread: it is put off until the file is mapped, and kept. */
    private Mapping map(Descriptor descriptor, long length, FileSystem fileSystem, Arena arena) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return tryMap(descriptor, length, fileSystem, arena);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } catch (IOException e) {
            boolean outOfMemory = e.getCause() instanceof OutOfMemoryError;
            throw new RegionStoreException(ErrorCode.IO_ERROR, path + ": cannot map " + length + " bytes: " + e
                    + (fileSystem.isHuge() ? "; there may be too few huge pages: raise vm.nr_hugepages"
                    : outOfMemory ? "; look at ulimit -v and vm.max_map_count" : ""), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Through {@code /proc/self/fd}: another descriptor of the same file, whatever its path names by now. */
    private static Mapping tryMap(Descriptor descriptor, long length, FileSystem fileSystem, Arena arena)
            throws IOException {
        Path self = Path.of("/proc/self/fd", Integer.toString(descriptor.number()));
        try (FileChannel channel = FileChannel.open(self, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (fileSystem.kind(false) == MappedMedium.Kind.FILE) { // the others have no dax
                try {
                    return new Mapping(channel.map(ExtendedMapMode.READ_WRITE_SYNC, 0, length, arena), true);
                } catch (ClosedByInterruptException e) {
                    throw e;
                } catch (IOException | UnsupportedOperationException e) {
                    // not a dax file system, or a processor without write-back: the page cache, then
                }
            }
            return new Mapping(channel.map(MapMode.READ_WRITE, 0, length, arena), false);
        }
    }

    private MediumIdentity identity(MappedMedium.Kind kind, FileStatus status, long length, long align) {
        return new MediumIdentity(kind, path, -1, length, align, status.device(), status.inode(), 0);
    }
}
