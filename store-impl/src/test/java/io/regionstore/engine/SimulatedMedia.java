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
import io.regionstore.log.MetadataDirectory;
import io.regionstore.log.Options;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.Memory;
import io.regionstore.proof.Image;
import io.regionstore.proof.Machine;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/** The media of a simulated machine, for the engine. */
public final class SimulatedMedia implements Media {
    private static final Path REGION = Path.of("/simulated/region");
    private static final Path METADATA = Path.of("/simulated/metadata");

    /** Logs so short that a few commits make an image due, and a few more make a log longer. */
    private static final Options LOG = Options.DEFAULT.withSizes(4096, 4096).withImageBytes(900);

    private final Machine machine;

    private SimulatedMedia(Machine machine) {
        this.machine = machine;
    }

    /**
     * Opens or creates a store on a simulated machine; damage is refused, every payload is verified, and commits are not
     * relaxed.
     */
    public static RegionStore open(Machine machine, FailureDomain domain, Mode mode) {
        return open(machine, domain, mode, 64, Duration.ZERO, PayloadVerification.FULL, DamagePolicy.REFUSE);
    }

    /** Opens or creates a store on a simulated machine; its metadata is in files if the machine has files. */
    public static RegionStore open(Machine machine, FailureDomain domain, Mode mode, long slots,
                                   Duration relaxedCommits, PayloadVerification verification, DamagePolicy policy) {
        Medium metadata = machine.hasFiles() ? Medium.directory(METADATA) : Medium.device(METADATA);
        StoreConfig config = new StoreConfig(Medium.device(REGION), metadata, domain, slots, RegionStore.GRANULE,
                relaxedCommits, verification, policy, false, (phase, done, total) -> { },
                mode == Mode.CREATE, false, false, false, problem -> { }); // over what an earlier tenant left
        return StoreOpener.open(config, mode, new SimulatedMedia(machine));
    }

    /** Makes the metadata of an empty store in the files of a machine. */
    public static void makeDirectory(Machine machine, StoreHeader header) {
        MetadataDirectory.create(machine.files(), header.instance(), header.slotCapacity(),
                MemorySegment.ofArray(header.encode()), LOG).close();
    }

    /** Returns when a store does nothing in the background, so that a run always goes the same way. */
    public static void awaitQuiet(RegionStore store) {
        ((Engine) store).commits().awaitQuiet();
    }

    /** Which lane a thread's writes claim, if it is free. */
    public static int laneOf(Thread thread) {
        return (int) (thread.threadId() * 0x9E3779B1L >>> 16) & Lanes.count() - 1;
    }

    @Override
    public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
        boolean region = ((Medium.Device) medium).path().equals(REGION);
        return new Simulated(machine, region ? Image.REGION : Image.METADATA, region ? REGION : METADATA);
    }

    @Override
    public UUID boot() {
        return machine.boot();
    }

    @Override
    public LogFiles files(Path directory) {
        return machine.files();
    }

    @Override
    public String fileSystem(Path directory) {
        return "simulated";
    }

    @Override
    public Options logOptions() {
        return LOG;
    }

    private record Simulated(Machine machine, int medium, Path path) implements OpenMedium {
        @Override
        public MediumIdentity identity() {
            return new MediumIdentity(MappedMedium.Kind.DAX_FILE, path.toString(), -1, machine.size(medium), 4096, 7,
                    medium, 0);
        }

        @Override
        public FlushMethod method(FailureDomain domain) {
            FlushMethod flushed = medium == Image.METADATA && machine.hasSeparateFences() ? FlushMethod.PAGES
                    : FlushMethod.CACHE_LINES;
            return domain == FailureDomain.PLATFORM ? flushed : FlushMethod.NONE;
        }

        @Override
        public Memory memory(FailureDomain domain, long length) {
            if (length != machine.size(medium)) {
                throw new AssertionError("a part of " + path + ": " + length);
            }
            return machine.memory(medium, domain == FailureDomain.PLATFORM);
        }

        @Override
        public void removeIfCreated() {
            // a simulated medium is never created
        }

        @Override
        public void close() {
            // its bytes stay
        }
    }
}
