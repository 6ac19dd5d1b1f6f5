package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.util.Arrays;

/** Closes what was opened, last first; one failure does not keep the others open. Not thread-safe. */
final class Resources implements AutoCloseable {
    /** In the order in which they were opened; null: closed. An array, so that closing makes no call but theirs. */
    private AutoCloseable[] open = new AutoCloseable[32];
    private int count;
    private boolean repeated;

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

    /**
     * What an Error kept from being closed is tried again by the next call, others are closed meanwhile; what an exception
     * kept from it is not. An arena whose memory could not be given back for an Error counts as closed: it says so then.
     */
    @Override
    public void close() {
        boolean again = repeated;
        repeated = true;
        Throwable first = null;
        for (int i = count - 1; i >= 0; i--) {
            if (open[i] == null) {
                continue;
            }
            try {
                open[i].close();
                open[i] = null;
            } catch (Throwable e) {
                if (!(e instanceof Error)) {
                    open[i] = null;
                }
                if (again && e instanceof IllegalStateException) {
                    continue;
                }
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first instanceof Error e) {
            throw e;
        }
        if (first != null) {
            throw first instanceof RuntimeException e ? e : new IllegalStateException(first);
        }
    }
}
