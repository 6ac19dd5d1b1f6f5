package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Opens one file: on a dax file system, on an ordinary one, on tmpfs, on hugetlbfs. */
final class FileOpener {
    private static final int RACE_RETRIES = 100;

    private final Medium.File medium;
    private final boolean mayCreate;
    private final MappedMedium beside;
    private final boolean unlocked;
    private final Path absolute;
    private final String path;
    /** The directory of a file that was created here, else null. */
    private Descriptor parent;
    /** Whether the file was empty, so that it got its length here. */
    private boolean lengthened;

    FileOpener(Medium.File medium, boolean mayCreate, MappedMedium beside, boolean unlocked) {
        this.medium = medium;
        this.mayCreate = mayCreate;
        this.beside = beside;
        this.unlocked = unlocked;
        this.absolute = medium.path().toAbsolutePath();
        this.path = absolute.toString();
    }

    private static MappedMedium.Kind kind(MountedFileSystem system, boolean synchronous) {
        return synchronous ? MappedMedium.Kind.DAX_FILE
                : system.isHuge() ? MappedMedium.Kind.HUGETLBFS_FILE
                : system.isMemory() ? MappedMedium.Kind.TMPFS_FILE
                : MappedMedium.Kind.FILE;
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
            MountedFileSystem fileSystem = MountedFileSystem.of(descriptor);
            long length = medium.length() == Medium.TO_END ? status.length() : medium.length();
            long align = fileSystem.isHuge() ? fileSystem.blockSize() : Native.PAGE;
            requireLength(length, fileSystem.isHuge() ? align : 1);
            MappedMedium.requireApart(identity(kind(fileSystem, false), status, length, align), beside);
            if (lock == null) {
                lock = lock(descriptor, length, rollback);
            }
            rollback.onFailure(() -> {
                if (lengthened) {
                    descriptor.tryTruncate(0);
                }
            });
            provideLength(descriptor, length);
            Arena arena = Arena.ofShared();
            rollback.onFailure(arena::close);
            Mapping mapping = map(descriptor, length, fileSystem, arena);
            MediumIdentity identity = identity(kind(fileSystem, mapping.synchronous()), status, length, align);
            MappedMedium opened = new MappedMedium(descriptor, lock, arena, mapping.segment(), identity,
                    medium.vouched(), parent, lengthened);
            rollback.forget();
            parent = null; // the medium's from here on
            return opened;
        } finally {
            if (parent != null) {
                parent.close();
            }
        }
    }

    private ExclusiveLock lock(Descriptor descriptor, long length, Rollback rollback) {
        ExclusiveLock lock = ExclusiveLock.acquire(descriptor, 0, length, unlocked);
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
            lengthened = true;
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

    /** The descriptor itself is mapped, so that neither /proc nor another open of the path is needed. */
    private Mapping map(Descriptor descriptor, long length, MountedFileSystem fileSystem, Arena arena) {
        int protection = Native.PROT_READ | Native.PROT_WRITE;
        boolean synchronous = kind(fileSystem, false) == MappedMedium.Kind.FILE; // the others have no dax
        long address = synchronous ? Native.tryMmap(length, protection, Native.MAP_SHARED_VALIDATE | Native.MAP_SYNC,
                descriptor.number(), 0) : -Errno.EOPNOTSUPP;
        if (address == -Errno.EOPNOTSUPP || address == -Errno.EINVAL || address == -Errno.ENODEV) {
            // not a dax file system, or a kernel before 4.15: the page cache, then
            synchronous = false;
            address = Native.tryMmap(length, protection, Native.MAP_SHARED, descriptor.number(), 0);
        }
        if (Native.isError(address)) {
            throw Errno.failure("mmap of " + length + " bytes", path + (fileSystem.isHuge()
                    ? " (on hugetlbfs: vm.nr_hugepages may be too small)" : ""), (int) -address);
        }
        return new Mapping(Native.mapped(address, length, arena), synchronous);
    }

    private MediumIdentity identity(MappedMedium.Kind kind, FileStatus status, long length, long align) {
        return new MediumIdentity(kind, path, -1, length, align, status.device(), status.inode(), 0);
    }
}
