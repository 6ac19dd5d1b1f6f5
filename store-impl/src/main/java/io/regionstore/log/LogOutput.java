package io.regionstore.log;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * The log in use, as its writer sees it: batches of frames go to its end, durable one after the other. Used by the
 * holder of the writer's role only, but for {@link #position}. After a failure nothing may be written any more.
 *
 * <p>An interrupt of a thread closes the channel that it uses. Threads that commit belong to users, who may interrupt
 * them: the file is then opened again, and all that was written since the last sync is written once more, since a
 * failure of the interrupted call may have gone unseen.
 */
final class LogOutput implements AutoCloseable {
    private final LogFiles files;
    private final boolean synced;
    private final int step;
    private final Chunk zeros;
    private volatile NewLog log;
    private LogFile file;
    private volatile long allocated;
    private volatile long position;

    LogOutput(LogFiles files, NewLog log, Options options) {
        this.files = files;
        this.synced = options.synced();
        this.step = options.stepBytes();
        this.zeros = NewLog.zeros(step);
        use(log);
    }

    private void use(NewLog next) {
        file = next.file();
        position = LogHeader.LENGTH;
        allocated = next.length();
        log = next; // last: whoever sees it sees no longer length than this log has
    }

    /** Goes on in another log. What was written must be durable. */
    void switchTo(NewLog next) {
        LogFile old = file;
        use(next);
        Generations.closeQuietly(old);
    }

    /** @return bytes of the log in use; for any thread */
    long position() {
        return position;
    }

    /** @return what has become of the directory and of the log in use; for any thread */
    Whereabouts whereabouts() {
        NewLog used = log;
        long length = allocated;
        Whereabouts found = files.whereabouts(FileNames.log(used.header().generation()), used.header().identity(), length);
        return log == used ? found : Whereabouts.HERE; // a log that is not used any more is removed by us
    }

    /**
     * Writes a batch and makes it durable.
     *
     * @param batch  frames
     * @param length bytes of them
     */
    void write(Chunk batch, int length) throws IOException {
        if (length == 0) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            for (boolean done = false; !done; ) {
                try {
                    long needed = LogHeader.allocation(position + length, step);
                    if (needed > allocated) {
                        allocate(needed);
                    }
                    // A crash before or during this leaves any of the sectors: replay ends at the first frame that is
                    // not whole. All frames before this batch are durable already. After it, the batch is there.
                    file.write(batch.range(0, length), position);
                    if (synced) {
                        file.sync(false);
                    }
                    done = true;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                    reopen();
                }
            }
            position += length;
        } finally {
            restore(interrupted);
        }
    }

    /** @return whether {@link #makeRoom} should be called, when nobody waits for a batch */
    boolean roomIsShort() {
        return allocated < roomAhead();
    }

    private long roomAhead() {
        return LogHeader.allocation(position + step / 2, step);
    }

    /** Makes the file longer before it must be. */
    void makeRoom() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            long length = roomAhead();
            try {
                zero(length);
            } catch (IOException e) {
                if (Failures.noSpace(e)) {
                    return; // nothing relies on it yet: the next batch asks again, and fails if it needs the space
                }
                throw e;
            }
            settle(length);
        } catch (ClosedByInterruptException e) {
            interrupted |= Thread.interrupted();
            reopen(); // and the next batch allocates
        } finally {
            restore(interrupted);
        }
    }

    private void allocate(long length) throws IOException {
        zero(length);
        settle(length);
    }

    private void zero(long length) throws IOException {
        // A crash during this leaves a length between the two and zeros there, which is the end of the log. Without
        // space it ends the same. Zeros are written so that a later sync has no blocks to allocate. Without syncs they
        // would only cost: the writer who makes room would be held up by a step of them. What is not written reads as
        // zeros.
        NewLog.zero(file, synced ? allocated : length - FrameDescriptor.ALIGNMENT, length, zeros);
    }

    /** Synced before any frame relies on it, so that a shorter file than the frames ask for was truncated by somebody. */
    private void settle(long length) throws IOException {
        if (synced) {
            file.sync(false);
        }
        allocated = length;
    }

    private void reopen() throws IOException {
        String name = FileNames.log(log.header().generation());
        Generations.closeQuietly(file);
        file = files.open(name, true);
        if (!files.identity(name).matches(log.header().identity())) {
            throw new IOException(name + " was replaced by another file while it was written");
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        Generations.closeQuietly(file);
    }
}
