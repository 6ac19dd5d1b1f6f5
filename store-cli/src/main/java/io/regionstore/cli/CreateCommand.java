package io.regionstore.cli;

import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a new, empty store, prints it, and closes it. */
@Command(name = "create", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Makes a new, empty store and prints the account of its space. Refuses media that hold"
                + " something.")
final class CreateCommand implements Runnable {
    /** Length of a metadata file unless one is given: room for two million slots. */
    private static final long METADATA_SIZE = 64 << 20;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StoreArguments arguments;

    @Option(names = "--size", paramLabel = "SIZE", converter = SizeConverter.class,
            description = "length of a region file that does not exist yet")
    private Long size;

    @Option(names = "--metadata-size", paramLabel = "SIZE", converter = SizeConverter.class,
            description = "length of a metadata file that does not exist yet; default: 64M")
    private Long metadataSize;

    @Option(names = "--slots", paramLabel = "N", defaultValue = "0",
            description = "capacity of the slot table; a record with a long key takes one slot; default: two thirds of"
                    + " what the metadata has room for, or 1,048,576 at first in a directory")
    private long slots;

    @Option(names = "--overwrite-region", description = "take a region that is not blank; what it holds is lost, be it"
            + " another store's payloads")
    private boolean overwriteRegion;

    @Option(names = "--sparse", description = "leave the blocks of new files to their first use, instead of reserving"
            + " them now")
    private boolean sparse;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        boolean newRegion = requireNewFile("--size", size, arguments.region);
        requireNewFile("--metadata-size", metadataSize, arguments.metadata);
        if (newRegion && size == null) {
            throw new ParameterException(spec.commandLine(), "--region: " + arguments.region + " is a new file, or an"
                    + " empty one; give its length, for example --size 1G");
        }
        RegionStoreBuilder builder = arguments.builder(size == null ? Medium.TO_END : size,
                metadataSize == null ? METADATA_SIZE : metadataSize).slotCapacity(slots);
        if (overwriteRegion) {
            builder.overwriteRegion();
        }
        if (sparse) {
            builder.sparse();
        }
        try (RegionStore store = builder.create()) {
            out.printf("created     region %s, metadata %s%n", arguments.region, arguments.metadata);
            InfoCommand.print(out, store.space());
        }
    }

    /** A length that would be ignored is refused. Returns whether the medium is a file that needs one. */
    private boolean requireNewFile(String option, Long length, String text) {
        boolean newFile = MediumArgument.needsLength(MediumArgument.parse(text, Medium.TO_END));
        if (length != null && !newFile) {
            throw new ParameterException(spec.commandLine(), option + ": expected a file that does not exist yet, but "
                    + text + " is none: it has a length of its own; leave the option out");
        }
        return newFile;
    }
}
