package io.regionstore.bench.run;

/** One operation of a workload. */
@FunctionalInterface
interface Step {
    /**
     * @param key   number of a key
     * @param turn  which operation of this loop it is, from 0
     * @return something that depends on what the operation did, so that it cannot be optimized away
     */
    long run(long key, long turn);
}
