package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A real directory. No symbolic link is followed at its last name or inside. Thread-safe. */
final class DirectoryLogFiles implements LogFiles {
    private static final FileAttribute<?> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final Channels channels;

    /** How a file or a directory is opened: {@link FileChannel#open}, except where a test lets calls fail. */
    interface Channels {
        FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException;
    }

    DirectoryLogFiles(Path directory, Channels channels) {
        this.directory = directory;
        this.channels = channels;
    }

    /**
     * @param directory a path
     * @return its files, or null if nothing is there
     */
    static DirectoryLogFiles at(Path directory) {
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw Failures.of(directory.toString(), "reading its attributes", e);
        }
        if (found.isSymbolicLink()) {
            throw new RegionStoreException(ErrorCode.SYMBOLIC_LINK, directory + ": expected a directory, found a"
                    + " symbolic link; name the directory itself");
        }
        if (!found.isDirectory()) {
            throw new RegionStoreException(ErrorCode.NOT_A_DIRECTORY, directory + ": expected a directory for the"
                    + " metadata, found something else; name a directory, or use a file medium");
        }
        return new DirectoryLogFiles(directory, FileChannel::open);
    }

    /** As {@link #at}, but makes the directory, durably and for its owner only, if it is missing. */
    static DirectoryLogFiles make(Path directory) {
        DirectoryLogFiles files = at(directory);
        if (files != null) {
            return files;
        }
        Path absolute = directory.toAbsolutePath();
        try {
            // A crash after this leaves an empty directory or none: both are where create() starts.
            Files.createDirectory(absolute, OWNER_ONLY_DIRECTORY);
            sync(absolute.getParent(), FileChannel::open);
        } catch (NoSuchFileException e) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, directory + ": the directory can only be made in one that"
                    + " exists, and there is no " + absolute.getParent() + "; make it first, or name another directory",
                    e);
        } catch (IOException e) {
            throw Failures.of(directory.toString(), "making the directory", e);
        }
        return new DirectoryLogFiles(directory, FileChannel::open);
    }

    private static void sync(Path path, Channels channels) throws IOException {
        boolean interrupted = Thread.interrupted(); // or the channel would be closed under us
        try {
            while (true) {
                try (FileChannel channel = channels.open(path, Set.of(StandardOpenOption.READ))) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String resource() {
        return directory.toString();
    }

    @Override
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    @Override
    public LogFile create(String name) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        return new ChannelLogFile(channels.open(directory.resolve(name), options, OWNER_ONLY_FILE));
    }

    @Override
    public LogFile open(String name, boolean writable) throws IOException {
        Path path = directory.resolve(name);
        BasicFileAttributes found =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (found.isSymbolicLink()) {
            throw new RegionStoreException(ErrorCode.SYMBOLIC_LINK, path + ": expected a file of the store, found a"
                    + " symbolic link; put the file itself there");
        }
        if (!found.isRegularFile()) {
            throw new RegionStoreException(ErrorCode.METADATA_FOREIGN, path + ": expected a regular file of the store,"
                    + " found something else; remove it");
        }
        return new ChannelLogFile(channels.open(path, writable
                ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                : Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void sync() throws IOException {
        sync(directory, channels);
    }

    @Override
    public FileIdentity identity(String name) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(directory.resolve(name), "unix:ino,ctime", LinkOption.NOFOLLOW_LINKS);
        var changed = ((FileTime) found.get("ctime")).toInstant();
        return new FileIdentity((Long) found.get("ino"), changed.getEpochSecond(), changed.getNano());
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
