package io.regionstore.engine;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.StoreConfig;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** The kinds of media that the contract tests run on, and small helpers for them. */
enum StoreSetup {
    /** Region and metadata in mapped files, as on dax memory, surviving the process. */
    IN_PLACE_PROCESS(FailureDomain.PROCESS, false, Duration.ZERO),
    /** As dax memory that must survive lost caches: lines are written back. */
    IN_PLACE_PLATFORM(FailureDomain.PLATFORM, false, Duration.ZERO),
    /** Metadata in a directory, not synced. */
    DIRECTORY_PROCESS(FailureDomain.PROCESS, true, Duration.ZERO),
    /** Metadata in a directory, synced. */
    DIRECTORY_KERNEL(FailureDomain.KERNEL, true, Duration.ZERO),
    /** Metadata in a directory, relaxed commits. */
    DIRECTORY_RELAXED(FailureDomain.KERNEL, true, Duration.ofMillis(5));

    final FailureDomain domain;
    final boolean directory;
    final Duration relaxed;

    StoreSetup(FailureDomain domain, boolean directory, Duration relaxed) {
        this.domain = domain;
        this.directory = directory;
        this.relaxed = relaxed;
    }

    RegionStoreBuilder builder(Path home, long regionBytes, long slots) {
        return RegionStore.builder().region(region(home, regionBytes)).metadata(metadata(home, slots))
                .failureDomain(domain).slotCapacity(slots).relaxedCommits(relaxed);
    }

    /** What {@link #builder} tells the provider: for tests that bring media of their own. */
    StoreConfig config(Path home, long regionBytes, long slots) {
        return new StoreConfig(region(home, regionBytes), metadata(home, slots), domain, slots, RegionStore.GRANULE,
                relaxed, PayloadVerification.FULL, DamagePolicy.REFUSE, false, (phase, done, total) -> { });
    }

    private static Medium region(Path home, long bytes) {
        return Medium.file(home.resolve("region"), bytes).vouchedFor(FailureDomain.PLATFORM);
    }

    private Medium metadata(Path home, long slots) {
        return directory ? Medium.directory(home.resolve("metadata"))
                : Medium.file(home.resolve("metadata"), Math.max(1 << 20, slots * 48 + 65536))
                        .vouchedFor(FailureDomain.PLATFORM);
    }

    static MemorySegment bytes(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }
}
