package io.regionstore.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open file of a metadata directory: with {@link LogFiles}, the seam through which every byte goes. Used by one
 * thread at a time.
 */
public interface LogFile extends AutoCloseable {
    /**
     * @return bytes
     * @throws IOException if the file system says so
     */
    long size() throws IOException;

    /**
     * Reads until the destination is full or the file ends.
     *
     * @param destination filled from its position
     * @param position    of the file
     * @return bytes read
     * @throws IOException if the file system says so
     */
    int read(ByteBuffer destination, long position) throws IOException;

    /**
     * Writes all that remains in the source; not durable before {@link #sync}.
     *
     * @param source   a direct buffer
     * @param position of the file
     * @throws java.nio.channels.ClosedByInterruptException if the thread was interrupted, which closes the file
     * @throws IOException if the file system says so; what was written is then unknown
     */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Makes the file's bytes and length durable.
     *
     * @param metadata whether its times are as well
     * @throws java.nio.channels.ClosedByInterruptException if the thread was interrupted, which closes the file
     * @throws IOException if the file system says so; nothing since the last sync may then be taken as durable, and
     *                     another sync would prove nothing
     */
    void sync(boolean metadata) throws IOException;

    @Override
    void close() throws IOException;
}
