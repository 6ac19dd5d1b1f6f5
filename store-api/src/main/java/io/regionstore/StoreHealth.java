package io.regionstore;

import java.time.Instant;
import java.util.List;

/**
 * How an open store is.
 *
 * @param writable whether it takes writes; once it does not, it must be closed and opened again
 * @param problems what was found, oldest first; a problem that came again is listed once, with its latest message
 */
public record StoreHealth(boolean writable, List<Problem> problems) {
    /** Copies the list. */
    public StoreHealth {
        problems = List.copyOf(problems);
    }

    /**
     * One thing that is wrong, or was.
     *
     * @param time    of its latest occurrence
     * @param code    for programs
     * @param message resource, expectation, finding and remedy
     */
    public record Problem(Instant time, ErrorCode code, String message) {
    }
}
