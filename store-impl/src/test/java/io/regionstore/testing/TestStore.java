package io.regionstore.testing;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import java.nio.file.Path;

/** Builders of small real stores: metadata in a mapped file, and in a directory. */
public final class TestStore {
    private static final long REGION = 4 << 20;
    private static final long METADATA = 1 << 20;

    private TestStore() {
    }

    /** Where the metadata is. */
    public enum Metadata {
        MAPPED_FILE,
        DIRECTORY
    }

    public static RegionStore create(Path directory, Metadata metadata) {
        return builder(directory, metadata).create();
    }

    public static RegionStore open(Path directory, Metadata metadata) {
        return builder(directory, metadata).open();
    }

    private static RegionStoreBuilder builder(Path directory, Metadata metadata) {
        return RegionStore.builder()
                .region(Medium.file(directory.resolve("region"), REGION))
                .metadata(metadata == Metadata.MAPPED_FILE
                        ? Medium.file(directory.resolve("metadata"), METADATA)
                        : Medium.directory(directory.resolve("metadata.d")))
                .slotCapacity(metadata == Metadata.MAPPED_FILE ? 0 : 4096)
                .failureDomain(FailureDomain.PROCESS);
    }
}
