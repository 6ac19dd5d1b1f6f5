package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedByInterruptException;

/**
 * Appends frames and makes them durable in groups. Thread-safe.
 *
 * <p>An append copies its frame into the active one of two buffers under a lock held for a copy and a checksum. One
 * thread at a time has the <em>role</em>: it swaps the buffers, writes the full one and syncs, while others append to the
 * other; then all that waited for those LSNs go on, and one that still waits takes the role. Only the holder of the role
 * touches the file, so batches reach it in the order of their LSNs, each durable before the next is written: what a
 * crash leaves is a prefix. Monitors are used since they allocate nothing on the heap, waiting or not.
 *
 * <p>A failed write or sync is final: what the medium holds is unknown from then on, and a later sync that succeeds would
 * prove nothing. Nothing more is acknowledged.
 */
final class LogWriter implements AutoCloseable {
    private final String resource;
    private final boolean synced;
    private final int step;
    private final Chunk zeros;
    private final Object lock = new Object();

    // under the lock
    private Chunk active;
    private Chunk spare;
    private int fill;
    private int seed;
    private long nextLsn;
    private boolean role;
    private boolean closed;
    private Throwable failure;
    private final MemorySegment header;

    // of the holder of the role
    private LogFile file;
    private long allocated;

    private volatile long position;
    private volatile long durableLsn;

    /**
     * @param resource    directory, for messages
     * @param log         the first log, empty; closed with this
     * @param nextLsn     of the first append
     * @param storeHeader newest header, copied
     * @param options     see there
     */
    LogWriter(String resource, NewLog log, long nextLsn, MemorySegment storeHeader, Options options) {
        this.resource = resource;
        this.synced = options.synced();
        this.step = options.stepBytes();
        this.zeros = NewLog.zeros(step);
        this.active = new Chunk(options.bufferBytes());
        this.spare = new Chunk(options.bufferBytes());
        this.nextLsn = nextLsn;
        this.durableLsn = nextLsn - 1;
        this.header = MemorySegment.ofArray(storeHeader.toArray(ValueLayout.JAVA_BYTE));
        use(log);
        seed = seed(log);
    }

    private void use(NewLog log) {
        file = log.file();
        allocated = log.length();
        position = LogHeader.LENGTH;
    }

    private static int seed(NewLog log) {
        return Chunk.seed(log.header().instance(), log.header().generation());
    }

    /**
     * Appends a frame; it is durable after {@link #awaitDurable}.
     *
     * @param kind         see {@link FrameDescriptor}
     * @param source       of the payload
     * @param sourceOffset bytes
     * @param slots        of the payload
     * @param firstSlot    index
     * @param retired      index, or -1
     * @return its LSN
     */
    long append(int kind, MemorySegment source, long sourceOffset, int slots, long firstSlot, long retired) {
        long payload = FrameDescriptor.payloadLength(kind, slots);
        if (payload < 0 || payload > active.capacity() - FrameDescriptor.PAYLOAD_OFFSET) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, resource + ": a frame of " + slots
                    + " slots: expected 1 to " + (active.capacity() - FrameDescriptor.PAYLOAD_OFFSET)
                    / FrameDescriptor.SLOT_LENGTH);
        }
        int length = FrameDescriptor.PAYLOAD_OFFSET + (int) payload;
        boolean interrupted = false;
        try {
            while (true) {
                synchronized (lock) {
                    requireUsable();
                    if (fill + length <= active.capacity()) {
                        MemorySegment.copy(source, sourceOffset, active.bytes,
                                fill + FrameDescriptor.PAYLOAD_OFFSET, payload);
                        if (kind == FrameDescriptor.HEADER) {
                            MemorySegment.copy(source, sourceOffset, header, 0, payload);
                        }
                        return seal(kind, length, slots, firstSlot, retired);
                    }
                    if (role) {
                        interrupted |= pause();
                        continue;
                    }
                    role = true;
                }
                flush();
            }
        } finally {
            restore(interrupted);
        }
    }

    private long seal(int kind, int length, int slots, long firstSlot, long retired) {
        Chunk chunk = active;
        int at = fill;
        long lsn = nextLsn;
        chunk.putInt(at + FrameDescriptor.LENGTH_OFFSET, length);
        chunk.putLong(at + FrameDescriptor.LSN_OFFSET, lsn);
        chunk.putLong(at + FrameDescriptor.DURABLE_LSN_OFFSET, durableLsn);
        chunk.putInt(at + FrameDescriptor.KIND_OFFSET, kind);
        chunk.putInt(at + FrameDescriptor.SLOTS_OFFSET, slots);
        chunk.putLong(at + FrameDescriptor.FIRST_SLOT_OFFSET, firstSlot);
        chunk.putLong(at + FrameDescriptor.RETIRED_SLOT_OFFSET, retired);
        int crc = chunk.crc32c(at + FrameDescriptor.LENGTH_OFFSET, at + length) ^ seed;
        chunk.putInt(at + FrameDescriptor.CRC_OFFSET, crc);
        fill = at + length;
        nextLsn = lsn + 1;
        return lsn;
    }

    /**
     * Returns when an LSN and all below it are durable.
     *
     * @param lsn that an append returned
     * @throws RegionStoreException IO_ERROR if the log failed before; CLOSED
     */
    void awaitDurable(long lsn) {
        if (durableLsn >= lsn) {
            return;
        }
        boolean interrupted = false;
        try {
            while (true) {
                synchronized (lock) {
                    if (durableLsn >= lsn) {
                        return;
                    }
                    requireUsable();
                    if (lsn >= nextLsn) {
                        throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, resource + ": awaited LSN " + lsn
                                + ", but the last one appended is " + (nextLsn - 1));
                    }
                    if (role) {
                        interrupted |= pause();
                        continue;
                    }
                    role = true;
                }
                flush();
            }
        } finally {
            restore(interrupted);
        }
    }

    long durableLsn() {
        return durableLsn;
    }

    long lastLsn() {
        synchronized (lock) {
            return nextLsn - 1;
        }
    }

    /** @return bytes of the log in use */
    long position() {
        return position;
    }

    /** @return whether nothing more can be written */
    boolean failed() {
        synchronized (lock) {
            return failure != null;
        }
    }

    /** Writes and syncs the active buffer. The caller has the role; it has it no longer after this. */
    private void flush() {
        Chunk batch;
        int length;
        long last;
        synchronized (lock) {
            batch = swap();
            length = fill;
            fill = 0;
            last = nextLsn - 1;
            lock.notifyAll(); // those who wait for room
        }
        try {
            store(batch, length);
            boolean extend = length > 0 && allocated < LogHeader.allocation(position, step) + step;
            synchronized (lock) {
                durableLsn = last;
                role = extend;
                lock.notifyAll();
            }
            if (extend) {
                ahead();
            }
        } catch (IOException | RuntimeException | Error e) {
            throw fail("writing the log", e);
        }
    }

    private Chunk swap() {
        Chunk batch = active;
        active = spare;
        spare = batch;
        return batch;
    }

    private void store(Chunk batch, int length) throws IOException {
        if (length == 0) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // or the channel would be closed under us
        try {
            while (true) {
                try {
                    allocate(LogHeader.allocation(position + length, step));
                    // A crash before or during this leaves any of the sectors: at first reading, replay ends at the
                    // first frame that is not whole. All frames before this batch are durable already.
                    file.write(batch.range(0, length), position);
                    if (synced) {
                        file.sync(false);
                    }
                    break;
                } catch (ClosedByInterruptException e) {
                    // The same bytes go to the same place, so whatever the interrupted call did is done again.
                    interrupted |= Thread.interrupted();
                    file.reopen();
                }
            }
            position += length;
        } finally {
            restore(interrupted);
        }
    }

    /** Makes the file longer before it must be, when nobody waits for this batch any more. */
    private void ahead() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            allocate(LogHeader.allocation(position, step) + step);
        } catch (ClosedByInterruptException e) {
            interrupted |= Thread.interrupted();
            file.reopen(); // the next batch allocates
        } finally {
            restore(interrupted);
        }
        synchronized (lock) {
            role = false;
            lock.notifyAll();
        }
    }

    private void allocate(long length) throws IOException {
        if (length <= allocated) {
            return;
        }
        // A crash during this leaves a length between the two and zeros there, which is the end of the log. Synced
        // before any frame relies on it, so that a shorter file than the frames ask for was truncated by somebody.
        NewLog.zero(file, allocated, length, zeros);
        if (synced) {
            file.sync(false);
        }
        allocated = length;
    }

    /**
     * Makes all that was appended durable in the log in use and goes on in another one.
     *
     * @param next        an empty log with its name; this writer's from now on, unless this throws
     * @param storeHeader receives the newest header as of the switch
     * @return the first LSN of the new log
     */
    long rotate(NewLog next, MemorySegment storeHeader) {
        takeRole();
        Chunk batch;
        int length;
        long first;
        synchronized (lock) {
            batch = swap();
            length = fill;
            fill = 0;
            first = nextLsn;
            seed = seed(next);
            storeHeader.copyFrom(header);
            lock.notifyAll();
        }
        LogFile old = file;
        try {
            // The new log stays empty until the old one is durable, so a crash never leaves a gap between the two.
            store(batch, length);
            use(next);
            synchronized (lock) {
                durableLsn = first - 1;
                role = false;
                lock.notifyAll();
            }
        } catch (IOException | RuntimeException | Error e) {
            throw fail("finishing the log", e);
        }
        Generations.closeQuietly(old);
        return first;
    }

    private void takeRole() {
        boolean interrupted = false;
        try {
            synchronized (lock) {
                requireUsable();
                while (role) {
                    interrupted |= pause();
                    requireUsable();
                }
                role = true;
            }
        } finally {
            restore(interrupted);
        }
    }

    /** The holder of the role failed: gives the role up, and all others with it. */
    private RegionStoreException fail(String action, Throwable cause) {
        RegionStoreException thrown = end(action, cause);
        synchronized (lock) {
            role = false;
            lock.notifyAll();
        }
        return thrown;
    }

    /**
     * Ends the log, also because something about its directory is not known any more.
     *
     * @param action what was being done
     * @param cause  how it failed
     * @return the exception to throw
     */
    RegionStoreException end(String action, Throwable cause) {
        synchronized (lock) {
            if (failure == null) {
                failure = cause;
            }
            lock.notifyAll();
        }
        return cause instanceof IOException e ? Failures.of(resource, action, e)
                : new RegionStoreException(ErrorCode.IO_ERROR, resource + ": " + action + " failed: " + cause, cause);
    }

    private void requireUsable() {
        if (failure != null) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, resource + ": the log failed before (" + failure
                    + "); nothing more is written; close the store and open it again once the cause is mended", failure);
        }
        if (closed) {
            throw new RegionStoreException(ErrorCode.CLOSED, resource + ": the metadata directory is closed");
        }
    }

    private boolean pause() {
        try {
            lock.wait();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes all durable unless the log failed, and releases the file in any case. */
    @Override
    public void close() {
        boolean owner = false;
        try {
            synchronized (lock) {
                if (closed) {
                    return;
                }
            }
            if (!failed()) {
                takeRole();
                flush();
            }
        } finally {
            boolean interrupted = false;
            synchronized (lock) {
                while (role) {
                    interrupted |= pause();
                }
                owner = !closed;
                closed = true;
                lock.notifyAll();
            }
            restore(interrupted);
            if (owner) {
                Generations.closeQuietly(file);
            }
        }
    }
}
