package io.regionstore;

/** Told how far opening is. Called from the opening thread or from a recovery thread, never by two at once. */
@FunctionalInterface
public interface RecoveryListener {
    /** The steps of opening, in order. */
    enum Phase {
        /** Opening, locking and checking the media. */
        MEDIA,
        /** Loading the image and replaying the log; only for metadata in a directory. */
        REPLAY,
        /** Reading the slot table; units are slots. */
        SCAN,
        /** Building the index; units are partitions of it. */
        INDEX,
        /** Comparing payloads with their checksums; units are records. */
        VERIFY
    }

    /**
     * @param phase the step
     * @param done  units done
     * @param total units in all
     */
    void progress(Phase phase, long done, long total);
}
