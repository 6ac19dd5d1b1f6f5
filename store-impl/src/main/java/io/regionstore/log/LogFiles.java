package io.regionstore.log;

import java.io.IOException;
import java.util.List;

/**
 * The files of one metadata directory: with {@link LogFile}, the seam through which everything that reaches the medium
 * goes, so that a simulated file system sees it all. Names are plain, without a path. Thread-safe.
 */
public interface LogFiles {
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
}
