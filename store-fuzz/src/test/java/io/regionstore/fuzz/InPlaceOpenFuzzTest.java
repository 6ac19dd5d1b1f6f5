package io.regionstore.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Metadata in place of any bytes, or of a store's with any damage, checksums of the headers mended: opening ends soon,
 * with a typed refusal or a store that can be read and written.
 */
class InPlaceOpenFuzzTest {
    private static final int METADATA = 24576 + 128 * 32;
    private static Path home;
    private static byte[] intact;

    @BeforeAll
    static void makeStore() throws IOException {
        Path memory = Path.of("/dev/shm");
        home = Files.isWritable(memory) ? Files.createTempDirectory(memory, "fuzz") : Files.createTempDirectory("fuzz");
        try (RegionStore store = builder().slotCapacity(128).create()) {
            for (int i = 0; i < 40; i++) {
                store.put(i, MemorySegment.ofArray(new byte[i]));
                store.put(MemorySegment.ofArray(("a key of bytes " + "x".repeat(i)).getBytes()),
                        MemorySegment.ofArray(new byte[] {1}));
                if (i >= 10) {
                    store.delete(MemorySegment.ofArray(("a key of bytes " + "x".repeat(i)).getBytes()));
                }
            }
        }
        intact = Files.readAllBytes(home.resolve("metadata"));
    }

    @AfterAll
    static void remove() throws IOException {
        for (String name : new String[] {"metadata", "region", ""}) {
            Files.deleteIfExists(home.resolve(name));
        }
    }

    private static RegionStoreBuilder builder() {
        return RegionStore.builder().region(Medium.file(home.resolve("region"), 16 << 10))
                .metadata(Medium.file(home.resolve("metadata"), METADATA)).failureDomain(FailureDomain.PROCESS);
    }

    @FuzzTest(maxDuration = "15s")
    void open(byte[] data) throws IOException {
        int mode = data.length == 0 ? 0 : data[0];
        byte[] bytes = intact.clone();
        if ((mode & 1) == 0) {
            Checksums.damage(bytes, data, 1);
        } else {
            System.arraycopy(data, 1, bytes, 0, Math.min(data.length - 1, METADATA));
        }
        if ((mode & 2) != 0) {
            Checksums.put(bytes, 508, bytes, 0, 508);
            System.arraycopy(bytes, 0, bytes, 4096, 512);
        }
        Files.write(home.resolve("metadata"), bytes);
        DamagePolicy policy = (mode & 4) == 0 ? DamagePolicy.REFUSE : DamagePolicy.DROP;
        try (RegionStore store = builder().damagePolicy(policy).open()) {
            long[] seen = new long[1];
            store.forEach(view -> {
                assertTrue(view.offset() >= 0 && view.length() >= 0 && view.offset() + view.length() <= 16 << 10);
                view.segment().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                seen[0]++;
            });
            assertTrue(seen[0] == store.size());
            store.put(7, MemorySegment.ofArray(new byte[3]));
            assertTrue(store.contains(7));
        } catch (RegionStoreException e) {
            assertTrue(e.code() != ErrorCode.IO_ERROR && e.code() != ErrorCode.INVALID_ARGUMENT, e.getMessage());
            assertTrue(policy == DamagePolicy.DROP || e.code() == ErrorCode.REGION_FULL
                    || e.code() == ErrorCode.METADATA_FULL
                    || Arrays.equals(bytes, Files.readAllBytes(home.resolve("metadata"))), "a refusal changes nothing");
        }
    }
}
