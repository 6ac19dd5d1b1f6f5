package io.regionstore.proof;

import io.regionstore.log.FileIdentity;
import io.regionstore.log.LogFile;
import io.regionstore.log.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A file system in memory that can lose power, or fail in any call. A failed write leaves half of it; a failed sync loses
 * what it should have synced, as kernels do. Thread-safe.
 */
public final class SimulatedFiles implements LogFiles {
    /** How much of what was not synced a crash keeps. */
    public enum Survival {
        /** Everything. */
        ALL(100),
        /** Nothing. */
        NONE(0),
        /** About half. */
        ANY(50),
        /** Nine tenths. */
        MOST(90);

        private final int percent;

        Survival(int percent) {
            this.percent = percent;
        }

        private int keeps(Random random) {
            return random.nextInt(100) < percent ? FileState.SECTOR : 0;
        }
    }

    /** The power is off. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        /** The power is off now. */
        public Crash() {
            super("simulated crash");
        }
    }

    private final FileState state;
    private final Consumer<FileState.Event> observer;
    private int calls;
    private int changes;
    private int fileSyncs;
    private int openFiles;
    private int crashAtChange = Integer.MAX_VALUE;
    private int failAtCall = Integer.MAX_VALUE;
    private boolean crashed;
    private volatile long syncNanos;

    public SimulatedFiles() {
        this(new FileState(), event -> { });
    }

    /**
     * @param state    what is there; owned by this from now on
     * @param observer told everything that changes, in order
     */
    public SimulatedFiles(FileState state, Consumer<FileState.Event> observer) {
        this.state = state;
        this.observer = observer;
    }

    /** Gives syncs the time that a disk takes. */
    public SimulatedFiles syncsTaking(long nanos) {
        syncNanos = nanos;
        return this;
    }

    /** Loses power in the {@code n}th call that changes something: it may have had all, some or no effect. */
    public synchronized SimulatedFiles crashAtChange(int n) {
        crashAtChange = changes + n;
        return this;
    }

    /** Lets the {@code n}th call of any kind fail, and only that. */
    public synchronized SimulatedFiles failAtCall(int n) {
        failAtCall = calls + n;
        return this;
    }

    public synchronized boolean reached() {
        return crashed || calls >= failAtCall;
    }

    public synchronized int openFiles() {
        return openFiles;
    }

    public synchronized int fileSyncs() {
        return fileSyncs;
    }

    /** @return what a machine finds on the medium after the power is back */
    public synchronized SimulatedFiles afterCrash(Survival survival, Random random) {
        return new SimulatedFiles(state.afterCrash(unit -> survival.keeps(random)), event -> { });
    }

    public synchronized Set<String> names() {
        return Set.copyOf(state.names());
    }

    /** @return a copy of the bytes of a file */
    public synchronized byte[] contents(String name) {
        return state.bytes(state.inode(name)).clone();
    }

    /** Replaces the bytes of a file, leaving inode and times alone: what damage does. */
    public synchronized void replace(String name, byte[] bytes) {
        state.damage(name, bytes);
    }

    /** As {@code cp -a}: other inodes, other times. */
    public synchronized SimulatedFiles copy() {
        SimulatedFiles copy = afterCrash(Survival.ALL, new Random(0));
        copy.state.pass(5000);
        copy.state.renew();
        return copy;
    }

    public synchronized void copyFrom(SimulatedFiles other, String name) {
        state.put(name, other.contents(name));
    }

    public synchronized void remove(String name) {
        state.remove(name);
    }

    private void call() throws IOException {
        if (crashed) {
            throw new Crash();
        }
        if (++calls == failAtCall) {
            throw new IOException("simulated I/O error");
        }
    }

    private void change() {
        if (++changes == crashAtChange) {
            crashed = true;
            throw new Crash();
        }
    }

    private void apply(FileState.Event event) {
        state.apply(event);
        observer.accept(event);
    }

    private long inode(String name) throws NoSuchFileException {
        Long inode = state.inode(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return inode;
    }

    @Override
    public String resource() {
        return "simulated";
    }

    @Override
    public synchronized List<String> list() throws IOException {
        call();
        return state.names();
    }

    @Override
    public synchronized LogFile create(String name) throws IOException {
        call();
        if (state.inode(name) != null) {
            throw new FileAlreadyExistsException(name);
        }
        long inode = state.tick();
        apply(new FileState.Create(name, inode, state.tick()));
        change();
        openFiles++;
        return new Open(inode);
    }

    @Override
    public synchronized LogFile open(String name, boolean writable) throws IOException {
        call();
        Open file = new Open(inode(name));
        openFiles++;
        return file;
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        call();
        if (state.inode(from) == null || state.inode(to) != null) {
            throw new IOException("rename of " + from + " to " + to);
        }
        apply(new FileState.Rename(from, to));
        change();
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        call();
        if (state.inode(name) != null) {
            apply(new FileState.Delete(name));
            change();
        }
    }

    @Override
    public synchronized void sync() throws IOException {
        call();
        change();
        apply(new FileState.SyncNames());
    }

    @Override
    public synchronized FileIdentity identity(String name) throws IOException {
        call();
        long inode = inode(name);
        return new FileIdentity(inode, state.born(inode), 0);
    }

    private final class Open implements LogFile {
        private final long inode;
        private boolean closed;

        Open(long inode) {
            this.inode = inode;
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedFiles.this) {
                call();
                return state.bytes(inode).length;
            }
        }

        @Override
        public int read(ByteBuffer destination, long position) throws IOException {
            synchronized (SimulatedFiles.this) {
                call();
                byte[] bytes = state.bytes(inode);
                int length = (int) Math.max(0, Math.min(destination.remaining(), bytes.length - position));
                if (length > 0) {
                    destination.put(bytes, (int) position, length);
                }
                return length;
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (SimulatedFiles.this) {
                byte[] bytes = new byte[source.remaining()];
                source.get(bytes);
                try {
                    call();
                } catch (IOException e) {
                    store((int) position, Arrays.copyOf(bytes, bytes.length / 2));
                    throw e;
                }
                store((int) position, bytes);
                change();
            }
        }

        private void store(int position, byte[] bytes) {
            apply(new FileState.Write(inode, position, bytes));
        }

        @Override
        public void sync(boolean metadata) throws IOException {
            if (syncNanos > 0) {
                LockSupport.parkNanos(syncNanos);
            }
            synchronized (SimulatedFiles.this) {
                try {
                    call();
                } catch (IOException e) {
                    apply(new FileState.SyncFailed(inode));
                    throw e;
                }
                change();
                fileSyncs++;
                apply(new FileState.Sync(inode));
            }
        }

        @Override
        public void close() {
            synchronized (SimulatedFiles.this) {
                if (!closed) {
                    closed = true;
                    openFiles--;
                }
            }
        }
    }
}
