package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The metadata of one store in a directory: images of the slot table and the redo log behind them. The caller keeps the
 * table in memory, and owns the directory: exclusion of other processes is the caller's.
 *
 * <p>Rule for callers: first append, then change the table in memory. So every effect that an image may have copied has
 * a frame, and the image counts only when that frame is durable.
 *
 * <p>Appends, awaits and {@link #imageDue} may be called by any thread at any time between {@link #start} and
 * {@link #close}; in steady state they allocate nothing on the heap. After a failed write every append and every wait
 * throws IO_ERROR; an LSN that was durable before stays so.
 */
public final class MetadataDirectory implements AutoCloseable {
    private final LogFiles files;
    private final Options options;
    private final UUID instance;
    private final Recovery recovered;
    private final NewLog created;
    private final SlotLimit limit;
    private final MemorySegment header;
    private final Generations generations;
    private volatile LogWriter writer;
    private Flusher flusher;
    private boolean closesFiles;
    private volatile boolean closed;
    private boolean released;

    private MetadataDirectory(LogFiles files, Options options, UUID instance, Recovery recovered, NewLog created,
                              ImageStamp image, SlotLimit limit, MemorySegment header) {
        this.files = files;
        this.options = options;
        this.instance = instance;
        this.recovered = recovered;
        this.created = created;
        this.limit = limit;
        this.header = header;
        this.generations = new Generations(files, options, instance, image);
    }

    /**
     * @param directory a path
     * @return whether {@link #create} is what comes next: nothing is there, or a directory without a store, be it empty,
     *         left by a create that did not finish, or holding files of others, which create then refuses
     * @throws RegionStoreException SYMBOLIC_LINK, NOT_A_DIRECTORY, PERMISSION_DENIED
     */
    public static boolean isEmpty(Path directory) {
        try (LogFiles files = DirectoryLogFiles.at(directory)) {
            return files == null || isEmpty(files);
        }
    }

    /**
     * @param directory a path
     * @return its files, for {@link #create} and {@link #open}, to be closed after what these return; null if it does
     *         not exist
     * @throws RegionStoreException SYMBOLIC_LINK, NOT_A_DIRECTORY, PERMISSION_DENIED
     */
    public static LogFiles files(Path directory) {
        return DirectoryLogFiles.at(directory);
    }

    /**
     * Makes the directory, 0700 and durably, if it is missing, so that it can be locked before anything is put into it.
     *
     * @param directory a path
     * @throws RegionStoreException SYMBOLIC_LINK, NOT_A_DIRECTORY, PERMISSION_DENIED, NOT_FOUND, IO_ERROR
     */
    public static void make(Path directory) {
        DirectoryLogFiles.make(directory).close();
    }

    /**
     * Removes a directory, if it is empty: for whoever made it and cannot use it.
     *
     * @param directory a path
     */
    public static void unmake(Path directory) {
        DirectoryLogFiles.tryDelete(directory);
    }

    /** As {@link #isEmpty(Path)}, on any files. */
    public static boolean isEmpty(LogFiles files) {
        return names(files).noStore();
    }

    private static FileNames names(LogFiles files) {
        try {
            return new FileNames(files.list());
        } catch (IOException e) {
            throw Failures.of(files, "listing the directory", e);
        }
    }

    /**
     * Makes the metadata of an empty store: the directory if it is missing (0700), and its files (0600). A crash before
     * this returns leaves a directory that {@link #isEmpty} calls empty, or the whole store.
     *
     * @param directory  a path; in an existing directory only {@code LOCK} may be, or what an unfinished create left
     * @param instance   id of the store, new and random
     * @param tableSlots capacity of the table
     * @param header     512 bytes, copied
     * @param options    how to work
     * @return the directory, to be started
     * @throws RegionStoreException INVALID_ARGUMENT, ALREADY_EXISTS, METADATA_FOREIGN, SYMBOLIC_LINK, NOT_A_DIRECTORY,
     *                              PERMISSION_DENIED, IO_ERROR
     */
    public static MetadataDirectory create(Path directory, UUID instance, long tableSlots, MemorySegment header,
                                           Options options) {
        LogFiles files = DirectoryLogFiles.make(directory);
        return owning(files, () -> create(files, instance, tableSlots, header, options));
    }

    /** As {@link #create(Path, UUID, long, MemorySegment, Options)}, on any files. */
    public static MetadataDirectory create(LogFiles files, UUID instance, long tableSlots, MemorySegment header,
                                           Options options) {
        requireHeader(header);
        if (!SlotLimit.isTable(tableSlots)) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, files.resource() + ": expected a table of 1 to "
                    + SlotLimit.MAX_TABLE_SLOTS + " slots, found " + tableSlots);
        }
        FileNames names = names(files);
        if (!names.noStore()) {
            throw new RegionStoreException(ErrorCode.ALREADY_EXISTS, files.resource()
                    + ": expected no store, found one; open it, or name another directory");
        }
        if (!names.foreign.isEmpty()) {
            throw new RegionStoreException(ErrorCode.METADATA_FOREIGN, files.resource()
                    + ": expected an empty directory, found " + names.foreign + "; give the store one of its own");
        }
        try {
            return new Creation(files, instance, options).run(names, tableSlots, header);
        } catch (IOException e) {
            throw Failures.of(files, "creating the metadata", e);
        }
    }

    /**
     * Takes back what {@link #create} made, or half made, of a store that nobody has written to. A crash before this returns
     * leaves the store, or a directory that {@link #isEmpty} calls empty.
     *
     * @param files of the directory; what is open of them may be closed afterwards
     * @throws RegionStoreException IO_ERROR; what is left is as after a crash
     */
    public static void undo(LogFiles files) {
        try {
            Creation.undo(files);
        } catch (IOException e) {
            throw Failures.of(files.resource(), "removing metadata that was just made", e);
        }
    }

    /**
     * @param files of a directory
     * @return whether it holds nothing at all, not even the file of a lock
     */
    public static boolean isBare(LogFiles files) {
        try {
            return files.list().isEmpty();
        } catch (IOException e) {
            throw Failures.of(files.resource(), "listing the directory", e);
        }
    }

    /**
     * Removes the file of the lock, and the directory if that leaves nothing in it: for whoever made them and has no use for
     * them. Others who wait for the lock find out that the file is another one.
     *
     * @param files     of a directory; if a store is in it, nothing is done
     * @param lock      whether to remove the file of the lock
     * @param directory whether to remove the directory
     */
    public static void remove(LogFiles files, boolean lock, boolean directory) {
        try {
            boolean noStore = (lock || directory) && names(files).noStore();
            if (noStore && lock) {
                files.delete(FileNames.LOCK);
            }
            if (noStore && directory) {
                files.removeDirectory();
            }
        } catch (IOException e) {
            throw Failures.of(files.resource(), "removing a directory without a store", e);
        }
    }

    static MetadataDirectory created(LogFiles files, Options options, NewLog log, ImageStamp image, SlotLimit limit,
                                     MemorySegment header) {
        MemorySegment copy = MemorySegment.ofArray(header.toArray(ValueLayout.JAVA_BYTE));
        return new MetadataDirectory(files, options, log.header().instance(), null, log, image, limit, copy);
    }

    /**
     * Reads the newest image and replays the logs behind it. Writes nothing.
     *
     * @param directory a path
     * @param sink      told what the table held
     * @param options   how to work
     * @return the directory, to be started
     * @throws RegionStoreException NOT_FOUND, METADATA_FOREIGN, METADATA_VERSION, METADATA_TRUNCATED, METADATA_CORRUPT,
     *                              METADATA_RESTORED, SYMBOLIC_LINK, NOT_A_DIRECTORY, PERMISSION_DENIED, IO_ERROR
     */
    public static MetadataDirectory open(Path directory, Replay sink, Options options) {
        LogFiles files = DirectoryLogFiles.at(directory);
        if (files == null) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, directory + ": expected the metadata of a store, found"
                    + " nothing; name its directory, or create a store");
        }
        return owning(files, () -> open(files, sink, options));
    }

    private static MetadataDirectory owning(LogFiles files, Supplier<MetadataDirectory> opening) {
        boolean opened = false;
        try {
            MetadataDirectory directory = opening.get();
            directory.closesFiles = true;
            opened = true;
            return directory;
        } finally {
            if (!opened) {
                files.close();
            }
        }
    }

    /** As {@link #open(Path, Replay, Options)}, on any files. */
    public static MetadataDirectory open(LogFiles files, Replay sink, Options options) {
        if (files == null) { // it was there a moment ago
            throw new RegionStoreException(ErrorCode.NOT_FOUND, "expected the metadata of a store, found nothing; name"
                    + " its directory, or create a store");
        }
        Recovery recovered = Recovery.run(files, sink, options.acceptRestored());
        return new MetadataDirectory(files, options, recovered.newest().instance(), recovered, null,
                recovered.image(), recovered.limit(), recovered.header());
    }

    /** @return id of the store */
    public UUID instance() {
        return instance;
    }

    /** @return the newest header that {@link #create} was given or {@link #open} found; read-only */
    public MemorySegment header() {
        return header.asReadOnly();
    }

    /** @return whether the log ended with a whole frame; false: a crash cut a write that was not acknowledged */
    public boolean cleanTail() {
        return recovered == null || recovered.cleanTail();
    }

    /** @return frames that open replayed */
    public long replayedFrames() {
        return recovered == null ? 0 : recovered.replayedFrames();
    }

    /** @return the LSN of the last frame that open replayed; appends go on behind it */
    public long replayedUpTo() {
        return recovered == null ? 0 : recovered.nextLsn() - 1;
    }

    /** @return whether a copy of the directory was accepted by open */
    public boolean restored() {
        return recovered != null && recovered.restored();
    }

    /** @return what open found worth telling, for people */
    public List<String> notes() {
        return recovered == null ? List.of() : List.copyOf(recovered.notes());
    }

    /**
     * Begins to accept appends, in a log of their own: the logs that were replayed are never written again. Also makes
     * durable what was replayed, and removes what unfinished writes left.
     *
     * @throws RegionStoreException IO_ERROR, NO_SPACE; the store is then as it was
     */
    public void start() {
        start(false, problem -> { });
    }

    /**
     * As {@link #start()}.
     *
     * @param unsure whether the last session was not closed: a sync of it may have failed, after which the kernel holds pages
     *               for clean that are not durable, so what was replayed is written once more before it is synced
     * @param problems told what goes wrong in the background and is tried again, by the thread that it happens to
     * @throws RegionStoreException IO_ERROR, NO_SPACE; the store is then as it was
     */
    public synchronized void start(boolean unsure, Consumer<Throwable> problems) {
        requireOpen();
        if (writer != null) {
            throw new IllegalStateException(files.resource() + ": already started");
        }
        NewLog log = null;
        try {
            log = recovered == null ? generations.begin(created) : generations.begin(recovered, unsure);
            writer = new LogWriter(files, log, recovered == null ? 1 : recovered.nextLsn(), header, limit,
                    options);
        } catch (IOException e) {
            throw Failures.of(files, "starting the log", e);
        } finally {
            if (log != null && writer == null) {
                Generations.closeQuietly(log.file());
            }
        }
        if (!options.relaxed().isZero()) {
            flusher = new Flusher(writer, options.relaxed(), problems);
        }
    }

    /**
     * Appends the commit of one run of slots.
     *
     * @param source       the slots' bytes, copied
     * @param sourceOffset of the first
     * @param firstSlot    index in the table
     * @param slots        32 bytes each; at most what {@link Options#bufferBytes} holds behind 48 bytes
     * @param retiredSlot  index of a slot that is retired with it, after it is written, or -1
     * @return the LSN, durable after {@link #awaitDurable}
     * @throws RegionStoreException IO_ERROR, CLOSED, INVALID_ARGUMENT; nothing was appended then
     */
    public long append(MemorySegment source, long sourceOffset, long firstSlot, int slots, long retiredSlot) {
        return started().append(FrameDescriptor.SLOTS, source, sourceOffset, slots, firstSlot, retiredSlot);
    }

    /**
     * Appends the retirement of a slot.
     *
     * @param slot index in the table
     * @return the LSN
     */
    public long appendRetire(long slot) {
        return started().append(FrameDescriptor.RETIRE, MemorySegment.NULL, 0, 0, FrameDescriptor.NO_SLOT, slot);
    }

    /**
     * Appends a new header.
     *
     * @param newHeader 512 bytes, copied
     * @return the LSN
     */
    public long appendHeader(MemorySegment newHeader) {
        requireHeader(newHeader);
        return started().append(FrameDescriptor.HEADER, newHeader, 0, 0, FrameDescriptor.NO_SLOT,
                FrameDescriptor.NO_SLOT);
    }

    private static void requireHeader(MemorySegment header) {
        if (header.byteSize() != FrameDescriptor.STORE_HEADER_LENGTH) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "header: expected "
                    + FrameDescriptor.STORE_HEADER_LENGTH + " bytes, found " + header.byteSize());
        }
    }

    /**
     * Returns when an LSN and all before it are durable. One of the waiting threads writes and syncs for all.
     *
     * @param lsn that an append returned
     * @throws RegionStoreException IO_ERROR, CLOSED; the LSN may then be durable or not
     */
    public void awaitDurable(long lsn) {
        started().awaitDurable(lsn);
    }

    /** @return the highest LSN that is durable, with all before it */
    public long durableLsn() {
        return started().durableLsn();
    }

    /** @return the highest LSN that was appended */
    public long lastLsn() {
        return started().lastLsn();
    }

    /** Makes durable all that was appended before. */
    public void sync() {
        LogWriter log = started();
        log.awaitDurable(log.lastLsn());
    }

    /** @return whether the logs have become so long, or so many, that {@link #writeImage} pays */
    public boolean imageDue() {
        return generations.imageDue(started().position());
    }

    /** @return how many times as long as one that an image is due for the logs behind the last image are */
    public long overdue() {
        return generations.overdue(started().position());
    }

    /** @return bytes of the logs behind the last image */
    public long logBytes() {
        return generations.logBytes(started().position());
    }

    /** @return whether a write of the log failed, so that nothing more is written */
    public boolean failed() {
        LogWriter log = writer;
        return log != null && log.failed();
    }

    /**
     * Writes an image of the table while appends go on, so that the logs before it need not be replayed any more. One
     * image is written at a time. What the one before it needs is kept, as a spare.
     *
     * @param source the table
     * @throws RegionStoreException IO_ERROR; unless appends fail as well, the store goes on with longer logs
     */
    public void writeImage(ImageSource source) {
        LogWriter log = started();
        if (closed) {
            requireOpen();
        }
        generations.writeImage(log, source);
    }

    /**
     * Tells whether the directory is where it was opened, and whether the log in use is still in it, whole. Allocates
     * little, and asks the kernel a few questions: for a watch that calls once a second.
     *
     * @return the finding
     */
    public Whereabouts whereabouts() {
        return started().whereabouts();
    }

    private LogWriter started() {
        LogWriter log = writer;
        if (log == null) {
            requireOpen();
            throw new IllegalStateException(files.resource() + ": not started");
        }
        return log;
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new RegionStoreException(ErrorCode.CLOSED, files.resource() + ": the metadata directory is closed");
        }
    }

    /**
     * Makes all appends durable, unless the log failed before, and releases everything in any case. Waits for an image
     * that is being written. What an Error left undone is done by the next call.
     *
     * @throws RegionStoreException IO_ERROR, NO_SPACE if making them durable fails now
     */
    @Override
    public synchronized void close() {
        if (released) {
            return;
        }
        closed = true;
        try {
            generations.awaitImage();
        } finally {
            closeLog();
        }
        released = true;
    }

    private void closeLog() {
        try {
            if (flusher != null) {
                flusher.close();
            }
        } finally {
            try {
                if (writer != null) {
                    writer.close();
                } else if (created != null) {
                    Generations.closeQuietly(created.file());
                }
            } finally {
                if (closesFiles) {
                    files.close();
                }
            }
        }
    }
}
