package io.regionstore.memory;

/**
 * Where mapped memory does not answer a load or a store (a memory error, a file that was cut short), HotSpot skips the
 * instruction and makes an {@link InternalError} of it, but throws that only at the thread's next <em>safepoint poll</em>.
 * Compiled code polls where it returns from a method that was not inlined, and at the end of each round of most loops; so a
 * load may give any value, and the Error may come long after it, in other code.
 *
 * <p>{@link #raise} polls. Whoever depends on what was loaded or stored calls it before: before a commit, before a checksum
 * is believed, before an operation returns to its user.
 */
public final class LateFaults {
    /** Not final, so that no compiler knows how many rounds the loop has. */
    private static int rounds = 1;

    private LateFaults() {
    }

    /**
     * Throws the Error of an earlier access of this thread, if there is one; costs about a nanosecond if not.
     *
     * <p>A loop whose number of rounds is not known polls at its back edge in the interpreter and in code of both
     * compilers, with every garbage collector; a call would only do so if it were not inlined.
     *
     * @throws InternalError of an earlier access
     */
    public static void raise() {
        for (int left = rounds; left != 0; left >>>= 1) {
            // each round ends with a poll
        }
    }
}
