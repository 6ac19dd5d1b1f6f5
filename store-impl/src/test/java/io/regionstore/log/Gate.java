package io.regionstore.log;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds one thread up at a call of {@link RecordingFiles} until a test lets it go. */
final class Gate implements RecordingFiles.Hook {
    private final String call;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** @param call beginning of the call */
    Gate(String call) {
        this.call = call;
    }

    @Override
    public void before(String found) {
        if (found.startsWith(call) && reached.getCount() > 0) {
            reached.countDown();
            await(opened);
        }
    }

    void awaitThread() {
        await(reached);
    }

    void open() {
        opened.countDown();
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                if (!latch.await(20, TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody came");
                }
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when a thread waits for another one, be it with a limit of time. */
    static void awaitWaiting(Thread thread) {
        await(thread, EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING));
    }

    /** Interrupts a thread that waits for another one; returns when it has noticed and waits again. */
    static void interruptWaiting(Thread thread) {
        awaitWaiting(thread);
        thread.interrupt();
        while (thread.isInterrupted()) {
            Thread.onSpinWait();
        }
        awaitWaiting(thread);
    }

    /** Returns when a thread waits for some time. */
    static void awaitSleeping(Thread thread) {
        await(thread, EnumSet.of(Thread.State.TIMED_WAITING));
    }

    private static void await(Thread thread, Set<Thread.State> states) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!states.contains(thread.getState())) {
            if (!thread.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError(thread + " does not wait, it is " + thread.getState());
            }
            Thread.onSpinWait();
        }
    }
}
