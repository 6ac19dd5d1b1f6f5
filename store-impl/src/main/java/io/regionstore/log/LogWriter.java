package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Appends frames and makes them durable in groups. Thread-safe.
 *
 * <p>An append copies its frame into the active one of two buffers under a lock held for a copy and a checksum. One
 * thread at a time has the <em>role</em>: it swaps the buffers, writes the full one and syncs, while others append to the
 * other; then all that waited for those LSNs go on. Whoever waits for the active buffer takes the role when it is free
 * and the group is complete, which the last writer to come sees: {@link Grouping} says how long it is waited for. The
 * first writer of a group sleeps with a limit, so that it takes the role when the others do not come. Only the holder of
 * the role touches the file, so batches reach it in the order of their LSNs, each durable before the next is written:
 * what a crash leaves is a prefix. Those who wait for a sync are woken one by one, without the lock; those who wait for
 * room or for the role, which is rare, use the lock's monitor. Neither allocates on the heap.
 *
 * <p>A failed write or sync is final: what the medium holds is unknown from then on, and a later sync that succeeds would
 * prove nothing. Nothing more is acknowledged.
 *
 * <p>An Error (no memory, no stack) may come out of any call. What a batch needs is had before the role is taken. Where
 * one comes all the same, its thread first ends the log and gives the role up by two stores, which cannot fail, then wakes
 * the others. Whoever is not woken, since waking failed as well, looks by itself after {@link #MISSED_WAKE_NANOS}.
 */
final class LogWriter implements AutoCloseable {
    /** Nobody sleeps for longer: a thread that ran into an Error may have woken nobody. */
    static final long MISSED_WAKE_NANOS = 1_000_000_000;

    private static final String WRITING = "writing the log";

    private final LogFiles files;
    private final String resource;
    private final int capacity;
    private final SlotLimit limit;
    private final Object lock = new Object();
    private final LogOutput output;

    // under the lock
    private final MemorySegment header;
    private FrameBuffer active;
    private FrameBuffer spare;
    private int seed;
    private long nextLsn;
    private long activeLsn;
    private final Waiters waiters;
    private int pausing;
    private boolean closed;
    /** Has the role; set under the lock, and cleared by that thread only, which needs no lock for it. */
    private volatile Thread leader;
    private volatile Throwable failure;

    private volatile long durableLsn;

    /**
     * @param files       the directory
     * @param log         the first log, empty; closed with this
     * @param nextLsn     of the first append
     * @param storeHeader newest header, copied
     * @param limit       of the slots
     * @param options     see there
     */
    LogWriter(LogFiles files, NewLog log, long nextLsn, MemorySegment storeHeader, SlotLimit limit, Options options) {
        this.files = files;
        this.resource = files.resource();
        this.capacity = options.bufferBytes();
        this.limit = limit;
        this.active = new FrameBuffer(capacity);
        this.spare = new FrameBuffer(capacity);
        this.nextLsn = nextLsn;
        this.activeLsn = nextLsn;
        this.waiters = new Waiters(options.synced(), System::nanoTime);
        this.durableLsn = nextLsn - 1;
        this.header = MemorySegment.ofArray(storeHeader.toArray(ValueLayout.JAVA_BYTE));
        this.output = new LogOutput(files, log, options);
        this.seed = seed(log);
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
        requireFrame(kind, payload, slots, firstSlot, retired);
        int length = FrameDescriptor.PAYLOAD_OFFSET + (int) payload;
        boolean interrupted = false;
        Thread self = Thread.currentThread();
        try {
            while (true) {
                synchronized (lock) {
                    requireUsable();
                    if (active.hasRoom(length)) {
                        long lsn = nextLsn;
                        active.compose(seed, lsn, durableLsn, kind, slots, firstSlot, retired, source, sourceOffset,
                                payload);
                        if (kind == FrameDescriptor.HEADER) {
                            MemorySegment.copy(source, sourceOffset, header, 0, payload);
                        }
                        // stores only: an Error leaves both as they were, or neither
                        active.fill += length;
                        nextLsn = lsn + 1;
                        return lsn;
                    }
                    if (leader != null) {
                        interrupted |= pause();
                        continue;
                    }
                    waiters.prepare();
                    leader = self;
                }
                flush();
            }
        } catch (IOException | RuntimeException | Error e) {
            if (leader != self) {
                throw unchecked(e);
            }
            endNow(e);
            leader = null;
            throw tellFailure(WRITING, e);
        } finally {
            restore(interrupted);
        }
    }

    private void requireFrame(int kind, long payload, int slots, long firstSlot, long retired) {
        if (payload < 0 || payload > capacity - FrameDescriptor.PAYLOAD_OFFSET) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, resource + ": a frame of " + slots
                    + " slots: expected 1 to "
                    + (capacity - FrameDescriptor.PAYLOAD_OFFSET) / FrameDescriptor.SLOT_LENGTH);
        }
        long end = limit.at(durableLsn + 1); // replay knows the frame's own LSN, and allows no less
        if (kind == FrameDescriptor.SLOTS && (firstSlot < 0 || firstSlot > end - slots)
                || retired < FrameDescriptor.NO_SLOT || retired >= end) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, resource + ": expected slots below " + end
                    + ", found " + slots + " from " + firstSlot + " and the retirement of " + retired);
        }
    }

    /**
     * Returns when an LSN and all below it are durable.
     *
     * @param lsn that an append returned
     * @throws RegionStoreException IO_ERROR if the log failed before; CLOSED
     */
    void awaitDurable(long lsn) {
        boolean joined = false;
        boolean interrupted = false;
        boolean missed = false;
        Thread self = Thread.currentThread();
        try {
            while (durableLsn < lsn) {
                long nanos;
                synchronized (lock) {
                    if (durableLsn >= lsn) {
                        return;
                    }
                    requireUsable();
                    if (!joined) {
                        join(lsn);
                        joined = true;
                    }
                    boolean free = leader == null;
                    nanos = lsn < activeLsn ? Waiters.UNTIL_WOKEN : missed && free ? 0 : waiters.untilTurn(!free);
                    if (nanos <= 0) {
                        waiters.prepare();
                        leader = self;
                    }
                }
                if (nanos <= 0) {
                    flush();
                } else {
                    long begun = System.nanoTime();
                    LockSupport.parkNanos(this, Math.min(nanos, MISSED_WAKE_NANOS));
                    missed = System.nanoTime() - begun >= MISSED_WAKE_NANOS;
                }
                interrupted |= Thread.interrupted(); // or the next park would return at once
            }
        } catch (IOException | RuntimeException | Error e) {
            if (leader != self) {
                throw unchecked(e);
            }
            endNow(e);
            leader = null;
            throw tellFailure(WRITING, e);
        } finally {
            restore(interrupted);
        }
    }

    private void join(long lsn) {
        if (lsn >= nextLsn) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, resource + ": awaited LSN " + lsn
                    + ", but the last one appended is " + (nextLsn - 1));
        }
        waiters.join(lsn >= activeLsn);
    }

    long durableLsn() {
        return durableLsn;
    }

    long lastLsn() {
        synchronized (lock) {
            return nextLsn - 1;
        }
    }

    /** @return whether nothing more is written */
    boolean failed() {
        return failure != null;
    }

    /** @return bytes of the log in use */
    long position() {
        return output.position();
    }

    /** @return what has become of the directory and of the log in use; for any thread */
    Whereabouts whereabouts() {
        return output.whereabouts();
    }

    /** Makes the active buffer durable. The caller has the role; it has it no longer when this returns. */
    private void flush() throws IOException {
        FrameBuffer batch;
        synchronized (lock) {
            batch = swap();
        }
        output.write(batch.bytes(), batch.fill);
        boolean extend = output.roomIsShort();
        publish(extend);
        if (extend) {
            output.makeRoom();
            releaseRole();
        }
    }

    private FrameBuffer swap() {
        FrameBuffer batch = active;
        active = spare;
        active.fill = 0;
        spare = batch;
        activeLsn = nextLsn;
        waiters.begin();
        notifyPausing(); // those who wait for room
        return batch;
    }

    private void publish(boolean keepRole) {
        Cohort done;
        synchronized (lock) {
            durableLsn = activeLsn - 1;
            done = waiters.end();
            if (!keepRole) {
                releaseRole();
            }
        }
        done.wake();
        done.recycle();
    }

    private void releaseRole() {
        synchronized (lock) {
            leader = null;
            notifyPausing();
            if (failure != null) {
                waiters.wakeGathering();
            } else {
                waiters.wakeNext();
            }
        }
    }

    /**
     * Makes all that was appended durable in the log in use and goes on in another one.
     *
     * @param next        an empty log with its name; this writer's from now on, unless this throws
     * @param storeHeader receives the newest header as of the switch
     * @return the first LSN of the new log
     */
    long rotate(NewLog next, MemorySegment storeHeader) {
        int nextSeed = seed(next);
        Thread self = Thread.currentThread();
        try {
            takeRole(self);
            FrameBuffer batch;
            long first;
            synchronized (lock) {
                storeHeader.copyFrom(header);
                first = nextLsn;
                batch = swap();
                seed = nextSeed;
            }
            // The new log stays empty until the old one is durable, so a crash never leaves a gap between the two.
            output.write(batch.bytes(), batch.fill);
            output.switchTo(next);
            publish(false);
            return first;
        } catch (IOException | RuntimeException | Error e) {
            if (leader != self) {
                throw unchecked(e);
            }
            endNow(e);
            leader = null;
            throw tellFailure("finishing the log", e);
        }
    }

    private void takeRole(Thread self) {
        boolean interrupted = false;
        try {
            synchronized (lock) {
                requireUsable();
                while (leader != null) {
                    interrupted |= pause();
                    requireUsable();
                }
                waiters.prepare();
                leader = self;
            }
        } finally {
            restore(interrupted);
        }
    }

    /** A store and no call, so that it works without stack and memory. Of two failures at once either may be told. */
    private void endNow(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    /** Wakes everybody, since the log has failed. */
    private RegionStoreException tellFailure(String action, Throwable cause) {
        synchronized (lock) {
            waiters.wakeInFlight();
            waiters.wakeGathering();
            notifyPausing();
        }
        return Failures.fatal(files, action, cause);
    }

    /**
     * Ends the log, also because something about its directory is not known any more.
     *
     * @param action what was being done
     * @param cause  how it failed
     * @return the exception to throw
     */
    RegionStoreException end(String action, Throwable cause) {
        endNow(cause);
        synchronized (lock) {
            if (leader == null) { // else it tells those who wait for its batch how that went
                waiters.wakeInFlight();
            }
            waiters.wakeGathering();
            notifyPausing();
        }
        return Failures.fatal(files, action, cause);
    }

    private static RuntimeException unchecked(Throwable t) {
        if (t instanceof RuntimeException e) {
            return e;
        }
        if (t instanceof Error e) {
            throw e;
        }
        return new IllegalStateException(t); // only the leader does I/O
    }

    private void requireUsable() {
        if (failure != null) {
            throw Failures.afterFailure(resource, failure);
        }
        if (closed) {
            throw new RegionStoreException(ErrorCode.CLOSED, resource + ": the metadata directory is closed");
        }
    }

    /** Waits for room or for the role. @return whether the thread was interrupted */
    private boolean pause() {
        pausing++;
        try {
            lock.wait(MISSED_WAKE_NANOS / 1_000_000);
            return false;
        } catch (InterruptedException e) {
            return true;
        } finally {
            pausing--;
        }
    }

    private void notifyPausing() {
        if (pausing > 0) {
            lock.notifyAll();
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes all durable unless the log failed, and releases the file in any case. One thread at a time calls this. */
    @Override
    public void close() {
        try {
            if (failure == null && !closed) {
                awaitDurable(lastLsn());
            }
        } finally {
            boolean interrupted = false;
            synchronized (lock) {
                closed = true;
                waiters.wakeGathering();
                while (leader != null) {
                    interrupted |= pause();
                }
            }
            restore(interrupted);
            output.close();
        }
    }
}
