package io.regionstore.engine;

import io.regionstore.log.FileIdentity;
import io.regionstore.log.LogFile;
import io.regionstore.log.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Files in memory, with inodes and times, to be damaged byte by byte and put back between two opens. Everything is
 * durable at once. Thread-safe.
 */
final class MemoryDirectory implements LogFiles {
    private static final class Inode {
        final long number;
        final long born;
        byte[] bytes;
        int length;
        /** Whether a snapshot has the same bytes: they are copied before they are written. */
        boolean shared;

        Inode(long number, long born, byte[] bytes, int length) {
            this.number = number;
            this.born = born;
            this.bytes = bytes;
            this.length = length;
        }

        Inode share() {
            shared = true;
            Inode other = new Inode(number, born, bytes, length);
            other.shared = true;
            return other;
        }
    }

    /** All files as they were. */
    record Snapshot(Map<String, Inode> files) {
    }

    private final Map<String, Inode> live = new TreeMap<>();
    private long clock = 1;
    private long changes;

    /** @return calls that changed something */
    synchronized long changes() {
        return changes;
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(shared(live));
    }

    /** Puts everything back as it was, inodes and times too: what a file system never does, but a test needs. */
    synchronized void restore(Snapshot snapshot) {
        live.clear();
        live.putAll(shared(snapshot.files));
    }

    private static Map<String, Inode> shared(Map<String, Inode> files) {
        Map<String, Inode> copy = new TreeMap<>();
        files.forEach((name, inode) -> copy.put(name, inode.share()));
        return copy;
    }

    /** Puts one file of a snapshot under a name: a copy, with an inode and times of its own. */
    synchronized void putBack(Snapshot snapshot, String from, String to) {
        Inode source = snapshot.files.get(from);
        live.put(to, new Inode(++clock, ++clock, Arrays.copyOf(source.bytes, source.length), source.length));
    }

    /** Overwrites one file with the bytes that it had then, into the inode that it has now. */
    synchronized void overwrite(Snapshot snapshot, String name) {
        Inode source = snapshot.files.get(name);
        replace(name, Arrays.copyOf(source.bytes, source.length));
    }

    synchronized byte[] contents(String name) {
        Inode inode = live.get(name);
        return Arrays.copyOf(inode.bytes, inode.length);
    }

    /** Damages a file: inode and times stay. */
    synchronized void replace(String name, byte[] bytes) {
        Inode inode = live.get(name);
        live.put(name, new Inode(inode.number, inode.born, bytes, bytes.length));
    }

    /** Damages one byte, in snapshots too: who does so undoes it by a second call. */
    synchronized byte poke(String name, int at, byte value) {
        byte[] bytes = live.get(name).bytes;
        byte old = bytes[at];
        bytes[at] = value;
        return old;
    }

    synchronized void remove(String name) {
        live.remove(name);
    }

    synchronized List<String> names() {
        return List.copyOf(live.keySet());
    }

    @Override
    public String resource() {
        return "memory";
    }

    @Override
    public List<String> list() {
        return names();
    }

    @Override
    public synchronized LogFile create(String name) throws IOException {
        if (live.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        changes++;
        Inode inode = new Inode(++clock, ++clock, new byte[4096], 0);
        live.put(name, inode);
        return new Open(inode);
    }

    @Override
    public synchronized LogFile open(String name, boolean writable) throws IOException {
        return new Open(find(name));
    }

    private Inode find(String name) throws NoSuchFileException {
        Inode inode = live.get(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return inode;
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        Inode inode = find(from);
        changes++;
        live.remove(from);
        live.put(to, inode);
    }

    @Override
    public synchronized void delete(String name) {
        changes += live.remove(name) == null ? 0 : 1;
    }

    @Override
    public void sync() {
        // always durable
    }

    @Override
    public synchronized FileIdentity identity(String name) throws IOException {
        Inode inode = find(name);
        return new FileIdentity(inode.number, inode.born, 0);
    }

    private final class Open implements LogFile {
        private final Inode inode;

        Open(Inode inode) {
            this.inode = inode;
        }

        @Override
        public long size() {
            synchronized (MemoryDirectory.this) {
                return inode.length;
            }
        }

        @Override
        public int read(ByteBuffer destination, long position) {
            synchronized (MemoryDirectory.this) {
                int length = (int) Math.max(0, Math.min(destination.remaining(), inode.length - position));
                if (length > 0) {
                    destination.put(inode.bytes, (int) position, length);
                }
                return length;
            }
        }

        @Override
        public void write(ByteBuffer source, long position) {
            synchronized (MemoryDirectory.this) {
                changes++;
                int end = (int) position + source.remaining();
                if (inode.shared || end > inode.bytes.length) {
                    inode.bytes = Arrays.copyOf(inode.bytes,
                            end > inode.bytes.length ? Math.max(end, 2 * inode.bytes.length) : inode.bytes.length);
                    inode.shared = false;
                }
                source.get(inode.bytes, (int) position, source.remaining());
                inode.length = Math.max(inode.length, end);
            }
        }

        @Override
        public void sync(boolean metadata) {
            // always durable
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
