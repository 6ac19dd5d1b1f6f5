package io.regionstore.proof.store;

import io.regionstore.engine.SimulatedMedia;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Exchanger;
import java.util.concurrent.SynchronousQueue;

/** Threads that work one at a time, each bound to the lane that the test gives it, so that a run always goes the same way. */
final class Actors implements AutoCloseable {
    private static final Runnable END = () -> { };

    private final Map<Integer, Integer> lanes;
    private final Map<Integer, SynchronousQueue<Runnable>> inboxes = new HashMap<>();
    private final Exchanger<Throwable> done = new Exchanger<>();

    /** @param lanes actor to lane; an actor not named gets the lane of its own number */
    Actors(Map<Integer, Integer> lanes) {
        this.lanes = lanes;
    }

    /** Runs a task on an actor's thread; 0 is the caller. Returns when it is over. */
    void run(int actor, Runnable task) {
        if (actor == 0) {
            task.run();
            return;
        }
        try {
            inboxes.computeIfAbsent(actor, this::start).put(task);
            Throwable failure = done.exchange(null);
            if (failure instanceof Error e) {
                throw e;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private SynchronousQueue<Runnable> start(int actor) {
        SynchronousQueue<Runnable> inbox = new SynchronousQueue<>();
        Runnable loop = () -> {
            try {
                for (Runnable task; (task = inbox.take()) != END; ) {
                    Throwable failure = null;
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        failure = e;
                    }
                    done.exchange(failure);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        Thread thread;
        do {
            thread = Thread.ofPlatform().daemon().name("actor-" + actor).unstarted(loop);
        } while (SimulatedMedia.laneOf(thread) != lanes.getOrDefault(actor, actor));
        thread.start();
        return inbox;
    }

    @Override
    public void close() {
        inboxes.values().forEach(inbox -> {
            try {
                inbox.put(END);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        inboxes.clear();
    }
}
