package io.regionstore.bench.subject;

import java.util.Set;

/** Something that keeps values under keys. Has a public constructor without arguments; opened once, then closed. */
public interface Subject extends AutoCloseable {
    /**
     * Makes an empty one.
     *
     * @param setup where, and how large
     * @throws Exception whatever goes wrong; it is shown to the user
     */
    void open(Setup setup) throws Exception;

    /** @return in one line how it is configured, for the reader of the results; after {@link #open} */
    String configuration();

    /** @return what it can do */
    Set<Operation> operations();

    /**
     * @param thread 0 to {@code setup.threads() - 1}
     * @return a session for the calling thread
     * @throws Exception whatever goes wrong
     */
    Session session(int thread) throws Exception;

    @Override
    void close() throws Exception;
}
