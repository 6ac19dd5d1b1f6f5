package io.regionstore.engine;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
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
        Medium.File region = Medium.file(home.resolve("region"), regionBytes).vouchedFor(FailureDomain.PLATFORM);
        Medium metadata = directory ? Medium.directory(home.resolve("metadata"))
                : Medium.file(home.resolve("metadata"), Math.max(1 << 20, slots * 48 + 65536))
                        .vouchedFor(FailureDomain.PLATFORM);
        return RegionStore.builder().region(region).metadata(metadata).failureDomain(domain).slotCapacity(slots)
                .relaxedCommits(relaxed);
    }

    static MemorySegment bytes(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }
}
