package io.regionstore.cli.demo;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.cli.MediumArgument;
import io.regionstore.cli.SizeConverter;
import picocli.CommandLine.Option;

/** Where the demo's store is: the options that parent and child share. */
final class StoreOptions {
    /** Length of a metadata file that does not exist yet: two million slots. */
    static final long METADATA_FILE_LENGTH = 64L << 20;

    @Option(names = "--region", paramLabel = "MEDIUM",
            description = "device, DEVICE@OFFSET+LENGTH, phys:START+LENGTH, or file, which is kept; default: a file on"
                    + " tmpfs, which is removed")
    String region;

    @Option(names = "--metadata", paramLabel = "MEDIUM",
            description = "as --region, or a directory (one that does not exist yet: with a slash at its end);"
                    + " it is kept with the store in it; default: a file on tmpfs, which is removed")
    String metadata;

    @Option(names = "--domain", defaultValue = "PROCESS", paramLabel = "DOMAIN",
            description = "what the media must be able to survive: ${COMPLETION-CANDIDATES}; default: PROCESS. The"
                    + " demo kills a process whatever is asked for")
    FailureDomain domain;

    @Option(names = "--size", paramLabel = "SIZE", converter = SizeConverter.class,
            description = "length of a region file that does not exist yet; default: about 1G")
    Long size;

    @Option(names = "--seed", paramLabel = "N", description = "decides what is written; default: another each time")
    Long seed;

    @Option(names = "--overwrite", description = "write over what an existing region holds, and delete the records"
            + " of a store that is there")
    boolean overwrite;

    Medium regionMedium() {
        return MediumArgument.parse(region, size);
    }

    Medium metadataMedium() {
        return MediumArgument.parse(metadata, METADATA_FILE_LENGTH);
    }

    RegionStoreBuilder builder() {
        RegionStoreBuilder builder = RegionStore.builder().region(regionMedium()).metadata(metadataMedium())
                .failureDomain(domain);
        return overwrite ? builder.overwriteRegion() : builder;
    }
}
