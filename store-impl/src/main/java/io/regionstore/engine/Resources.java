package io.regionstore.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was opened, last first; one failure does not keep the others open. Not thread-safe. */
final class Resources implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    /** Removes the files that were created since: opening failed. */
    void removeCreated() {
        for (AutoCloseable resource : open) {
            if (resource instanceof Media.OpenMedium medium) {
                medium.removeIfCreated();
            }
        }
    }

    @Override
    public void close() {
        RuntimeException first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                RuntimeException failure = e instanceof RuntimeException r ? r : new IllegalStateException(e);
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
