package io.regionstore.log;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The thread of relaxed commits: makes all appends durable at an interval. It ends when the log has failed, and survives
 * everything else: what could not be made durable is so after the next interval.
 */
final class Flusher implements AutoCloseable {
    private final LogWriter writer;
    private final long nanos;
    private final Thread thread;
    private final Consumer<Throwable> problems;
    private volatile boolean stopped;

    /** @param problems told when the log could not be made durable in time; what it throws is ignored */
    Flusher(LogWriter writer, Duration interval, Consumer<Throwable> problems) {
        this.writer = writer;
        this.nanos = interval.toNanos();
        this.problems = problems;
        this.thread = Thread.ofPlatform().daemon().name("regionstore-log").start(this::run);
    }

    private void run() {
        while (!stopped) { // no call outside of what is caught
            try {
                if (writer.failed()) {
                    return;
                }
                if (pause()) {
                    writer.awaitDurable(writer.lastLsn());
                }
            } catch (Throwable t) {
                try {
                    problems.accept(t);
                } catch (Throwable again) {
                    // no memory for a message; if the log has failed, every append and wait throws that
                }
            }
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
