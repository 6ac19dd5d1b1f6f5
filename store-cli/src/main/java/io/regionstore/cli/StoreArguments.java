package io.regionstore.cli;

import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import picocli.CommandLine.Option;

/** Which store a command is about: the options that commands on one store share. */
final class StoreArguments {
    @Option(names = "--region", required = true, paramLabel = "MEDIUM",
            description = "device, DEVICE@OFFSET+LENGTH, phys:START+LENGTH, or file")
    String region;

    @Option(names = "--metadata", required = true, paramLabel = "MEDIUM",
            description = "as --region, or a directory; one that does not exist yet is written with a slash at its end")
    String metadata;

    @Option(names = "--domain", defaultValue = "PROCESS", paramLabel = "DOMAIN",
            description = "what the media must be able to survive: ${COMPLETION-CANDIDATES}; default: PROCESS")
    FailureDomain domain;

    /**
     * @param regionLength   bytes of a region file that has none yet
     * @param metadataLength bytes of a metadata file that has none yet
     */
    RegionStoreBuilder builder(long regionLength, long metadataLength) {
        return RegionStore.builder().region(MediumArgument.parse(region, regionLength))
                .metadata(MediumArgument.parse(metadata, metadataLength)).failureDomain(domain);
    }
}
