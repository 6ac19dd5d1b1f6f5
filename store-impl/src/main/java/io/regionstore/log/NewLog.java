package io.regionstore.log;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;

/**
 * Makes logs and makes them longer.
 *
 * @param file   open for writing
 * @param header of the file
 * @param length bytes, all of them durable
 */
record NewLog(LogFile file, LogHeader header, long length) {
    private static final int ZEROS = 64 << 10;

    /**
     * First half: a file without its final name.
     *
     * @param files      where
     * @param generation of the log
     * @return the file
     */
    static LogFile begin(LogFiles files, long generation) throws IOException {
        String temporary = FileNames.temporary(FileNames.log(generation));
        try {
            // A crash after this leaves a temporary file, which means nothing and is deleted by the next start.
            return files.create(temporary);
        } catch (FileAlreadyExistsException e) {
            // A crash or a failure left it. Were it not gone durably, then, of the changes up to the next sync of the
            // names, a crash might keep the rename alone, and give this one the name of the log.
            files.delete(temporary);
            files.sync();
            return files.create(temporary);
        }
    }

    /**
     * Second half, up to the rename: the contents.
     *
     * @param files  where
     * @param file   what {@link #begin} returned
     * @param header without the identity
     * @return the log
     */
    static NewLog fill(LogFiles files, LogFile file, LogHeader header) throws IOException {
        String temporary = FileNames.temporary(FileNames.log(header.generation()));
        LogHeader complete = new LogHeader(header.instance(), header.generation(), header.step(), header.floorLsn(),
                files.identity(temporary), header.acceptedBefore(), header.image(), header.previous());
        long length = LogHeader.allocation(LogHeader.LENGTH, header.step());
        // A crash up to the sync leaves a temporary file.
        zero(file, LogHeader.LENGTH, length, zeros(header.step()));
        file.write(complete.encode().range(0, LogHeader.LENGTH), 0);
        file.sync(true);
        return new NewLog(file, complete, length);
    }

    /**
     * Gives a filled log its name, durably.
     *
     * @param files      where
     * @param generation of the log
     */
    static void name(LogFiles files, long generation) throws IOException {
        String name = FileNames.log(generation);
        // A crash before or during this leaves the temporary file; after it, maybe the named one, whole, since its
        // contents were synced before. Named, it adds no frame, so the store is the same with it or without.
        files.rename(FileNames.temporary(name), name);
        files.sync();
    }

    /** Writes zeros; the caller syncs. */
    static void zero(LogFile file, long from, long to, Chunk zeros) throws IOException {
        for (long at = from; at < to; ) {
            int length = (int) Math.min(zeros.capacity(), to - at);
            file.write(zeros.range(0, length), at);
            at += length;
        }
    }

    static Chunk zeros(int step) {
        return new Chunk(Math.min(ZEROS, step));
    }
}
