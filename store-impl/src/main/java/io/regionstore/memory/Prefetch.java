package io.regionstore.memory;

/**
 * Loads ahead of need. Java has no prefetch instruction; an ordinary load whose result nothing waits for does the same,
 * since the processor goes on with what does not depend on it.
 */
public final class Prefetch {
    /** As good as any other: one in 2^64 words pays for a pause. */
    private static final long UNLIKELY = 0x6A09E667F3BCC909L;

    private Prefetch() {
    }

    /**
     * Keeps the compiler from leaving a load out.
     *
     * @param word what was loaded, of no meaning
     */
    public static void keep(long word) {
        if (word == UNLIKELY) {
            Thread.onSpinWait();
        }
    }
}
