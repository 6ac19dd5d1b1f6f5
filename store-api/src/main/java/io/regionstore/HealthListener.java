package io.regionstore;

/**
 * Told of what goes wrong with an open store besides the operations that throw: a medium that was removed, an image that
 * could not be written. Called by threads of the store, one at a time for each problem; it should return soon. What it
 * throws is logged and otherwise ignored.
 */
@FunctionalInterface
public interface HealthListener {
    /** @param problem what was found */
    void problem(StoreHealth.Problem problem);
}
