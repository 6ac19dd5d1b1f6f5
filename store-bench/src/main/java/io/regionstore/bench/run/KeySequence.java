package io.regionstore.bench.run;

import java.util.SplittableRandom;

/** The keys of one thread's loop, drawn before the clock starts. */
final class KeySequence {
    /** Keys drawn by all threads together, at most. */
    static final int MOST_DRAWN = 1 << 20;

    private final int[] drawn;
    private final long first;
    private final long stride;

    private KeySequence(int[] drawn, long first, long stride) {
        this.drawn = drawn;
        this.first = first;
        this.stride = stride;
    }

    /**
     * @param first  first key
     * @param stride from one to the next
     * @return first, first + stride, …
     */
    static KeySequence inOrder(long first, long stride) {
        return new KeySequence(null, first, stride);
    }

    /**
     * @param keys   keys 0 to keys - 1
     * @param first  the thread
     * @param stride threads; only keys that are first modulo stride are drawn
     * @param seed   of the random numbers
     * @param drawn  how many to draw, at most 2^20
     * @return so many keys, rounded up to a power of two, each as likely as any other; then the same again
     */
    static KeySequence uniform(long keys, int first, int stride, long seed, long drawn) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] keysDrawn = new int[length(drawn)];
        long own = Math.max(1, (keys - first + stride - 1) / stride);
        for (int i = 0; i < keysDrawn.length; i++) {
            keysDrawn[i] = (int) (first + random.nextLong(own) * stride);
        }
        return new KeySequence(keysDrawn, 0, 0);
    }

    /**
     * @param keys  keys 0 to keys - 1
     * @param seed  of the random numbers
     * @param drawn how many to draw, at most 2^20
     * @return so many keys, rounded up to a power of two as YCSB draws them: Zipfian, exponent 0.99, the popular ones scattered; then the same again
     */
    static KeySequence zipfian(long keys, long seed, long drawn) {
        Zipfian zipfian = new Zipfian(keys);
        SplittableRandom random = new SplittableRandom(seed);
        int[] keysDrawn = new int[length(drawn)];
        for (int i = 0; i < keysDrawn.length; i++) {
            keysDrawn[i] = (int) zipfian.scattered(random.nextDouble());
        }
        return new KeySequence(keysDrawn, 0, 0);
    }

    /**
     * @param keys  window of the latest keys
     * @param seed  of the random numbers
     * @param drawn how many to draw, at most 2^20
     * @return so many distances, rounded up to a power of two, from the newest key, Zipfian: 0 is the most likely
     */
    static KeySequence latest(long keys, long seed, long drawn) {
        Zipfian zipfian = new Zipfian(keys);
        SplittableRandom random = new SplittableRandom(seed);
        int[] keysDrawn = new int[length(drawn)];
        for (int i = 0; i < keysDrawn.length; i++) {
            keysDrawn[i] = (int) zipfian.rank(random.nextDouble());
        }
        return new KeySequence(keysDrawn, 0, 0);
    }

    private static int length(long drawn) {
        return (int) Math.min(MOST_DRAWN, Long.highestOneBit(Math.max(2, drawn) - 1) << 1);
    }

    long key(long turn) {
        return drawn == null ? first + turn * stride : drawn[(int) turn & drawn.length - 1];
    }
}
