package io.regionstore.log;

/**
 * What has become of the directory of an open store, or of the files in it that it writes.
 *
 * @param lost    whether what is written now would not be found by the next open
 * @param problem resource, expectation, finding and remedy; null: everything is where it should be
 */
public record Whereabouts(boolean lost, String problem) {
    /** Everything is where it should be. */
    public static final Whereabouts HERE = new Whereabouts(false, null);

    /** @return whether everything is where it should be */
    public boolean here() {
        return problem == null;
    }
}
