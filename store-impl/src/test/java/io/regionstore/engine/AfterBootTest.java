package io.regionstore.engine;

import static io.regionstore.engine.StoreSetup.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.PayloadVerification;
import io.regionstore.RecordView;
import io.regionstore.RecoveryListener;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.Verdict;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.StoreHeader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What opening finds after another boot: payloads are compared, and nothing is changed before the verdict. */
class AfterBootTest {
    private static final long REGION = 1 << 20;
    private static final int RECORDS = 200;
    private static final int PAYLOAD = 1000;

    @TempDir
    Path home;

    private RegionStoreBuilder builder() {
        return StoreSetup.IN_PLACE_PROCESS.builder(home, REGION, 1024);
    }

    private static byte[] payload(long key) {
        byte[] payload = new byte[PAYLOAD];
        Arrays.fill(payload, (byte) (key + 1));
        return payload;
    }

    @BeforeEach
    void storeOfAnEarlierBoot() throws IOException {
        try (RegionStore store = builder().create()) {
            for (long key = 0; key < RECORDS; key++) {
                store.put(key, MemorySegment.ofArray(payload(key)));
            }
        }
        reboot();
    }

    /** Gives the metadata the boot id of another boot. */
    private void reboot() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(home.resolve("metadata").toFile(), "rw")) {
            byte[] bytes = new byte[HeaderDescriptor.LENGTH];
            file.readFully(bytes);
            StoreHeader header = StoreHeader.decode(bytes, "metadata");
            StoreHeader earlier = new StoreHeader(header.instance(), header.sequence() + 1, header.opened(),
                    header.versionCeiling(), header.slotCapacity(), header.metadataLength(), header.clean(),
                    header.domain(), header.region(), UUID.randomUUID(), header.createdMillis());
            for (long copy : new long[] {HeaderDescriptor.COPY_A, HeaderDescriptor.COPY_B}) {
                file.seek(copy);
                file.write(earlier.encode());
            }
        }
    }

    /** Changes one byte of a record's payload in the region, behind the store's back. */
    private void damage(long key) throws IOException {
        byte[] region = Files.readAllBytes(home.resolve("region"));
        for (int at = 0; at + PAYLOAD <= region.length; at += 8) {
            if (Arrays.equals(region, at, at + PAYLOAD, payload(key), 0, PAYLOAD)) {
                region[at + PAYLOAD / 2] ^= 1;
                Files.write(home.resolve("region"), region);
                return;
            }
        }
        throw new AssertionError("record " + key + " is not in the region");
    }

    @Test
    void shouldCompareEveryPayload() {
        Set<RecoveryListener.Phase> phases = EnumSet.noneOf(RecoveryListener.Phase.class);
        long[] last = new long[2];
        try (RegionStore store = builder().listener((phase, done, total) -> {
            phases.add(phase);
            last[0] = done;
            last[1] = total;
        }).open()) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            assertEquals(RECORDS, store.recovery().payloadsVerified());
        }
        assertTrue(phases.containsAll(Set.of(RecoveryListener.Phase.MEDIA, RecoveryListener.Phase.SCAN,
                RecoveryListener.Phase.VERIFY)), phases.toString());
        assertEquals(last[1], last[0], "progress ends at its total");
        try (RegionStore store = builder().open()) {
            assertEquals(0, store.recovery().payloadsVerified(), "not again in the same boot");
        }
    }

    @Test
    void shouldRefuseDamagedRecordsByNameAndChangeNothing() throws IOException {
        damage(7);
        damage(100);
        byte[] before = Files.readAllBytes(home.resolve("metadata"));
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> builder().open());
        assertEquals(ErrorCode.CONTENTS_DAMAGED, e.code());
        RecoveryReport report = e.report().orElseThrow();
        assertEquals(Verdict.CONTENTS_DAMAGED, report.verdict());
        assertEquals(2, report.damagedCount());
        assertEquals(Set.of("7", "100"), Set.copyOf(report.damaged().stream().map(d -> d.key()).toList()));
        assertArrayEquals(before, Files.readAllBytes(home.resolve("metadata")));
    }

    @Test
    void shouldNoticeContentsThatWereReplacedInTheSameBoot() throws IOException {
        builder().open().close(); // from here on the boot is this one
        try (RandomAccessFile region = new RandomAccessFile(home.resolve("region").toFile(), "rw")) {
            region.write(new byte[(int) REGION]); // the same file, the same place
        }
        assertEquals(ErrorCode.CONTENTS_LOST,
                assertThrows(RegionStoreException.class, () -> builder().open()).code());
    }

    @Test
    void shouldDropDamagedRecordsWhenToldToAndServeTheOthers() throws IOException {
        damage(7);
        try (RegionStore store = builder().damagePolicy(DamagePolicy.DROP).open()) {
            assertEquals(Verdict.CONTENTS_DAMAGED, store.recovery().verdict());
            assertEquals(1, store.recovery().damagedCount());
            assertEquals(RECORDS - 1, store.size());
            assertFalse(store.contains(7));
            assertEquals((RECORDS - 1L) * PAYLOAD, store.space().payloadBytes());
            store.put(7, bytes("seven"));
        }
        try (RegionStore store = builder().open()) {
            assertEquals(RECORDS, store.size());
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
        }
    }

    @Test
    void shouldSayThatTheContentsAreLost() throws IOException {
        Files.write(home.resolve("region"), new byte[(int) REGION]);
        byte[] before = Files.readAllBytes(home.resolve("metadata"));
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> builder().open());
        assertEquals(ErrorCode.CONTENTS_LOST, e.code());
        assertEquals(RECORDS, e.report().orElseThrow().damagedCount());
        assertArrayEquals(before, Files.readAllBytes(home.resolve("metadata")));
        try (RegionStore store = builder().damagePolicy(DamagePolicy.DROP).open()) {
            assertEquals(0, store.size());
            assertEquals(REGION, store.largestFreeExtent(8));
        }
    }

    @Test
    void shouldCompareASampleNowAndTheOthersAtTheirFirstRead() throws IOException {
        for (long key = 0; key < RECORDS; key++) {
            if (key % 2 == 1) {
                damage(key);
            }
        }
        // the sample is every 64th record in slot order, and slots are handed out in order: it meets even keys only
        try (RegionStore store = builder().payloadVerification(PayloadVerification.SAMPLED).open();
                RecordView view = store.newView()) {
            assertTrue(store.recovery().payloadsDeferred() > 0);
            MemorySegment buffer = MemorySegment.ofArray(new byte[PAYLOAD]);
            for (long key = 0; key < RECORDS; key++) {
                long k = key;
                if (key % 2 == 1) {
                    assertEquals(ErrorCode.CONTENTS_DAMAGED,
                            assertThrows(RegionStoreException.class, () -> store.get(k, view)).code());
                    assertEquals(ErrorCode.CONTENTS_DAMAGED,
                            assertThrows(RegionStoreException.class, () -> store.get(k, buffer, 0)).code());
                    assertFalse(view.isPresent());
                } else {
                    assertTrue(store.get(k, view));
                    assertEquals(PAYLOAD, store.get(k, buffer, 0));
                }
            }
            store.put(1, bytes("right again"));
            assertTrue(store.get(1, view));
        }
    }

    @Test
    void shouldVerifyEverythingInASampleWithoutDamage() {
        try (RegionStore store = builder().payloadVerification(PayloadVerification.SAMPLED).open()) {
            RecoveryReport report = store.recovery();
            assertEquals(RECORDS, report.payloadsVerified() + report.payloadsDeferred());
            assertTrue(report.payloadsVerified() > 0 && report.payloadsDeferred() > 0);
        }
    }
}
