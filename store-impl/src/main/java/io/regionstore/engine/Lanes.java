package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.LateFaults;
import io.regionstore.table.HeaderDescriptor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The lanes. A writer claims one for the time of a write: the one its thread used last, or any free one, so that a
 * million virtual threads need no more state than a few. Closing claims them all and keeps them.
 */
final class Lanes {
    private static final int STRIDE = 16;
    private static final VarHandle LOCK = MethodHandles.arrayElementVarHandle(long[].class);

    private final Lane[] lanes;
    private final long[] locks;
    private final int mask;
    private volatile boolean closed;
    /** Lanes that closing has claimed, from the first on. */
    private volatile int closedLanes;

    /** @param count a power of two: what {@link #count} said for all that has something for each lane */
    Lanes(long seed, int count) {
        lanes = new Lane[count];
        for (int i = 0; i < count; i++) {
            lanes[i] = new Lane(i, seed);
        }
        locks = new long[(count + 1) * STRIDE];
        mask = count - 1;
    }

    /** As many as this machine is worth. It may say something else a moment later, when processors were added. */
    static int count() {
        return Math.min(HeaderDescriptor.MAX_LANES,
                Math.max(16, Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 4)));
    }

    Lane[] all() {
        return lanes;
    }

    Lane claim() {
        LateFaults.raise(); // a fault of the caller's own memory is not to come up in the middle of a write
        int first = (int) (Thread.currentThread().threadId() * 0x9E3779B1L >>> 16) & mask;
        for (int attempt = 0; ; attempt++) {
            requireOpen();
            int i = first + attempt & mask;
            if (LOCK.compareAndSet(locks, (i + 1) * STRIDE, 0L, 1L)) {
                if (closed) {
                    release(lanes[i]);
                    continue;
                }
                return lanes[i];
            }
            if (attempt > mask) {
                RecordIndex.Backoff.pause(attempt - mask);
            }
        }
    }

    /** Waits for one lane. */
    Lane claim(int i) {
        for (int attempt = 0; !tryClaim(i); attempt++) {
            requireOpen();
            RecordIndex.Backoff.pause(attempt);
        }
        return lanes[i];
    }

    private boolean tryClaim(int i) {
        return LOCK.compareAndSet(locks, (i + 1) * STRIDE, 0L, 1L);
    }

    void release(Lane lane) {
        LOCK.setRelease(locks, (lane.id + 1) * STRIDE, 0L);
    }

    /** Waits until every write that runs now is over. A lane that closing has claimed has none any more. */
    void quiesce() {
        for (int i = 0; i < lanes.length; i++) {
            for (int attempt = 0; i >= closedLanes; attempt++) {
                if (tryClaim(i)) {
                    release(lanes[i]);
                    break;
                }
                RecordIndex.Backoff.pause(attempt);
            }
        }
    }

    /** @return whether this call closed them; all lanes are then claimed for good */
    boolean close() {
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
        }
        for (int i = 0; i < lanes.length; i++) {
            for (int attempt = 0; !tryClaim(i); attempt++) {
                RecordIndex.Backoff.pause(attempt);
            }
            closedLanes = i + 1;
        }
        return true;
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw new RegionStoreException(ErrorCode.CLOSED, "the store is closed; open it again");
        }
    }
}
