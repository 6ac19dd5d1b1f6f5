package io.regionstore.log;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/**
 * Makes the first image and the first log of a store. The log's temporary name is the mark of a creation that did not
 * finish: it is there before the image, and its change to the final name is what makes the store.
 */
final class Creation {
    private final LogFiles files;
    private final UUID instance;
    private final Options options;

    Creation(LogFiles files, UUID instance, Options options) {
        this.files = files;
        this.instance = instance;
        this.options = options;
    }

    MetadataDirectory run(FileNames leftovers, long tableSlots, MemorySegment header) throws IOException {
        removeLeftovers(files, leftovers);
        // A crash from here up to the rename of the log leaves the mark: the directory counts as empty.
        LogFile file = NewLog.begin(files, FileNames.FIRST_GENERATION);
        try {
            files.sync();
            ImageStamp image = ImageFile.write(files, instance, FileNames.FIRST_GENERATION, 1, header,
                    new EmptyTable(tableSlots), () -> { });
            NewLog log = NewLog.fill(files, file, new LogHeader(instance, FileNames.FIRST_GENERATION,
                    options.stepBytes(), 1, FileIdentity.NONE, 0, image, ImageStamp.NONE));
            NewLog.name(files, FileNames.FIRST_GENERATION);
            return MetadataDirectory.created(files, options, log, image, new SlotLimit(tableSlots, 1), header);
        } catch (IOException | RuntimeException | Error e) {
            Generations.closeQuietly(file);
            throw e;
        }
    }

    /**
     * Takes back a store that was just made, or half of it: nothing was acknowledged in it. First the log gets the mark's
     * name again, durably, so that a crash from there on leaves the mark, and the directory counts as empty.
     */
    static void undo(LogFiles files) throws IOException {
        if (new FileNames(files.list()).logs.contains(FileNames.FIRST_GENERATION)) {
            String log = FileNames.log(FileNames.FIRST_GENERATION);
            files.rename(log, FileNames.temporary(log));
            files.sync();
        }
        removeLeftovers(files, new FileNames(files.list()));
    }

    /** Images first, durably, the mark last, so that a crash in between leaves the mark or nothing. */
    private static void removeLeftovers(LogFiles files, FileNames leftovers) throws IOException {
        if (leftovers.temporary.isEmpty()) {
            return; // then there are no images either
        }
        for (long generation : leftovers.images) {
            files.delete(FileNames.image(generation));
        }
        files.sync();
        for (String name : leftovers.temporary) {
            files.delete(name);
        }
    }

    private record EmptyTable(long tableSlots) implements ImageSource {
        @Override
        public void awaitApplied(long lsn) {
            // nothing was appended
        }

        @Override
        public long usedSlots() {
            return 0;
        }

        @Override
        public void copy(long firstSlot, MemorySegment destination) {
            throw new IllegalStateException("an empty table has no slots to copy");
        }
    }
}
