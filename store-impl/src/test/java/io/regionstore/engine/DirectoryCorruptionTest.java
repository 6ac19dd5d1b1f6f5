package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes of image and log damaged under a whole store that was closed: all records, or a typed refusal. Every byte of every
 * file is walked by the log package's own tests; here a sample goes through the engine. {@code -Dproof.scale=N}.
 */
class DirectoryCorruptionTest {
    private static final int SCALE = Integer.getInteger("proof.scale", 1);
    private static final long SEED = Long.getLong("proof.seed", 20_260_103);
    /** The records of the log end well before. */
    private static final int USED = 6_600;

    @TempDir
    Path home;

    @Test
    void shouldOpenWithAllRecordsOrRefuseWhateverByteOfImageOrLogIsDamaged() throws IOException {
        Path original = home.resolve("original");
        FixtureRecords.unpack("v1-directory-closed", original);
        List<Path> files;
        try (Stream<Path> all = Files.list(original.resolve("metadata"))) {
            files = all.filter(file -> !file.endsWith("LOCK")).sorted().toList();
        }
        assertEquals(2, files.size());
        Random random = new Random(SEED);
        int refused = 0;
        int trials = 150 * SCALE;
        for (int trial = 0; trial < trials; trial++) {
            Path place = Files.createDirectories(home.resolve("t").resolve("metadata")).getParent();
            for (Path file : files) {
                Files.copy(file, place.resolve("metadata").resolve(file.getFileName()));
            }
            Files.copy(original.resolve("region"), place.resolve("region"), StandardCopyOption.REPLACE_EXISTING);
            Path damaged = place.resolve("metadata").resolve(files.get(random.nextInt(4) == 0 ? 0 : 1).getFileName());
            byte[] bytes = Files.readAllBytes(damaged);
            StringBuilder where = new StringBuilder("seed " + SEED + ", " + damaged.getFileName());
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = random.nextInt(Math.min(USED, bytes.length));
                Corruption way = Corruption.values()[random.nextInt(10)];
                bytes[at] = way.of(bytes[at]);
                where.append(", ").append(way).append(" at ").append(at);
            }
            Files.write(damaged, bytes);
            refused += isRefused(place, where.toString()) ? 1 : 0;
            remove(home.resolve("t"));
        }
        assertTrue(refused > trials / 3 && refused < trials, "refused " + refused + " of " + trials);
    }

    private static boolean isRefused(Path place, String where) {
        try (RegionStore store = RegionStore.builder().region(Medium.file(place.resolve("region")))
                .metadata(Medium.directory(place.resolve("metadata"))).failureDomain(FailureDomain.PROCESS)
                .damagePolicy(DamagePolicy.DROP).acceptRestoredMetadata(true).open()) {
            for (FixtureRecords.Entry entry : FixtureRecords.kept()) {
                assertArrayEquals(entry.last(), entry.get(store), () -> where + ", key " + entry.name());
            }
            for (FixtureRecords.Entry entry : FixtureRecords.deleted()) {
                assertNull(entry.get(store), () -> where + ", key " + entry.name());
            }
            assertEquals(FixtureRecords.kept().size(), store.size(), where);
            return false;
        } catch (RegionStoreException e) {
            assertTrue(e.code().name().startsWith("METADATA_"), () -> where + ": " + e.getMessage());
            return true;
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
