package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.util.Arrays;

/** Closes what was opened, last first; what one throws, an Error too, does not keep the others open. Not thread-safe. */
final class Resources implements AutoCloseable {
    /** In the order in which they were opened; null: closed. An array, so that closing makes no call but theirs. */
    private AutoCloseable[] open = new AutoCloseable[32];
    private int count;

    <T extends AutoCloseable> T add(T resource) {
        if (count == open.length) {
            open = Arrays.copyOf(open, count * 2);
        }
        open[count++] = resource;
        return resource;
    }

    /**
     * Removes the files that were created since: opening failed. In the order in which they were opened: metadata without
     * its region would be a store that cannot be opened.
     */
    void removeCreated() {
        for (int i = 0; i < count; i++) {
            if (open[i] instanceof Media.OpenMedium medium) {
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
        for (int i = count - 1; i >= 0; i--) { // the metadata was opened first, so it is the last here
            if (open[i] instanceof Media.OpenMedium medium && explained.code() == ErrorCode.IO_ERROR) {
                explained = medium.explain(fault);
            }
        }
        return explained;
    }

    /** Closes all that can be closed. What cannot stays here, and is tried again by the next call. */
    @Override
    public void close() {
        Throwable first = null;
        for (int i = count - 1; i >= 0; i--) {
            if (open[i] == null) {
                continue;
            }
            try {
                open[i].close();
                open[i] = null;
            } catch (Throwable e) { // no memory or no stack, perhaps: the others may need less
                first = first == null ? e : both(first, e);
            }
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw first instanceof RuntimeException failure ? failure : new IllegalStateException(first);
        }
    }

    private static Throwable both(Throwable first, Throwable second) {
        try {
            if (first != second) {
                first.addSuppressed(second);
            }
        } catch (Throwable e) {
            // the first one says enough
        }
        return first;
    }
}
