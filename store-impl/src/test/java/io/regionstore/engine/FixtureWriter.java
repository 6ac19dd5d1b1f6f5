package io.regionstore.engine;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the stores that {@link FixtureTest} reads back in every build. Run once for each format version, with the flags
 * that any program needs which opens a store, and a folder for the result:
 * <pre>
 *   java --enable-native-access=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED \
 *       -cp CLASSPATH io.regionstore.engine.FixtureWriter store-impl/src/test/resources/stores
 * </pre>
 */
final class FixtureWriter {
    static final long REGION = 64 << 10;

    private FixtureWriter() {
    }

    public static void main(String[] args) throws IOException {
        for (boolean directory : new boolean[] {false, true}) {
            Path home = Files.createTempDirectory("fixture");
            String name = directory ? "v1-directory" : "v1-in-place";
            Medium.File region = Medium.file(home.resolve("region"), REGION).vouchedFor(FailureDomain.PLATFORM);
            Medium metadata = directory ? Medium.directory(home.resolve("metadata"))
                    : Medium.file(home.resolve("metadata"), 24576 + 512 * 32).vouchedFor(FailureDomain.PLATFORM);
            try (RegionStore store = RegionStore.builder().region(region).metadata(metadata).slotCapacity(512)
                    .failureDomain(FailureDomain.PLATFORM).create()) {
                FixtureRecords.write(store);
                // what a crash at this moment would leave
                zip(home, Path.of(args[0], name + "-unclosed.zip"));
            }
            zip(home, Path.of(args[0], name + "-closed.zip"));
        }
    }

    private static void zip(Path home, Path zip) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(home)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        try (OutputStream out = Files.newOutputStream(zip); ZipOutputStream entries = new ZipOutputStream(out)) {
            for (Path file : files) {
                entries.putNextEntry(new ZipEntry(home.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }
}
