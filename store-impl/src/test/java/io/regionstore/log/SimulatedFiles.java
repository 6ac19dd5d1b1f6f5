package io.regionstore.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A file system in memory that can lose power. It keeps what programs see and, apart from it, what the medium holds;
 * between the two are the writes and directory changes that were not synced, of which a crash keeps all, none, any or most.
 * A failed sync loses what it should have synced, as kernels do. Thread-safe.
 */
final class SimulatedFiles implements LogFiles {
    static final int SECTOR = 512;

    enum Survival {
        ALL(100), NONE(0), ANY(50), MOST(90);

        private final int percent;

        Survival(int percent) {
            this.percent = percent;
        }

        private boolean keeps(Random random) {
            return random.nextInt(100) < percent;
        }
    }

    /** The power is off. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("simulated crash");
        }
    }

    private record Write(int position, byte[] bytes) {
    }

    private record Change(String from, String to, Inode inode) {
    }

    private static final class Inode {
        final long number;
        byte[] live = new byte[0];
        byte[] durable = new byte[0];
        final List<Write> pending = new ArrayList<>();
        long changed;
        long durableChanged;

        Inode(long number) {
            this.number = number;
        }

        static byte[] put(byte[] data, int position, byte[] bytes, int from, int length) {
            byte[] result = data.length < position + length ? Arrays.copyOf(data, position + length) : data;
            System.arraycopy(bytes, from, result, position, length);
            return result;
        }
    }

    private final Map<String, Inode> live = new LinkedHashMap<>();
    private final Map<String, Inode> durable = new LinkedHashMap<>();
    private final List<Change> pending = new ArrayList<>();
    private long clock = 1;
    private int calls;
    private int changes;
    private int fileSyncs;
    private int openFiles;
    private int crashAtChange = Integer.MAX_VALUE;
    private int failAtCall = Integer.MAX_VALUE;
    private boolean crashed;
    private volatile long syncNanos;

    /** Gives syncs the time that a disk takes. */
    SimulatedFiles syncsTaking(long nanos) {
        syncNanos = nanos;
        return this;
    }

    /** Loses power in the {@code n}th call that changes something: it may have had all, some or no effect. */
    synchronized SimulatedFiles crashAtChange(int n) {
        crashAtChange = changes + n;
        return this;
    }

    /** Lets the {@code n}th call of any kind fail, and only that. */
    synchronized SimulatedFiles failAtCall(int n) {
        failAtCall = calls + n;
        return this;
    }

    synchronized boolean reached() {
        return crashed || calls >= failAtCall;
    }

    synchronized int openFiles() {
        return openFiles;
    }

    synchronized int fileSyncs() {
        return fileSyncs;
    }

    /** @return what a machine finds on the medium after the power is back */
    synchronized SimulatedFiles afterCrash(Survival survival, Random random) {
        SimulatedFiles found = new SimulatedFiles();
        Map<String, Inode> names = new LinkedHashMap<>(durable);
        for (Change change : pending) {
            if (survival.keeps(random)) {
                apply(names, change);
            }
        }
        Map<Inode, Inode> copies = new LinkedHashMap<>();
        for (Map.Entry<String, Inode> entry : names.entrySet()) {
            Inode copy = copies.computeIfAbsent(entry.getValue(), inode -> survivor(inode, survival, random));
            found.live.put(entry.getKey(), copy);
            found.durable.put(entry.getKey(), copy);
        }
        found.clock = clock + 1000;
        return found;
    }

    private static Inode survivor(Inode inode, Survival survival, Random random) {
        Inode copy = new Inode(inode.number);
        byte[] data = inode.durable.clone();
        for (Write write : inode.pending) {
            for (int from = 0; from < write.bytes.length; ) {
                int length = Math.min(write.bytes.length - from, SECTOR - (write.position + from) % SECTOR);
                if (survival.keeps(random)) {
                    data = Inode.put(data, write.position + from, write.bytes, from, length);
                }
                from += length;
            }
        }
        boolean keepTimes = survival.keeps(random);
        copy.live = data;
        copy.durable = data.clone();
        copy.changed = keepTimes ? inode.changed : inode.durableChanged;
        copy.durableChanged = copy.changed;
        return copy;
    }

    private static void apply(Map<String, Inode> names, Change change) {
        if (change.inode != null) {
            names.put(change.to, change.inode);
        } else {
            Inode inode = names.remove(change.from);
            if (inode != null && change.to != null) {
                names.put(change.to, inode);
            }
        }
    }

    synchronized Set<String> names() {
        return Set.copyOf(live.keySet());
    }

    /** @return the bytes of a file, to be damaged in place */
    synchronized byte[] contents(String name) {
        return live.get(name).live;
    }

    /** Replaces the bytes of a file, leaving inode and times alone: what damage does. */
    synchronized void replace(String name, byte[] bytes) {
        live.get(name).live = bytes;
        live.get(name).durable = bytes.clone();
    }

    /** As {@code cp -a}: other inodes, other times. */
    synchronized SimulatedFiles copy() {
        SimulatedFiles copy = afterCrash(Survival.ALL, new Random(0));
        copy.clock = clock + 5000;
        for (Inode inode : copy.live.values()) {
            inode.changed = ++copy.clock;
            inode.durableChanged = inode.changed;
        }
        return copy;
    }

    synchronized void copyFrom(SimulatedFiles other, String name) {
        Inode inode = new Inode(++clock);
        inode.live = other.contents(name).clone();
        inode.durable = inode.live.clone();
        inode.changed = ++clock;
        inode.durableChanged = inode.changed;
        live.put(name, inode);
        durable.put(name, inode);
    }

    synchronized void remove(String name) {
        live.remove(name);
        durable.remove(name);
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

    @Override
    public String resource() {
        return "simulated";
    }

    @Override
    public synchronized List<String> list() throws IOException {
        call();
        return List.copyOf(live.keySet());
    }

    @Override
    public synchronized LogFile create(String name) throws IOException {
        call();
        if (live.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        Inode inode = new Inode(++clock);
        inode.changed = ++clock;
        record(new Change(null, name, inode));
        openFiles++;
        try {
            change();
        } catch (Crash e) {
            openFiles--;
            throw e;
        }
        return new Open(inode);
    }

    private void record(Change change) {
        pending.add(change);
        apply(live, change);
    }

    @Override
    public synchronized LogFile open(String name, boolean writable) throws IOException {
        call();
        Inode inode = live.get(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        openFiles++;
        return new Open(inode);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        call();
        if (!live.containsKey(from) || live.containsKey(to)) {
            throw new IOException("rename of " + from + " to " + to);
        }
        live.get(from).changed = ++clock;
        record(new Change(from, to, null));
        change();
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        call();
        if (live.containsKey(name)) {
            record(new Change(name, null, null));
            change();
        }
    }

    @Override
    public synchronized void sync() throws IOException {
        call();
        change();
        pending.forEach(change -> apply(durable, change));
        pending.clear();
    }

    @Override
    public synchronized FileIdentity identity(String name) throws IOException {
        call();
        Inode inode = live.get(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return new FileIdentity(inode.number, inode.changed, 0);
    }

    private final class Open implements LogFile {
        private final Inode inode;
        private boolean closed;

        Open(Inode inode) {
            this.inode = inode;
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedFiles.this) {
                call();
                return inode.live.length;
            }
        }

        @Override
        public int read(ByteBuffer destination, long position) throws IOException {
            synchronized (SimulatedFiles.this) {
                call();
                int length = (int) Math.max(0, Math.min(destination.remaining(), inode.live.length - position));
                if (length > 0) {
                    destination.put(inode.live, (int) position, length);
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
            inode.pending.add(new Write(position, bytes));
            inode.live = Inode.put(inode.live, position, bytes, 0, bytes.length);
            inode.changed = ++clock;
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
                    inode.pending.clear();
                    throw e;
                }
                change();
                fileSyncs++;
                for (Write write : inode.pending) {
                    inode.durable = Inode.put(inode.durable, write.position, write.bytes, 0, write.bytes.length);
                }
                inode.pending.clear();
                if (metadata) {
                    inode.durableChanged = inode.changed;
                }
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
