package io.regionstore.engine;

import io.regionstore.ErrorCode;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Views and reservations that are not closed yet. When the garbage collector has found that nobody can use one any more, it
 * is given back here, and the store's health says so once. That happens late: when the store next makes a view or a
 * reservation, runs out of room, or is asked for its health or its space; no thread waits for it, and puts and gets pay
 * nothing. Thread-safe.
 *
 * <p>What is watched must not be reachable from what {@link Held} knows, else it is never found.
 */
final class Leaks {
    private final ReferenceQueue<Object> queue = new ReferenceQueue<>();
    private final Set<Held> all = ConcurrentHashMap.newKeySet();
    private final Health health;
    private final boolean tracks;
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * @param health told of the first leak
     * @param tracks whether the place is remembered where each view and reservation is made, which is dear
     */
    Leaks(Health health, boolean tracks) {
        this.health = health;
        this.tracks = tracks;
    }

    /** What a view or a reservation holds, without the view or the reservation. */
    abstract static class Held extends WeakReference<Object> {
        private final String what;
        private final Throwable place;
        /** Whether there is something to give back. Stored without a call, by the owner, before it gives it back itself. */
        volatile boolean active;

        Held(Leaks leaks, Object watched, String what) {
            super(watched, leaks.queue);
            this.what = what;
            place = leaks.tracks ? new Throwable("the " + what + " was made here") : null;
        }

        /** Gives it back; the store may be closed. */
        abstract void giveBack();
    }

    void add(Held held) {
        all.add(held);
    }

    /** Ends the watch of something that is not active any more. What this throws would hide that its owner succeeded. */
    void forget(Held held) {
        try {
            all.remove(held);
            held.clear();
        } catch (Throwable e) {
            // it is forgotten when the garbage collector finds it
        }
    }

    /** Those that are held now; one that is added meanwhile may be missing. */
    Iterable<Held> all() {
        return all;
    }

    /**
     * Gives back what leaked. Throws nothing but an Error.
     *
     * @return how many there were
     */
    int giveBack() {
        int given = 0;
        Held first = null;
        for (Reference<?> found = queue.poll(); found != null; found = queue.poll()) {
            Held held = (Held) found;
            if (all.remove(held) && held.active) {
                held.active = false;
                given++;
                try {
                    held.giveBack();
                } catch (RuntimeException e) {
                    // the store was closed, or takes no more writes: there is nothing to give back then
                }
                first = first == null ? held : first;
            }
        }
        if (first != null && told.compareAndSet(false, true)) {
            tell(first, given);
        }
        return given;
    }

    /** The first frame below the store's own. */
    private static String caller(Throwable place) {
        String store = Engine.class.getName();
        return Arrays.stream(place.getStackTrace()).dropWhile(frame -> !frame.getClassName().equals(store))
                .dropWhile(frame -> frame.getClassName().equals(store)).findFirst().map(StackTraceElement::toString)
                .orElse("a place that the JVM does not tell");
    }

    private void tell(Held held, int count) {
        health.report(ErrorCode.LEAK, count + " of the views and reservations, among them a " + held.what + ", were dropped"
                + " without close, and kept their extents until the garbage collector found them; close every view and reservation, best by try-with-resources"
                + (held.place != null ? "; that one was made at " + caller(held.place)
                        : "; open the store with trackLeaks() to learn where") + "; later leaks are not told", held.place);
    }
}
