package io.regionstore.log;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that wait for one batch. They join under the lock of the {@link LogWriter}; the thread that made the batch
 * durable wakes them without it. Then the cohort is empty and serves another batch, so nothing is allocated once as many
 * threads have waited as ever do.
 */
final class Cohort {
    private Thread[] threads = new Thread[16];
    private int size;
    private volatile boolean idle = true;

    /** @return whether it could be had for a batch; under the lock */
    boolean take() {
        boolean taken = idle;
        idle = false;
        return taken;
    }

    /** @return how many threads wait; under the lock */
    int size() {
        return size;
    }

    /** Adds this thread; under the lock. */
    void join() {
        if (size == threads.length) {
            threads = Arrays.copyOf(threads, 2 * size);
        }
        threads[size++] = Thread.currentThread();
    }

    /** @return whether this thread joined first; under the lock */
    boolean isFirst() {
        return threads[0] == Thread.currentThread();
    }

    /** Wakes the thread that joined first, if any; under the lock. */
    void wakeFirst() {
        LockSupport.unpark(threads[0]);
    }

    /** Wakes all others; under the lock, or when nobody can join any more. */
    void wake() {
        Thread self = Thread.currentThread();
        for (int i = 0; i < size; i++) {
            if (threads[i] != self) {
                LockSupport.unpark(threads[i]);
            }
        }
    }

    /** Makes it empty, after {@link #wake}. */
    void recycle() {
        Arrays.fill(threads, 0, size, null);
        size = 0;
        idle = true;
    }
}
