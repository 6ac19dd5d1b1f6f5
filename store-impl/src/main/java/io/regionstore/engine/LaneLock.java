package io.regionstore.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The lock of a lane. It is a field, so that it can be given back by a store that is no call: a holder that has no stack
 * left for a call can still do that.
 */
abstract class LaneLock {
    /** Nobody holds the lane. */
    static final int FREE = 0;
    private static final int HELD = 1;
    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(LaneLock.class, "lock", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // no lane shares a cache line with another object
    long p1;
    long p2;
    long p3;
    long p4;
    long p5;
    long p6;
    long p7;
    long p8;

    /** A holder whom an Error interrupts stores {@link #FREE}; otherwise see {@link Lanes#release}. */
    volatile int lock;

    final boolean tryLock() {
        return LOCK.compareAndSet(this, FREE, HELD);
    }

    /** Without the full fence of a volatile store. */
    final void unlock() {
        LOCK.setRelease(this, FREE);
    }
}
