package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.device.DirectoryHandle;
import io.regionstore.device.DirectoryHandle.FileKind;
import io.regionstore.device.DirectoryHandle.Place;
import io.regionstore.device.FileBirth;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * A real directory. It is opened once, and every name is looked up in what was opened: see {@link DirectoryHandle}. No
 * symbolic link is followed at its last name or inside. Thread-safe.
 */
final class DirectoryLogFiles implements LogFiles {
    private static final FileAttribute<?> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> READ_WRITE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final DirectoryHandle directory;
    private final Channels channels;

    /** How a file is opened: {@link FileChannel#open}, except where a test lets calls fail. */
    interface Channels {
        FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException;
    }

    /** @param directory closed with this */
    DirectoryLogFiles(DirectoryHandle directory, Channels channels) {
        this.directory = directory;
        this.channels = channels;
    }

    /**
     * @param directory a path
     * @return its files, or null if nothing is there
     */
    static DirectoryLogFiles at(Path directory) {
        return at(directory, FileChannel::open);
    }

    /** As {@link #at(Path)}, with channels of a test. */
    static DirectoryLogFiles at(Path directory, Channels channels) {
        DirectoryHandle handle = DirectoryHandle.open(directory, DirectoryHandle.DESCRIPTORS);
        return handle == null ? null : new DirectoryLogFiles(handle, channels);
    }

    /** As {@link #at}, but makes the directory, durably and for its owner only, if it is missing. */
    static DirectoryLogFiles make(Path directory) {
        DirectoryLogFiles files = at(directory);
        if (files != null) {
            return files;
        }
        Path absolute = directory.toAbsolutePath();
        boolean made = false;
        try {
            // A crash after this leaves an empty directory or none: both are where create() starts.
            Files.createDirectory(absolute, OWNER_ONLY_DIRECTORY);
            made = true;
            // the parent's path may end in a symbolic link, which is followed with "." behind it
            try (DirectoryHandle parent = DirectoryHandle.open(absolute.getParent().resolve("."),
                    DirectoryHandle.DESCRIPTORS)) {
                if (parent != null) {
                    parent.sync();
                }
            }
            files = at(directory);
        } catch (NoSuchFileException e) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, directory + ": the directory can only be made in one that"
                    + " exists, and there is no " + absolute.getParent() + "; make it first, or name another directory",
                    e);
        } catch (IOException e) {
            throw Failures.of(directory.toString(), "making the directory", e);
        } finally {
            if (made && files == null) {
                tryDelete(absolute);
            }
        }
        if (files == null) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, directory + ": the directory was made, and somebody"
                    + " removed it at once; try again");
        }
        return files;
    }

    static void tryDelete(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // the caller is failing already, and says why
        }
    }

    @Override
    public String resource() {
        return directory.path().toString();
    }

    @Override
    public List<String> list() throws IOException {
        return directory.list();
    }

    @Override
    public LogFile create(String name) throws IOException {
        directory.create(name);
        return channel(name, READ_WRITE);
    }

    @Override
    public LogFile open(String name, boolean writable) throws IOException {
        FileKind found = directory.kind(name);
        if (found == FileKind.SYMBOLIC_LINK) {
            throw new RegionStoreException(ErrorCode.SYMBOLIC_LINK, named(name) + ": expected a file of the store, found"
                    + " a symbolic link; put the file itself there");
        }
        if (found != FileKind.REGULAR) {
            throw new RegionStoreException(ErrorCode.METADATA_FOREIGN, named(name) + ": expected a regular file of the"
                    + " store, found something else; remove it");
        }
        return channel(name, writable ? READ_WRITE : READ);
    }

    private LogFile channel(String name, Set<OpenOption> options) throws IOException {
        directory.requireReachable(name);
        FileChannel channel;
        try {
            channel = channels.open(directory.path(name), options);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(named(name).toString());
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(named(name).toString(), null, e.getReason());
        } catch (FileSystemException e) {
            throw new FileSystemException(named(name).toString(), null, e.getReason());
        }
        try {
            directory.requireReachable(name);
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
        return new ChannelLogFile(channel);
    }

    private Path named(String name) {
        return directory.path().resolve(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        directory.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        directory.delete(name);
    }

    @Override
    public void sync() throws IOException {
        directory.sync();
    }

    @Override
    public FileIdentity identity(String name) throws IOException {
        FileBirth birth = directory.birth(name);
        return new FileIdentity(birth.inode(), birth.seconds(), birth.nanos(), birth.generation());
    }

    @Override
    public Lock lock(boolean unlocked) {
        DirectoryHandle.Lock lock = directory.lock(FileNames.LOCK, unlocked);
        return new Lock() {
            @Override
            public boolean isHeld() {
                return lock.isHeld();
            }

            @Override
            public void close() {
                lock.close();
            }
        };
    }

    @Override
    public String fileSystem() {
        return directory.fileSystem();
    }

    @Override
    public boolean canVanish() {
        return true;
    }

    @Override
    public void removeDirectory() throws IOException {
        if (directory.place() == Place.HERE) {
            try {
                Files.delete(directory.path());
            } catch (DirectoryNotEmptyException e) {
                // somebody has put something into it meanwhile: it is theirs now
            }
        }
    }

    @Override
    public Whereabouts whereabouts(String log, FileIdentity identity, long length) {
        Place place = directory.place();
        if (place == Place.REMOVED) {
            return new Whereabouts(true, resource() + ": expected the metadata directory of an open store, found that it was"
                    + " removed; what is written now would be lost: close the store, then restore a backup of region and"
                    + " metadata, or create a store");
        }
        String found = finding(log, identity, length);
        if (found != null) {
            return new Whereabouts(true, named(log) + ": expected the log of an open store, " + length + " bytes at least,"
                    + " found that " + found + "; what is written now would be lost: close the store, then restore a"
                    + " backup of region and metadata");
        }
        return place == Place.HERE ? Whereabouts.HERE : new Whereabouts(false, resource() + ": expected the metadata"
                + " directory of an open store, found that it was moved: it is now " + directory.whereNow() + "; the store"
                + " goes on in it, and is opened there next time, unless you move it back");
    }

    /** What is wrong with a log: writes go on by its descriptor whatever becomes of its name. */
    private String finding(String log, FileIdentity identity, long length) {
        try {
            long size = directory.length(log);
            return !identity(log).matches(identity) ? "another file has its name"
                    : size < length ? "it was cut to " + size + " bytes" : null;
        } catch (NoSuchFileException e) {
            return "it was removed";
        } catch (IOException e) {
            return null; // too many open files, for example, or the store is being closed: nothing is known then
        }
    }

    @Override
    public void close() {
        directory.close();
    }

    private static final class ChannelLogFile implements LogFile {
        private final FileChannel channel;

        ChannelLogFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer destination, long position) throws IOException {
            int total = 0;
            while (destination.hasRemaining()) {
                int read = channel.read(destination, position + total);
                if (read < 0) {
                    break;
                }
                total += read;
            }
            return total;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            long at = position;
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        }

        @Override
        public void sync(boolean metadata) throws IOException {
            channel.force(metadata);
        }

        /** The descriptor is gone whatever the call says, and what was promised of the file was synced before. */
        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // nobody could do anything about it, and whoever closes several files goes on with the next
            }
        }
    }
}
