package io.regionstore.cli.demo;

import io.regionstore.Medium;
import io.regionstore.cli.CommandFailure;
import io.regionstore.cli.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where the demo keeps its files. It deletes its own folder; media that the caller named stay. */
final class DemoPlace implements AutoCloseable {
    private static final Path TMPFS = Path.of("/dev/shm");

    private final Path folder;
    private final boolean borrowed;
    private final String named;
    private boolean keep;

    private DemoPlace(Path folder, boolean borrowed, String named) {
        this.folder = folder;
        this.borrowed = borrowed;
        this.named = named;
    }

    /** Makes a folder, and completes {@code options} with files in it. */
    static DemoPlace prepare(StoreOptions options) throws IOException {
        if (options.size == null) {
            options.size = JdkFiles.comfortableRegion();
        }
        long need = StoreOptions.METADATA_FILE_LENGTH + (options.region == null ? options.size : 0);
        Path parent = roomy(need);
        refuseToOverwrite(options);
        Path folder = Files.createTempDirectory(parent, "regionstore-demo-");
        boolean borrowed = options.metadata != null && isThere(options.metadataMedium());
        DemoPlace place = new DemoPlace(folder, borrowed, namedMedia(options));
        if (options.region == null) {
            options.region = folder.resolve("region").toString();
        }
        if (options.metadata == null) {
            options.metadata = folder.resolve("metadata").toString();
        }
        return place;
    }

    /** In words, with the command that looks at the store where it stays whole; empty when nothing was named. */
    private static String namedMedia(StoreOptions options) {
        if (options.region == null && options.metadata == null) {
            return "";
        }
        return options.region == null ? "metadata " + options.metadata
                : options.metadata == null ? "region " + options.region
                : "the store: ./regionstore info --region " + options.region + " --metadata " + options.metadata;
    }

    Path ledger() {
        return folder.resolve("ledger");
    }

    Path childOutput() {
        return folder.resolve("writer.log");
    }

    /** Whether the metadata was there before: then the store in it is emptied at the end. */
    boolean isBorrowed() {
        return borrowed;
    }

    /** The media that the caller named, in words; empty when it named none. */
    String named() {
        return named;
    }

    /** Leaves everything where it is, to be looked at. */
    Path keep() {
        keep = true;
        return folder;
    }

    @Override
    public void close() throws IOException {
        if (!keep) {
            deleteTree(folder);
        }
    }

    private static Path roomy(long need) throws IOException {
        Path fallback = Path.of(System.getProperty("java.io.tmpdir"));
        for (Path candidate : List.of(TMPFS, fallback)) {
            if (Files.isDirectory(candidate) && Files.isWritable(candidate) && usable(candidate) > need + need / 16) {
                return candidate;
            }
        }
        throw new CommandFailure("neither " + TMPFS + " nor " + fallback + " has " + Sizes.format(need)
                + " free for the demo; give a smaller --size, or --region and --metadata");
    }

    /** Asks the file system itself: a FileStore would look for its mount point in /proc, which may be hidden. */
    private static long usable(Path folder) {
        return folder.toFile().getUsableSpace();
    }

    private static void refuseToOverwrite(StoreOptions options) throws IOException {
        if (options.region != null && !options.overwrite && options.regionMedium() instanceof Medium.File file
                && Files.isRegularFile(file.path(), LinkOption.NOFOLLOW_LINKS) && Files.size(file.path()) > 0) {
            throw new CommandFailure(file.path() + ": exists with " + Sizes.format(Files.size(file.path()))
                    + ", and the demo writes over its region; give a new file, a blank device, or --overwrite");
        }
    }

    private static boolean isThere(Medium medium) {
        return switch (medium) {
            case Medium.File file -> Files.exists(file.path(), LinkOption.NOFOLLOW_LINKS);
            case Medium.Directory directory -> Files.exists(directory.path(), LinkOption.NOFOLLOW_LINKS);
            case Medium.Device _, Medium.PhysicalRange _ -> true;
        };
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }
}
