package io.regionstore.device;

import java.util.ArrayDeque;
import java.util.Deque;

/** What to undo, last first, when opening fails half-way. */
final class Rollback implements AutoCloseable {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    void onFailure(Runnable step) {
        steps.push(step);
    }

    /** Opening succeeded: nothing is undone. */
    void forget() {
        steps.clear();
    }

    @Override
    public void close() {
        steps.forEach(Runnable::run);
    }
}
