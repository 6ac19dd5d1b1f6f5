package io.regionstore.engine;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.RegionStore;
import io.regionstore.StoreConfig;
import io.regionstore.device.MappedMedium;
import io.regionstore.device.MediumIdentity;
import io.regionstore.log.LogFiles;
import io.regionstore.log.Options;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Region and metadata in ordinary memory, which outlives the store: opened in well under a millisecond, and damaged
 * byte by byte between two opens. Everything above the media is the engine that users run. One thread at a time.
 */
final class MemoryMedia implements Media, AutoCloseable {
    private static final Path REGION = Path.of("/memory/region");
    private static final Path METADATA = Path.of("/memory/metadata");
    private static final UUID BOOT = new UUID(1, 1);

    final MemorySegment region;
    final MemorySegment metadata;
    private final Arena arena = Arena.ofShared();
    private final long inode;
    private UUID boot = BOOT;
    private long metadataLength;
    private UnaryOperator<Memory> wrapper = memory -> memory;
    private Medium.Directory directory;
    private LogFiles files;
    private PayloadVerification verification = PayloadVerification.FULL;
    private boolean acceptsCopies;
    private FlushMethod flushed = FlushMethod.CACHE_LINES;
    private int open;

    MemoryMedia(long regionBytes, long metadataBytes, long inode) {
        region = arena.allocate(regionBytes, 4096);
        metadata = arena.allocate(metadataBytes, 4096);
        metadataLength = metadataBytes;
        this.inode = inode;
    }

    /** Makes the media that this one's bytes are on another boot, or on the same one. */
    MemoryMedia rebooted(boolean other) {
        boot = other ? new UUID(2, 2) : BOOT;
        return this;
    }

    /** Cuts the metadata medium. */
    MemoryMedia truncated(long length) {
        metadataLength = length;
        return this;
    }

    /** Puts something between the engine and its memory. */
    MemoryMedia through(UnaryOperator<Memory> seam) {
        wrapper = seam;
        return this;
    }

    /** Keeps the metadata in files instead. */
    MemoryMedia inDirectory(LogFiles instead) {
        directory = Medium.directory(METADATA);
        files = instead;
        return this;
    }

    /** How much of the payloads is compared after a boot. */
    MemoryMedia verifying(PayloadVerification how) {
        verification = how;
        return this;
    }

    /** How the media are flushed; by page, it is for KERNEL as well. */
    MemoryMedia flushedBy(FlushMethod how) {
        flushed = how;
        return this;
    }

    /** Whether a directory that was put back is opened. */
    MemoryMedia acceptingCopies(boolean accepts) {
        acceptsCopies = accepts;
        return this;
    }

    byte[] metadataBytes() {
        return metadata.toArray(ValueLayout.JAVA_BYTE);
    }

    void restoreMetadata(byte[] bytes) {
        MemorySegment.copy(bytes, 0, metadata, ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    /** @return media that the engine has open */
    int open() {
        return open;
    }

    RegionStore open(FailureDomain domain, DamagePolicy policy, Mode mode, long slots) {
        Medium metadataMedium = directory == null ? Medium.file(METADATA, metadataLength) : directory;
        return StoreOpener.open(new StoreConfig(Medium.file(REGION, region.byteSize()), metadataMedium, domain, slots,
                RegionStore.GRANULE, Duration.ZERO, verification, policy, acceptsCopies, (phase, done, total) -> { }),
                mode, this);
    }

    @Override
    public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
        boolean isRegion = ((Medium.File) medium).path().equals(REGION);
        open++;
        return new Open(isRegion ? region : metadata.asSlice(0, metadataLength), isRegion ? REGION : METADATA);
    }

    @Override
    public LogFiles files(Path path) {
        return files;
    }

    @Override
    public String fileSystem(Path path) {
        return "memory";
    }

    /** Logs grow by 4 KiB at a time: a trial that reads a MiB of zeros finds no more. */
    @Override
    public Options logOptions() {
        return Options.DEFAULT.withSizes(4096, 4096);
    }

    @Override
    public UUID boot() {
        return boot;
    }

    @Override
    public void close() {
        arena.close();
    }

    private final class Open implements OpenMedium {
        private final MemorySegment bytes;
        private final Path path;

        Open(MemorySegment bytes, Path path) {
            this.bytes = bytes;
            this.path = path;
        }

        @Override
        public MediumIdentity identity() {
            return new MediumIdentity(MappedMedium.Kind.DAX_FILE, path.toString(), -1, bytes.byteSize(), 4096, 7,
                    inode, 0);
        }

        @Override
        public FlushMethod method(FailureDomain domain) {
            return domain == FailureDomain.PLATFORM || domain == FailureDomain.KERNEL && flushed == FlushMethod.PAGES
                    ? flushed : FlushMethod.NONE;
        }

        @Override
        public Memory memory(FailureDomain domain, long length) {
            return wrapper.apply(new MappedMemory(bytes.asSlice(0, length), FlushMethod.NONE));
        }

        @Override
        public void removeIfCreated() {
            // there are no files
        }

        @Override
        public void close() {
            open--;
        }
    }
}
