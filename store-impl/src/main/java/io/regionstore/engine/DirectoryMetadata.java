package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStoreException;
import io.regionstore.StoreConfig;
import io.regionstore.device.AnonymousMemory;
import io.regionstore.device.Presence;
import io.regionstore.log.LogFiles;
import io.regionstore.log.MetadataDirectory;
import io.regionstore.log.Options;
import io.regionstore.log.Replay;
import io.regionstore.log.Whereabouts;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.recovery.SlotSet;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.SlotDescriptor;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/** Metadata in a directory: the table is in ordinary memory, made from image and log. */
final class DirectoryMetadata implements MetadataSide, Replay {
    /** Slots there are at first in a directory, unless the caller says otherwise. */
    static final long DEFAULT_SLOTS = 1L << 20;

    /** Address space is taken for this many slots at least: a table grows by touching more of it. */
    private static final long ROOM = 1L << 30;
    private static final Set<String> VOLATILE_FILE_SYSTEMS = Set.of("tmpfs", "ramfs", "hugetlbfs");

    private final Path path;
    private final StoreConfig config;
    private final Media media;
    private final Resources resources;
    private final Options options;
    private LogFiles files;
    private LogFiles.Lock lock;
    private boolean madeDirectory;
    private boolean madeLock;
    private MetadataDirectory directory;
    private SlotTable table;
    private MemorySegment tableBytes;
    private StoreHeader header;
    private long highestSlot;

    DirectoryMetadata(Path path, StoreConfig config, Media media, Resources resources) {
        this.path = path;
        this.config = config;
        this.media = media;
        this.resources = resources;
        options = media.logOptions().withSynced(config.failureDomain() != FailureDomain.PROCESS)
                .withRelaxed(config.relaxedCommits()).withAcceptRestored(config.acceptRestoredMetadata());
    }

    /** Refuses a domain that the file system cannot give. */
    void requireDomain() {
        try {
            String type = media.fileSystem(path);
            if (VOLATILE_FILE_SYSTEMS.contains(type) && config.failureDomain() != FailureDomain.PROCESS) {
                throw new RegionStoreException(ErrorCode.DOMAIN_UNSUPPORTED, path + ": expected metadata that survives "
                        + config.failureDomain() + ", but the directory is on " + type + ", whose contents go with the"
                        + " kernel; use a directory on a disk, or a dax device, or ask for PROCESS");
            }
        } catch (IOException e) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, path + ": its file system cannot be told", e);
        }
    }

    /** Whether a store is to be made; the directory is locked then, or holds a store and is locked. */
    boolean creates(Mode mode) {
        files = media.files(path);
        if (files == null && mode != Mode.OPEN) {
            media.make(path);
            madeDirectory = true;
            files = media.files(path);
        }
        if (files != null) {
            resources.add(files);
        }
        boolean empty = files == null || MetadataDirectory.isEmpty(files);
        if (empty && (mode == Mode.OPEN || files == null)) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, path + ": expected the metadata of a store, found none;"
                    + " create a store first, or name the right directory");
        }
        if (!empty && mode == Mode.CREATE) {
            throw alreadyExists();
        }
        boolean bare = MetadataDirectory.isBare(files);
        try {
            lock = resources.add(media.lock(files));
        } catch (RegionStoreException e) {
            madeLock = bare && e.code() != ErrorCode.LOCKED; // else somebody else has begun to use it
            throw e;
        }
        madeLock = bare;
        boolean emptyNow = MetadataDirectory.isEmpty(files); // another process may have been faster
        if (!emptyNow && mode == Mode.CREATE) {
            throw alreadyExists();
        }
        return emptyNow;
    }

    private RegionStoreException alreadyExists() {
        return new RegionStoreException(ErrorCode.ALREADY_EXISTS, path
                + ": expected no store, found one; open it, or name another directory");
    }

    /** Removes the directory and the file of the lock, as far as this open made them and there is no store. */
    void removeIfMade() {
        if (files != null) {
            MetadataDirectory.remove(files, madeLock, madeDirectory);
        } else if (madeDirectory) { // it could be made, and not opened
            media.unmake(path);
        }
    }

    /** Takes back what {@link #create} made, or half made. */
    void undoCreate() {
        MetadataDirectory.undo(files);
    }

    long capacityFor() {
        return (config.slotCapacity() == 0 ? DEFAULT_SLOTS : config.slotCapacity()) + 63 & -64;
    }

    void create(StoreHeader created) {
        header = created;
        begin(created.slotCapacity(), MemorySegment.ofArray(created.encode()));
        directory = resources.add(MetadataDirectory.create(files, created.instance(), created.slotCapacity(),
                MemorySegment.ofArray(created.encode()), options));
    }

    /** Replays image and log into the table. Writes nothing. */
    void load() {
        directory = resources.add(MetadataDirectory.open(files, this, options));
        header = StoreHeader.decode(directory.header().toArray(ValueLayout.JAVA_BYTE), path.toString());
        if (!header.instance().equals(directory.instance())) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, path + ": expected the header of store "
                    + directory.instance() + ", found that of " + header.instance() + "; restore the directory");
        }
    }

    @Override
    public void begin(long tableSlots, MemorySegment imageHeader) {
        highestSlot = 0;
        if (tableBytes == null) {
            long maximum = Math.max(ROOM, tableSlots * 4);
            Arena arena = Arena.ofShared();
            resources.add(() -> {
                if (arena.scope().isAlive()) { // else an Error came while its memory was given back
                    arena.close();
                }
            });
            tableBytes = AnonymousMemory.reserve(maximum * SlotDescriptor.SLOT_LENGTH, arena);
            table = new SlotTable(new MappedMemory(tableBytes, FlushMethod.NONE), 0, maximum);
        } else {
            AnonymousMemory.discard(tableBytes, 0, tableBytes.byteSize());
        }
    }

    @Override
    public void slots(long firstSlot, MemorySegment bytes) {
        write(firstSlot, bytes);
    }

    @Override
    public void write(long firstSlot, MemorySegment bytes) {
        long end = firstSlot + bytes.byteSize() / SlotDescriptor.SLOT_LENGTH;
        requireSlot(end - 1);
        table.restore(firstSlot, bytes);
        highestSlot = Math.max(highestSlot, end - 1);
    }

    @Override
    public void retire(long slot) {
        requireSlot(slot);
        table.retire(slot);
    }

    private void requireSlot(long slot) {
        if (slot < 0 || slot >= table.capacity()) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, path + ": expected slots below "
                    + table.capacity() + ", found slot " + slot + " in image or log; restore the directory");
        }
    }

    @Override
    public void header(MemorySegment newer) {
        // the newest one is the directory's
    }

    @Override
    public StoreHeader header() {
        return header;
    }

    @Override
    public SlotTable table() {
        return table;
    }

    @Override
    public long slots() {
        long slots = header.slotCapacity();
        while (slots <= highestSlot) {
            slots *= 2;
        }
        return Math.min(slots, table.capacity());
    }

    @Override
    public long maximumSlots() {
        return table.capacity();
    }

    @Override
    public void forEachIntent(LongConsumer visitor) {
        // a frame is appended after its payload is durable: nothing is torn
    }

    /** Once the session has begun: whether the path still names the directory, and the log in use is in it. */
    Presence presence() {
        return !files.canVanish() ? Presence.ASSURED : () -> {
            Whereabouts found = directory.whereabouts();
            return found.here() ? null : new Presence.Finding(found.lost(), found.problem());
        };
    }

    @Override
    public boolean restored() {
        return directory.restored();
    }

    @Override
    public List<String> notes() {
        return directory.notes();
    }

    @Override
    public CommitProtocol begin(boolean flushFirst, SlotSet retired, StoreHeader session, Parts parts) {
        LoggedCommit commits = new LoggedCommit(table, parts.slots(), parts.region(), directory, lock, parts.lanes(),
                parts.health(), parts.flushRegion(), !config.relaxedCommits().isZero(), path.toString());
        directory.start(!header.clean() && config.failureDomain() != FailureDomain.PROCESS, commits::tellLog);
        retired.forEach(slot -> {
            directory.appendRetire(slot);
            table.retire(slot);
        });
        header = session;
        commits.writeHeader(session);
        commits.start();
        return commits;
    }
}
