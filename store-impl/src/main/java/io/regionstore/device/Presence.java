package io.regionstore.device;

/**
 * Whether something that a store has open is still there: asked again and again, by one thread, at the cost of a few system
 * calls.
 */
public interface Presence {
    /** What cannot vanish. */
    Presence ASSURED = () -> null;

    /**
     * @return what is wrong, or null
     * @throws io.regionstore.RegionStoreException IO_ERROR when it cannot be told
     */
    Finding look();

    /**
     * What is wrong.
     *
     * @param lost    whether writes must end: what they write will not be found again; false: a warning
     * @param message resource, expectation, finding and remedy
     */
    record Finding(boolean lost, String message) {
    }
}
