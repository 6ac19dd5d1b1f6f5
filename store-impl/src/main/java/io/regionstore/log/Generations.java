package io.regionstore.log;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The logs and images of a directory in use: makes the next log, makes an image official, deletes what is not needed
 * any more. Thread-safe; image and switch run one at a time.
 */
final class Generations {
    /** Each open adds a log: that many are kept before an image is due for their number alone. */
    private static final int MAX_LOGS = 8;
    private static final int REWRITE_BYTES = 1 << 20;

    private final LogFiles files;
    private final Options options;
    private final UUID instance;
    private ImageStamp image;
    private ImageStamp previous = ImageStamp.NONE;
    private long acceptedBefore;
    private long generation;
    private volatile long earlierLogBytes;
    private volatile long logs = 1;
    private volatile long imageBytes;
    /** An image that was begun and not finished, or null: another attempt needs no further log. */
    private Begun begun;

    /**
     * Where an image begins: the first generation and LSN that are replayed over it, the header at that moment, and how
     * many bytes of logs it makes dispensable.
     */
    private record Begun(long generation, long firstLsn, MemorySegment storeHeader, long bytesBefore) {
    }

    Generations(LogFiles files, Options options, UUID instance, ImageStamp image) {
        this.files = files;
        this.options = options;
        this.instance = instance;
        this.image = image;
    }

    /** Goes on with the log that {@link Creation} made. */
    synchronized NewLog begin(NewLog first) {
        generation = first.header().generation();
        return first;
    }

    /**
     * Goes on behind the logs that were replayed, to which nothing is added.
     *
     * @param recovered what was found
     * @param unsure    whether pages of the newest logs may count as clean and not be durable
     * @return a log with its name
     */
    synchronized NewLog begin(Recovery recovered, boolean unsure) throws IOException {
        LogHeader newest = recovered.newest();
        boolean usedSpare = !image.equals(newest.image());
        previous = usedSpare ? ImageStamp.NONE : newest.previous();
        acceptedBefore = newest.acceptedBefore();
        // Frames of a killed process may have been read from the page cache; the caller is going to build on them.
        for (long g = image.generation(); g <= newest.generation(); g++) {
            try (LogFile log = files.open(FileNames.log(g), true)) {
                if (unsure) {
                    rewrite(log);
                }
                log.sync(true);
            }
        }
        // Names that a killed process had changed may be seen here and not be durable either.
        files.sync();
        long next = newest.generation() + 1;
        if (recovered.restored()) {
            image = new ImageStamp(image.generation(), files.identity(FileNames.image(image.generation())),
                    recovered.imageNonce());
            previous = ImageStamp.NONE;
            acceptedBefore = next;
        }
        // A crash before the new log has its name changes nothing. After it, replay goes through the old logs, up to
        // the same torn write, and finds the new log empty.
        NewLog log = make(next, recovered.nextLsn(), image, previous);
        try {
            NewLog.name(files, next);
            generation = next;
            logs = next - image.generation() + 1;
            earlierLogBytes = recovered.logBytes();
            cleanUp();
        } catch (IOException | RuntimeException | Error e) {
            closeQuietly(log.file());
            throw e;
        }
        return log;
    }

    /**
     * Writes the bytes of a log over themselves. After a sync that failed the kernel holds its pages for clean, and another
     * sync would do nothing and succeed. A crash leaves the same bytes, whichever of them were written.
     */
    private static void rewrite(LogFile log) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(REWRITE_BYTES);
        for (long at = 0; log.read(piece.clear(), at) > 0; at += piece.limit()) {
            log.write(piece.flip(), at);
        }
    }

    private NewLog make(long next, long floorLsn, ImageStamp named, ImageStamp spare) throws IOException {
        LogFile file = NewLog.begin(files, next);
        try {
            return NewLog.fill(files, file, new LogHeader(instance, next, options.stepBytes(), floorLsn,
                    FileIdentity.NONE, acceptedBefore, named, spare));
        } catch (IOException | RuntimeException | Error e) {
            closeQuietly(file);
            throw e;
        }
    }

    /**
     * Writes an image and makes it official; see {@link MetadataDirectory#writeImage}.
     *
     * @param writer of the logs
     * @param source the table
     */
    synchronized void writeImage(LogWriter writer, ImageSource source) {
        boolean done = false;
        try {
            tryImage(writer, source);
            done = true;
        } finally {
            if (!done && !writer.failed()) { // else a log may have a name that is not known of
                cleanUp(); // gives the space of what was not finished back
            }
        }
    }

    private void tryImage(LogWriter writer, ImageSource source) {
        // 1. A new log, which still names the old image: a crash from here on replays the old logs, then this one. Where
        //    an image failed after this step, its log serves the next attempt: all of its frames are replayed over it.
        if (begun == null) {
            MemorySegment storeHeader = MemorySegment.ofArray(new byte[FrameDescriptor.STORE_HEADER_LENGTH]);
            long firstLsn = switchLog(writer, storeHeader, image, previous);
            begun = new Begun(generation, firstLsn, storeHeader, earlierLogBytes);
        }
        Begun from = begun;
        // 2. All of the old logs is in the table, and durable since the switch.
        source.awaitApplied(from.firstLsn - 1);
        // 3. The image, which nothing names: a crash leaves the old way whole, and start deletes the image.
        ImageStamp stamp = writeFile(writer, from, source);
        // 4. A log that names it. Once that log has its name, opening starts at the image, and every frame whose
        //    effect the image may hold is durable. A crash before that: the old way.
        MemorySegment unused = MemorySegment.ofArray(new byte[FrameDescriptor.STORE_HEADER_LENGTH]);
        switchLog(writer, unused, stamp, image);
        imageBytes = source.usedSlots() * FrameDescriptor.SLOT_LENGTH;
        // 5. What neither the image nor its spare needs.
        cleanUp();
    }

    private ImageStamp writeFile(LogWriter writer, Begun from, ImageSource source) {
        try {
            return ImageFile.write(files, instance, from.generation, from.firstLsn, from.storeHeader, source,
                    () -> writer.awaitDurable(writer.lastLsn()));
        } catch (IOException e) {
            throw Failures.of(files, "writing an image", e);
        }
    }

    private long switchLog(LogWriter writer, MemorySegment storeHeader, ImageStamp named, ImageStamp spare) {
        long next = generation + 1;
        NewLog made;
        try {
            made = make(next, writer.durableLsn() + 1, named, spare);
        } catch (IOException e) {
            throw Failures.of(files, "making a log", e);
        }
        long position = writer.position();
        long firstLsn;
        try {
            name(writer, next);
            // The log has its name, so it counts whether the writer goes on in it or not. If not, it stays empty, which a
            // crash at this place leaves too, and the next one follows it.
            generation = next;
            if (named == image) {
                logs++;
            } else { // the image counts
                logs = next - named.generation() + 1;
                earlierLogBytes -= begun.bytesBefore;
                begun = null;
                previous = image;
                image = named;
            }
            firstLsn = writer.rotate(made, storeHeader);
        } catch (RuntimeException | Error e) {
            closeQuietly(made.file());
            throw e;
        }
        earlierLogBytes += position;
        return firstLsn;
    }

    private void name(LogWriter writer, long next) {
        try {
            NewLog.name(files, next);
        } catch (IOException | RuntimeException | Error e) {
            // Whether the name is there is unknown, and with it which log another open would go on behind.
            throw writer.end("naming a log", e);
        }
    }

    /** Deletes what no way of opening needs, in any order; a crash or a failure leaves some of it for the next time. */
    private void cleanUp() {
        long oldest = previous.generation() == 0 ? image.generation() : previous.generation();
        try {
            FileNames names = new FileNames(files.list());
            for (String name : names.temporary) {
                files.delete(name);
            }
            for (long g : names.images) {
                if (g != image.generation() && g != oldest) {
                    files.delete(FileNames.image(g));
                }
            }
            for (long g : names.logs.headSet(oldest)) {
                files.delete(FileNames.log(g));
            }
        } catch (IOException e) {
            // Space is not given back yet, nothing else.
        }
    }

    /** Returns when no image is being written any more: nothing is written to the directory after that. */
    synchronized void awaitImage() {
        // the lock is the wait
    }

    /** @return whether an image pays: the logs behind the last one are long, or many */
    boolean imageDue(long position) {
        return logBytes(position) >= dueBytes() || logs > MAX_LOGS;
    }

    private long dueBytes() {
        return Math.max(options.imageBytes(), imageBytes);
    }

    /** @return bytes of the logs behind the last image */
    long logBytes(long position) {
        return earlierLogBytes + position;
    }

    /** @return how many times as long as one that an image is due for those are */
    long overdue(long position) {
        return logBytes(position) / Math.max(1, dueBytes());
    }

    static void closeQuietly(LogFile file) {
        try {
            file.close();
        } catch (IOException e) {
            // It holds nothing that was promised.
        }
    }
}
