package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
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

    /**
     * Says what it means that some medium did not answer. The fault does not say which one it was: it is the one that has
     * an explanation, or the metadata, since payloads are probed before they are read.
     *
     * @param metadata of the store
     */
    RegionStoreException explain(InternalError fault, Medium metadata) {
        RegionStoreException explained = new RegionStoreException(ErrorCode.IO_ERROR, metadata + ": expected memory that"
                + " answers, found a memory error; use another medium", fault);
        for (AutoCloseable resource : open) { // the metadata was opened first, so it is the last here
            if (resource instanceof Media.OpenMedium medium && explained.code() == ErrorCode.IO_ERROR) {
                explained = medium.explain(fault);
            }
        }
        return explained;
    }

    /**
     * What an Error kept from being closed is tried again by the next call, others are closed meanwhile; what an exception
     * kept from it is not.
     */
    @Override
    public void close() {
        Throwable first = null;
        for (int left = open.size(); left > 0; left--) {
            AutoCloseable resource = open.peek();
            try {
                resource.close();
                open.pop();
            } catch (Throwable e) {
                open.pop();
                if (e instanceof Error) {
                    open.addLast(resource);
                }
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        switch (first) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(first);
        }
    }
}
