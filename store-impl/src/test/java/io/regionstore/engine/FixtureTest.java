package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.Verdict;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that {@link FixtureWriter} wrote with an earlier build are read back, changed, and read again. */
class FixtureTest {
    @TempDir
    Path home;

    private RegionStoreBuilder unpack(String fixture) throws IOException {
        FixtureRecords.unpack(fixture, home);
        Path metadata = home.resolve("metadata");
        return RegionStore.builder().region(Medium.file(home.resolve("region"))).failureDomain(FailureDomain.PROCESS)
                .metadata(Files.isDirectory(metadata) ? Medium.directory(metadata) : Medium.file(metadata));
    }

    private static void assertFixture(RegionStore store, int more) {
        for (FixtureRecords.Entry entry : FixtureRecords.kept()) {
            assertArrayEquals(entry.last(), entry.get(store), entry.name());
        }
        for (FixtureRecords.Entry entry : FixtureRecords.deleted()) {
            assertNull(entry.get(store), entry.name());
        }
        assertEquals(FixtureRecords.kept().size() + more, store.size());
    }

    @ParameterizedTest
    @CsvSource({"v1-in-place-closed", "v1-in-place-unclosed", "v1-directory-closed", "v1-directory-unclosed"})
    void shouldReadStoresOfFormatVersion1(String fixture) throws IOException {
        RegionStoreBuilder builder = unpack(fixture).acceptRestoredMetadata(true);
        try (RegionStore store = builder.open()) {
            // the file is another one, so every payload is compared
            assertEquals(Verdict.MOVED, store.recovery().verdict());
            assertEquals(0, store.recovery().damagedCount());
            assertEquals(FixtureRecords.kept().stream().filter(entry -> entry.length() > 0).count(),
                    store.recovery().payloadsVerified());
            assertFixture(store, 0);
            assertEquals(FixtureRecords.kept().size(), store.space().records());
            long version = store.version(101);
            assertTrue(store.put(101, MemorySegment.ofArray(FixtureRecords.kept().get(7).last())) > version);
            store.put(9999, StoreSetup.bytes("new"));
        }
        try (RegionStore store = builder.acceptRestoredMetadata(false).open()) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            assertFixture(store, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1-directory-closed", "v1-directory-unclosed"})
    void shouldRefuseUnpackedDirectoryUnlessAccepted(String fixture) throws IOException {
        RegionStoreBuilder builder = unpack(fixture);
        assertEquals(ErrorCode.METADATA_RESTORED, assertThrows(RegionStoreException.class, builder::open).code());
    }

    @Test
    void shouldRefuseFixtureWithRegionOfAnother() throws IOException {
        RegionStoreBuilder builder = unpack("v1-in-place-closed");
        Files.write(home.resolve("region"), new byte[(int) FixtureWriter.REGION]);
        assertEquals(ErrorCode.WRONG_DEVICE, assertThrows(RegionStoreException.class, builder::open).code());
    }
}
