package io.regionstore.bench.run;

import io.regionstore.bench.subject.Keys;

/**
 * Zipfian ranks as YCSB draws them, after Gray et al., "Quickly Generating Billion-Record Synthetic Databases",
 * SIGMOD 1994, with the exponent 0.99.
 */
final class Zipfian {
    private static final double THETA = 0.99;

    private final long items;
    private final double zetaN;
    private final double eta;

    /** @param items ranks 0 to items - 1 */
    Zipfian(long items) {
        this.items = Math.max(2, items);
        zetaN = zeta(this.items);
        eta = (1 - Math.pow(2.0 / this.items, 1 - THETA)) / (1 - zeta(2) / zetaN);
    }

    private static double zeta(long n) {
        // beyond a million terms the integral is exact to nine digits
        long terms = Math.min(n, 1_000_000);
        double sum = 0;
        for (long i = 1; i <= terms; i++) {
            sum += Math.pow(i, -THETA);
        }
        return n == terms ? sum : sum + (Math.pow(n + 0.5, 1 - THETA) - Math.pow(terms + 0.5, 1 - THETA)) / (1 - THETA);
    }

    /**
     * @param uniform 0 to 1
     * @return a rank, 0 the most likely
     */
    long rank(double uniform) {
        double uz = uniform * zetaN;
        if (uz < 1) {
            return 0;
        }
        if (uz < 1 + Math.pow(0.5, THETA)) {
            return 1;
        }
        long rank = (long) (items * Math.pow(eta * uniform - eta + 1, 1 / (1 - THETA)));
        return Math.min(items - 1, Math.max(0, rank));
    }

    /**
     * @param uniform 0 to 1
     * @return an item, popular ones anywhere
     */
    long scattered(double uniform) {
        return Long.remainderUnsigned(Keys.first(rank(uniform)), items);
    }
}
