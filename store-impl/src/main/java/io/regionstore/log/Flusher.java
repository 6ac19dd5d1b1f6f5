package io.regionstore.log;

import io.regionstore.RegionStoreException;
import java.time.Duration;

/** The thread of relaxed commits: makes all appends durable at an interval. It ends when the log fails. */
final class Flusher implements AutoCloseable {
    private final LogWriter writer;
    private final long nanos;
    private final Thread thread;
    private boolean stopped;

    Flusher(LogWriter writer, Duration interval) {
        this.writer = writer;
        this.nanos = interval.toNanos();
        this.thread = Thread.ofPlatform().daemon().name("regionstore-log").start(this::run);
    }

    private void run() {
        try {
            while (pause()) {
                writer.awaitDurable(writer.lastLsn());
            }
        } catch (RegionStoreException e) {
            // Every append and wait throws it, so it is not lost with this thread.
        }
    }

    private synchronized boolean pause() {
        long deadline = System.nanoTime() + nanos;
        for (long left = nanos; !stopped && left > 0; left = deadline - System.nanoTime()) {
            try {
                wait(left / 1_000_000, (int) (left % 1_000_000));
            } catch (InterruptedException e) {
                // Nobody has a reason to; the interval ends as it would have.
            }
        }
        return !stopped;
    }

    @Override
    public void close() {
        synchronized (this) {
            stopped = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
