package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Finds the official image and the logs behind it and delivers them. Writes nothing.
 *
 * <p>What counts is decided by the header of the newest log alone:
 * <table>
 * <caption>Cases</caption>
 * <tr><th>image it names</th><th>the one before</th><th>result</th></tr>
 * <tr><td>valid, stamp matches</td><td>any</td><td>that image, and its logs</td></tr>
 * <tr><td>damaged or missing</td><td>valid, with all its logs</td><td>the one before and its logs; a note says so</td></tr>
 * <tr><td>damaged or missing</td><td>not so, or none</td><td>refused with what is wrong with the newest</td></tr>
 * <tr><td>valid, stamp differs</td><td>any</td><td>refused as restored, unless accepted</td></tr>
 * </table>
 * A damaged log is refused: it is part of every way.
 */
final class Recovery implements Replay {
    private final LogFiles files;
    private final Replay sink;
    private final boolean acceptRestored;
    private final FileNames names;
    private final List<String> notes = new ArrayList<>();
    private final MemorySegment header = MemorySegment.ofArray(new byte[FrameDescriptor.STORE_HEADER_LENGTH]);
    private LogHeader newest;
    private ImageStamp image;
    private SlotLimit limit;
    private long imageNonce;
    private boolean restored;
    private long nextLsn;
    private long replayedFrames;
    private long logBytes;
    private boolean cleanTail;

    private Recovery(LogFiles files, Replay sink, boolean acceptRestored) throws IOException {
        this.files = files;
        this.sink = sink;
        this.acceptRestored = acceptRestored;
        this.names = new FileNames(files.list());
    }

    /**
     * @param files          the directory
     * @param sink           told what the table held
     * @param acceptRestored whether a copy is taken
     * @return what was found
     */
    static Recovery run(LogFiles files, Replay sink, boolean acceptRestored) {
        try {
            Recovery recovery = new Recovery(files, sink, acceptRestored);
            recovery.requireStore();
            recovery.run();
            return recovery;
        } catch (IOException e) {
            throw Failures.of(files, "opening the metadata", e);
        }
    }

    private void requireStore() {
        if (names.noStore()) {
            boolean foreign = !names.foreign.isEmpty() && names.temporary.isEmpty();
            throw new RegionStoreException(foreign ? ErrorCode.METADATA_FOREIGN : ErrorCode.NOT_FOUND, files.resource()
                    + ": expected the metadata of a store, found "
                    + (foreign ? "other files: " + names.foreign : names.temporary.isEmpty() ? "an empty directory"
                    : "what a create left that did not finish") + "; name its directory, or create a store");
        }
        long newestImage = names.images.isEmpty() ? 0 : names.images.last();
        if (names.logs.isEmpty() || names.logs.last() < newestImage) {
            throw new RegionStoreException(ErrorCode.METADATA_TRUNCATED, files.resource() + ": expected "
                    + FileNames.log(newestImage) + " beside the image of that generation, found no such file; restore a"
                    + " backup of region and metadata");
        }
        if (!names.foreign.isEmpty()) {
            notes.add("files that are not the store's were left alone: " + names.foreign);
        }
    }

    private void run() throws IOException {
        try (LogReader log = open(names.logs.last())) {
            newest = log.header();
        }
        try {
            load(newest.image());
        } catch (DamagedImage e) {
            if (newest.previous().generation() == 0) {
                throw e.found;
            }
            try {
                load(newest.previous());
            } catch (DamagedImage previous) {
                e.found.addSuppressed(previous.found);
                throw e.found;
            }
            notes.add("the newest image is damaged, the one before it and its logs were used: "
                    + e.found.getMessage());
        }
        if (restored) {
            notes.add("a copy of the directory was accepted");
        }
    }

    private void load(ImageStamp stamp) throws IOException {
        // An array: closing what was opened needs no memory then. A log that is missing ends this before it is full.
        long count = newest.generation() - stamp.generation() + 1;
        LogReader[] logs = new LogReader[(int) Math.clamp(count, 0, names.logs.size())];
        try {
            for (int i = 0; i < count; i++) {
                long generation = stamp.generation() + i;
                logs[i] = open(generation);
                requireInstance(FileNames.log(generation), logs[i].header().instance());
            }
            loadImage(stamp);
            for (LogReader log : logs) {
                requireOriginal(log.header());
            }
            replay(logs);
        } finally {
            for (LogReader log : logs) {
                if (log != null) {
                    log.close();
                }
            }
        }
        image = stamp;
    }

    private void loadImage(ImageStamp stamp) throws IOException {
        String name = FileNames.image(stamp.generation());
        ImageHeader found;
        try (LogFile file = files.open(name, false)) {
            found = ImageHeader.read(file, resource(name), stamp.generation());
            requireInstance(name, found.instance());
            ImageFile.read(file, resource(name), found, this);
        } catch (NoSuchFileException e) {
            throw new DamagedImage(new RegionStoreException(ErrorCode.METADATA_TRUNCATED, resource(name)
                    + ": the log names this image, but there is no such file; restore a backup of region and"
                    + " metadata", e));
        } catch (RegionStoreException e) {
            if (e.code() == ErrorCode.METADATA_CORRUPT || e.code() == ErrorCode.METADATA_TRUNCATED) {
                throw new DamagedImage(e);
            }
            throw e;
        }
        requireOriginal(name, stamp.identity(), files.identity(name));
        if (!stamp.matches(found.nonce())) {
            requireAccepted(name, String.format("nonce %x", stamp.nonce()), String.format("another image of that name,"
                    + " nonce %x", found.nonce()));
        }
        imageNonce = found.nonce();
        limit = new SlotLimit(found.tableSlots(), found.firstLsn());
    }

    private void replay(LogReader[] logs) throws IOException {
        replayedFrames = 0;
        logBytes = 0;
        nextLsn = limit.firstLsn();
        for (LogReader log : logs) {
            if (nextLsn < log.header().floorLsn()) {
                throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, log.resource() + ": all before LSN "
                        + log.header().floorLsn() + " was durable, but the logs before this one can be read up to LSN "
                        + (nextLsn - 1) + " only; check the disk, then restore a backup of region and metadata");
            }
            nextLsn = log.replay(nextLsn, limit, this);
            replayedFrames += log.frames();
            logBytes += log.end();
            cleanTail = !log.torn();
        }
        if (!cleanTail) {
            notes.add("the log ended in a torn write, which was never acknowledged; it was cut");
        }
    }

    private LogReader open(long generation) throws IOException {
        String name = FileNames.log(generation);
        String resource = resource(name); // before there is a file to close
        try {
            return new LogReader(files.open(name, false), resource, generation);
        } catch (NoSuchFileException e) {
            throw new RegionStoreException(ErrorCode.METADATA_TRUNCATED, resource(name)
                    + ": expected this log, found no such file; restore a backup of region and metadata", e);
        }
    }

    private void requireInstance(String name, UUID found) {
        if (!found.equals(newest.instance())) {
            throw new RegionStoreException(ErrorCode.METADATA_FOREIGN, resource(name) + ": expected a file of store "
                    + newest.instance() + ", found one of store " + found + "; put the right files together");
        }
    }

    private void requireOriginal(LogHeader log) throws IOException {
        if (log.generation() >= newest.acceptedBefore()) {
            String name = FileNames.log(log.generation());
            requireOriginal(name, log.identity(), files.identity(name));
        }
    }

    private void requireOriginal(String name, FileIdentity expected, FileIdentity found) {
        if (!expected.matches(found)) {
            requireAccepted(name, expected.toString(), found.toString());
        }
    }

    private void requireAccepted(String name, String expected, String found) {
        if (!acceptRestored) {
            throw new RegionStoreException(ErrorCode.METADATA_RESTORED, resource(name) + ": expected the file that the"
                    + " store wrote (" + expected + "), found a copy (" + found + "); the region may be newer: use the"
                    + " original directory, or accept restored metadata, which compares every payload: with"
                    + " acceptRestoredMetadata(true), or --accept-restored on the command line");
        }
        restored = true;
    }

    private String resource(String name) {
        return files.resource() + "/" + name;
    }

    @Override
    public void begin(long tableSlots, MemorySegment imageHeader) {
        header.copyFrom(imageHeader);
        sink.begin(tableSlots, imageHeader);
    }

    @Override
    public void slots(long firstSlot, MemorySegment bytes) {
        sink.slots(firstSlot, bytes);
    }

    @Override
    public void write(long firstSlot, MemorySegment bytes) {
        sink.write(firstSlot, bytes);
    }

    @Override
    public void retire(long slot) {
        sink.retire(slot);
    }

    @Override
    public void header(MemorySegment newer) {
        header.copyFrom(newer);
        sink.header(newer);
    }

    /** @return header of the newest log */
    LogHeader newest() {
        return newest;
    }

    /** @return the image that was used */
    ImageStamp image() {
        return image;
    }

    /** @return nonce of the image that was used */
    long imageNonce() {
        return imageNonce;
    }

    boolean restored() {
        return restored;
    }

    /** @return the newest store header */
    MemorySegment header() {
        return header;
    }

    /** @return how far slots may reach that are appended behind the image that was used */
    SlotLimit limit() {
        return limit;
    }

    long nextLsn() {
        return nextLsn;
    }

    long replayedFrames() {
        return replayedFrames;
    }

    /** @return bytes of frames behind the image */
    long logBytes() {
        return logBytes;
    }

    boolean cleanTail() {
        return cleanTail;
    }

    List<String> notes() {
        return notes;
    }

    /** An image that another one may stand in for. */
    private static final class DamagedImage extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final RegionStoreException found;

        DamagedImage(RegionStoreException found) {
            super(found);
            this.found = found;
        }
    }
}
