package io.regionstore.log;

import java.io.IOException;
import java.util.List;

/**
 * The files of one metadata directory: with {@link LogFile}, the seam through which everything that reaches the medium
 * goes, so that a simulated file system sees it all. Names are plain, without a path. Thread-safe.
 */
public interface LogFiles extends AutoCloseable {
    /** @return the directory, for messages */
    String resource();

    /**
     * @return names of everything in the directory
     * @throws IOException if the file system says so
     */
    List<String> list() throws IOException;

    /**
     * Makes a file that must not exist, for its owner only, open for reading and writing.
     *
     * @param name of the file
     * @return the file, empty
     * @throws java.nio.file.FileAlreadyExistsException if there is one
     * @throws IOException if the file system says so
     */
    LogFile create(String name) throws IOException;

    /**
     * @param name     of a regular file; links are not followed
     * @param writable whether it is going to be written or synced
     * @return the file
     * @throws IOException if the file system says so
     */
    LogFile open(String name, boolean writable) throws IOException;

    /**
     * Atomic; durable after {@link #sync}.
     *
     * @param from an existing name
     * @param to   a name that does not exist
     * @throws IOException if the file system says so; the file may then have either name
     */
    void rename(String from, String to) throws IOException;

    /**
     * Durable after {@link #sync}. No error if there is no such file.
     *
     * @param name of the file
     * @throws IOException if the file system says so
     */
    void delete(String name) throws IOException;

    /**
     * Makes the directory's names durable.
     *
     * @throws IOException if the file system says so
     */
    void sync() throws IOException;

    /**
     * @param name of a file
     * @return what tells it from a copy
     * @throws IOException if the file system says so
     */
    FileIdentity identity(String name) throws IOException;

    /**
     * Locks the directory for one store.
     *
     * @param unlocked whether it may be that the kernel has no locks there
     * @return the lock, to be closed before this
     * @throws io.regionstore.RegionStoreException LOCKED by another store, with its owner if it can be seen;
     *                                             LOCK_UNSUPPORTED
     */
    default Lock lock(boolean unlocked) {
        return () -> { }; // files that no other process sees
    }

    /** @return the file system with its free space, for messages */
    default String fileSystem() {
        return "the file system";
    }

    /** @return whether somebody else could move or remove the directory, or files in it */
    default boolean canVanish() {
        return false;
    }

    /**
     * For any thread, at any time.
     *
     * @param log      name of the log in use
     * @param identity that file's
     * @param length   bytes that it has at least
     * @return whether the directory is still where it was opened, and the log in it
     */
    default Whereabouts whereabouts(String log, FileIdentity identity, long length) {
        return Whereabouts.HERE;
    }

    /**
     * Removes the directory, if it is empty and still where it was opened.
     *
     * @throws IOException if the file system says so
     */
    default void removeDirectory() throws IOException {
        // a directory that is not a real one
    }

    /** Releases the directory. Files of it that are open stay so. */
    @Override
    default void close() {
        // nothing is held
    }

    /** Exclusion of every other store from a directory. */
    interface Lock extends AutoCloseable {
        /** @return false where the kernel has no locks */
        default boolean isHeld() {
            return true;
        }

        @Override
        void close();
    }
}
