package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * The right to write an extent, which ends with the commit. A segment has one scope for its life, so the user's segments
 * have one of their own, that of an arena that {@link #revoke} closes. Closing a confined arena takes a nanosecond or two; a
 * shared one makes all threads of the JVM stop for a moment, tens of microseconds, so it is made only for who asks for it.
 *
 * <p>A confined arena can be closed by its own thread alone. Where that thread has ended, nobody can write through it.
 *
 * <p>Every segment keeps the grant reachable, through what its scope is to do when it is closed.
 */
final class Grant {
    private final Engine engine;
    private Arena confined;
    private Thread owner;
    private MemorySegment segment;
    private Arena shared;
    private MemorySegment sharedSegment;

    Grant(Engine engine) {
        this.engine = engine;
    }

    /** A segment for the thread that asks for it first. */
    synchronized MemorySegment segment(long offset, long length) {
        engine.requireOpen(); // once more under the lock: a store that is being closed revokes each grant once
        if (segment == null) {
            Arena arena = Arena.ofConfined();
            segment = in(arena, offset, length);
            owner = Thread.currentThread();
            confined = arena;
        }
        return segment;
    }

    /** A segment for all threads. */
    synchronized MemorySegment sharedSegment(long offset, long length) {
        engine.requireOpen();
        if (sharedSegment == null) {
            Arena arena = Arena.ofShared();
            sharedSegment = in(arena, offset, length);
            shared = arena;
        }
        return sharedSegment;
    }

    /** A proof's simulated memory is on the heap, where a segment cannot end. */
    private MemorySegment in(Arena arena, long offset, long length) {
        MemorySegment extent = engine.region().asSlice(offset, length);
        return extent.isNative() ? extent.reinterpret(arena, ended -> Reference.reachabilityFence(this)) : extent;
    }

    /**
     * Makes every segment throw from now on.
     *
     * @throws RegionStoreException INVALID_ARGUMENT when another thread owns a segment, or a system call uses one; nothing is
     *                              lost then, and the call can be repeated
     */
    synchronized void revoke() {
        if (confined != null) {
            if (owner != Thread.currentThread() && owner.isAlive()) {
                throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "reservation: expected the thread that took segment(), " + owner + ", which alone can end its use, found "
                        + Thread.currentThread() + "; commit or abandon there, or fill it through sharedSegment()");
            }
            if (owner == Thread.currentThread()) {
                close(confined);
            }
            confined = null;
            owner = null;
            segment = null;
        }
        if (shared != null) {
            close(shared);
            shared = null;
            sharedSegment = null;
        }
    }

    private void close(Arena arena) {
        try {
            if (arena.scope().isAlive()) { // else an Error came when it had ended already
                arena.close();
            }
        } catch (IllegalStateException e) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "reservation: expected that nobody uses its segments any more, found a system call that reads or writes a buffer of"
                    + " one; wait for it, then try again", e);
        }
    }
}
