package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.device.Presence;
import java.util.List;

/**
 * Looks four times a second whether the media of an open store are still there: a file that was removed or cut short takes
 * the store's next writes without a word, and they are gone afterwards. Writers are not slowed: they look at
 * {@link Health#failure}, as they do anyway.
 *
 * <p>Polling, not inotify: a look costs a few system calls, some microseconds, while inotify gives each user 128 instances,
 * tells nothing of changes that another machine or another mount makes, and would still need a thread to wait for it.
 *
 * <p>One daemon thread, which ends with the store and survives everything that a look throws.
 */
final class Watch implements AutoCloseable {
    /** Name of the thread. */
    static final String NAME = "regionstore-watch";

    private static final long PERIOD_MILLIS = 250;

    private final Health health;
    private final Presence[] watched;
    /** What was said of each already: a warning, or a loss, after which nobody needs to look. */
    private final boolean[] warned;
    private final boolean[] lost;
    private final boolean[] untold;
    private final Thread thread;
    private boolean closed;

    private Watch(List<Presence> things, Health health) {
        this.health = health;
        watched = things.toArray(Presence[]::new);
        warned = new boolean[watched.length];
        lost = new boolean[watched.length];
        untold = new boolean[watched.length];
        thread = Thread.ofPlatform().daemon().name(NAME).unstarted(this::run);
    }

    /**
     * @param things    that may vanish; if none of them can, nobody watches
     * @param health    told what has vanished
     * @param resources closes the watch before the media
     */
    static void over(List<Presence> things, Health health, Resources resources) {
        List<Presence> fleeting = things.stream().filter(thing -> thing != Presence.ASSURED).toList();
        if (!fleeting.isEmpty()) {
            resources.add(new Watch(fleeting, health)).thread.start();
        }
    }

    private void run() {
        while (awaitNextLook()) {
            for (int i = 0; i < watched.length; i++) {
                try {
                    if (!lost[i]) {
                        look(i);
                    }
                } catch (Throwable t) { // no memory, no stack, or a call that failed: the next look may succeed
                    tellOnce(i, t);
                }
            }
        }
    }

    private synchronized boolean awaitNextLook() {
        try {
            if (!closed) {
                wait(PERIOD_MILLIS);
            }
        } catch (InterruptedException | OutOfMemoryError | StackOverflowError e) {
            // whoever ends this thread says so in closed; a look too early does no harm
        }
        return !closed;
    }

    private void look(int i) {
        Presence.Finding found = watched[i].look();
        if (found == null) {
            warned[i] = false;
            untold[i] = false;
            return;
        }
        if (found.lost()) {
            // writers first: the report may need memory that is not there, and is then made by the next look
            health.failure = new RegionStoreException(ErrorCode.MEDIUM_LOST, found.message());
            health.report(ErrorCode.MEDIUM_LOST, found.message() + "; the store takes no more writes", null);
            lost[i] = true;
        } else if (!warned[i]) {
            health.report(ErrorCode.MEDIUM_LOST, found.message(), null);
            warned[i] = true;
        }
    }

    private void tellOnce(int i, Throwable t) {
        try {
            if (!untold[i] && !isClosed()) {
                untold[i] = true;
                health.report(ErrorCode.IO_ERROR, "whether the store's media are still there could not be told, and is asked"
                        + " again: " + t.getMessage(), t);
            }
        } catch (Throwable again) {
            // the next look may be able to say it
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Ends the thread. Does not wait for it: a look that is under way asks an open medium, or none. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
