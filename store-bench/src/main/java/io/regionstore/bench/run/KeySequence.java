package io.regionstore.bench.run;

import java.util.SplittableRandom;

/** The keys of one thread's loop, drawn before the clock starts. */
final class KeySequence {
    private static final int MOST_DRAWN = 1 << 20;

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
     * @param turns  that will be asked for, at most
     * @return up to 2^20 keys, each as likely as any other; then the same again
     */
    static KeySequence uniform(long keys, int first, int stride, long seed, long turns) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] drawn = new int[drawn(turns)];
        long own = Math.max(1, (keys - first + stride - 1) / stride);
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = (int) (first + random.nextLong(own) * stride);
        }
        return new KeySequence(drawn, 0, 0);
    }

    /**
     * @param keys  keys 0 to keys - 1
     * @param seed  of the random numbers
     * @param turns that will be asked for, at most
     * @return up to 2^20 keys as YCSB draws them: Zipfian, exponent 0.99, the popular ones scattered; then the same again
     */
    static KeySequence zipfian(long keys, long seed, long turns) {
        Zipfian zipfian = new Zipfian(keys);
        SplittableRandom random = new SplittableRandom(seed);
        int[] drawn = new int[drawn(turns)];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = (int) zipfian.scattered(random.nextDouble());
        }
        return new KeySequence(drawn, 0, 0);
    }

    /**
     * @param keys  window of the latest keys
     * @param seed  of the random numbers
     * @param turns that will be asked for, at most
     * @return up to 2^20 distances from the newest key, Zipfian: 0 is the most likely
     */
    static KeySequence latest(long keys, long seed, long turns) {
        Zipfian zipfian = new Zipfian(keys);
        SplittableRandom random = new SplittableRandom(seed);
        int[] drawn = new int[drawn(turns)];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = (int) zipfian.rank(random.nextDouble());
        }
        return new KeySequence(drawn, 0, 0);
    }

    private static int drawn(long turns) {
        return (int) Math.min(MOST_DRAWN, Long.highestOneBit(Math.max(2, turns) - 1) << 1);
    }

    long key(long turn) {
        return drawn == null ? first + turn * stride : drawn[(int) turn & drawn.length - 1];
    }
}
