package io.regionstore.cli.demo;

import io.regionstore.Medium;
import io.regionstore.cli.CommandFailure;
import io.regionstore.cli.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where the demo keeps its files, and what of them is its own to delete. */
final class DemoPlace implements AutoCloseable {
    private static final Path TMPFS = Path.of("/dev/shm");

    private final Path folder;
    private final List<Path> own = new ArrayList<>();
    private final boolean borrowed;
    private boolean keep;

    private DemoPlace(Path folder, boolean borrowed) {
        this.folder = folder;
        this.borrowed = borrowed;
        own.add(folder);
    }

    /** Makes a folder, and completes {@code options} with files in it. */
    static DemoPlace prepare(StoreOptions options) throws IOException {
        if (options.size == 0) {
            options.size = JdkFiles.comfortableRegion();
        }
        long need = StoreOptions.METADATA_FILE_LENGTH + (options.region == null ? options.size : 0);
        Path parent = roomy(need);
        refuseToOverwrite(options);
        Path folder = Files.createTempDirectory(parent, "regionstore-demo-");
        List<Path> made = new ArrayList<>();
        if (options.region == null) {
            options.region = folder.resolve("region").toString();
        } else {
            claimIfNew(options.regionMedium(), made);
        }
        boolean borrowed = false;
        if (options.metadata == null) {
            options.metadata = folder.resolve("metadata").toString();
        } else {
            borrowed = !claimIfNew(options.metadataMedium(), made);
        }
        DemoPlace place = new DemoPlace(folder, borrowed);
        place.own.addAll(made);
        return place;
    }

    Path ledger() {
        return folder.resolve("ledger");
    }

    Path childOutput() {
        return folder.resolve("writer.log");
    }

    /** Whether the metadata was there before: then the store in it is emptied at the end, not removed. */
    boolean isBorrowed() {
        return borrowed;
    }

    /** Leaves everything where it is, to be looked at. */
    Path keep() {
        keep = true;
        return folder;
    }

    @Override
    public void close() throws IOException {
        if (!keep) {
            for (Path path : own) {
                deleteTree(path);
            }
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

    /** Whether nothing is there yet; then it is the demo's own, to delete at the end. */
    private static boolean claimIfNew(Medium medium, List<Path> made) {
        Path path = switch (medium) {
            case Medium.File file -> file.path();
            case Medium.Directory directory -> directory.path();
            case Medium.Device _, Medium.PhysicalRange _ -> null;
        };
        if (path == null || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        made.add(path);
        return true;
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
