package io.regionstore.recovery;

import io.regionstore.RecoveryListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Walks the units of some work, the slots of a table for one, in blocks and on all cores. Blocks are taken from both ends
 * in turn: a table fills from its ends, and code that the compiler has seen on free slots only is compiled twice.
 */
final class ParallelScan {
    /** A multiple of 64 slots, so that no run crosses a block and threads never share a word of a bitmap. */
    static final long BLOCK = 65_536;

    private ParallelScan() {
    }

    /** Works on the units from {@code from} to {@code to}; each thread has its own. */
    interface Worker {
        void scan(long from, long to);
    }

    /** @return as many threads as there are processors now; asked twice it may say something else */
    static int threads() {
        return Runtime.getRuntime().availableProcessors();
    }

    static void run(long units, long block, RecoveryListener.Phase phase, RecoveryListener listener,
                    Supplier<Worker> workers) {
        run(units, block, threads(), phase, listener, workers);
    }

    /** @param threads that work at most, each with a worker of its own; the caller's is one of them */
    static void run(long units, long block, int threads, RecoveryListener.Phase phase, RecoveryListener listener,
                    Supplier<Worker> workers) {
        AtomicLong next = new AtomicLong();
        long blocks = Math.ceilDiv(units, block);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long[] done = new long[1];
        Runnable loop = () -> {
            try {
                Worker worker = workers.get();
                for (long turn; failure.get() == null && (turn = next.getAndIncrement()) < blocks; ) {
                    long from = (turn % 2 == 0 ? turn / 2 : blocks - 1 - turn / 2) * block;
                    long to = Math.min(units, from + block);
                    worker.scan(from, to);
                    synchronized (done) {
                        done[0] += to - from;
                        listener.progress(phase, done[0], units);
                    }
                }
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            }
        };
        int helpers = (int) Math.min(blocks, threads) - 1;
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < helpers; i++) {
            started.add(Thread.ofPlatform().daemon().name("regionstore-recovery-" + i).start(loop));
        }
        loop.run();
        boolean interrupted = false;
        for (Thread thread : started) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure.get() instanceof Error e) {
            throw e;
        }
        if (failure.get() instanceof RuntimeException e) {
            throw e;
        }
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get()); // a listener that throws what it does not declare
        }
    }
}
