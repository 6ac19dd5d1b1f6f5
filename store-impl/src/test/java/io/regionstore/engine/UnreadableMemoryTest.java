package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.PayloadVerification;
import io.regionstore.RecordView;
import io.regionstore.RecoveryListener.Phase;
import io.regionstore.RecoveryReport;
import io.regionstore.RecoveryReport.DamagedRecord;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import io.regionstore.RegionStoreException;
import io.regionstore.Verdict;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.StoreHeader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Opening where memory answers loads with SIGBUS. Here a file is cut short while it is mapped; a memory error on a dax
 * device looks the same to the JVM.
 */
class UnreadableMemoryTest {
    private static final long REGION = 1 << 20;
    private static final int RECORDS = 200;
    private static final int PAYLOAD = 1000;

    @TempDir
    private Path home;
    /** Half of the records lie below, at a page's end. */
    private long cut;

    private RegionStoreBuilder builder() {
        return StoreSetup.IN_PLACE_PROCESS.builder(home, REGION, 4096);
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
            List<Long> offsets = new ArrayList<>();
            store.forEach(view -> offsets.add(view.offset()));
            Collections.sort(offsets);
            cut = offsets.get(RECORDS / 2) & -4096;
        }
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

    private void setLength(String name, long length) {
        try (RandomAccessFile file = new RandomAccessFile(home.resolve(name).toFile(), "rw")) {
            file.setLength(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RegionStoreBuilder cuttingRegion() {
        return builder().listener((phase, done, total) -> {
            if (phase == Phase.SCAN) {
                setLength("region", cut);
            }
        });
    }

    private boolean isCut(DamagedRecord record) {
        return record.offset() + record.length() > cut;
    }

    private void assertNamesWhatIsCut(RecoveryReport report) {
        assertTrue(report.damagedCount() > 50 && report.damagedCount() < RECORDS, report.toString());
        assertEquals(report.damagedCount(), report.damaged().size());
        assertTrue(report.damaged().stream().allMatch(this::isCut));
        List<String> notes = report.notes().stream().filter(note -> note.contains("cannot be read")).toList();
        assertEquals(report.damagedCount(), notes.size());
        assertTrue(report.damaged().stream().allMatch(record -> notes.stream().anyMatch(note ->
                note.contains("record " + record.key() + " ") && note.contains(" at " + record.offset() + " "))));
    }

    @Test
    void shouldRefuseAndNameTheRecordsWhoseMemoryCannotBeRead() {
        RegionStoreException refused = assertThrows(RegionStoreException.class, () -> cuttingRegion().open());
        assertEquals(ErrorCode.CONTENTS_DAMAGED, refused.code());
        assertNamesWhatIsCut(refused.report().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource(PayloadVerification.class)
    void shouldServeTheRecordsWhoseMemoryCanBeRead(PayloadVerification verification) {
        try (RegionStore store = cuttingRegion().payloadVerification(verification).damagePolicy(DamagePolicy.DROP).open()) {
            RecoveryReport report = store.recovery();
            assertEquals(Verdict.CONTENTS_DAMAGED, report.verdict());
            assertEquals(RECORDS, report.kept() + report.damagedCount());
            if (verification == PayloadVerification.FULL) {
                assertNamesWhatIsCut(report);
                for (long key = 0; key < RECORDS; key++) {
                    byte[] found = new byte[PAYLOAD];
                    if (store.get(key, MemorySegment.ofArray(found), 0) != RegionStore.ABSENT) {
                        assertArrayEquals(payload(key), found);
                    }
                }
            }
        }
    }

    @Test
    void shouldNotPutRecordsWhereMemoryCouldNotBeRead() {
        try (RegionStore store = cuttingRegion().damagePolicy(DamagePolicy.DROP).open()) {
            setLength("region", REGION);
            List<DamagedRecord> quarantined = store.recovery().damaged();
            Predicate<Long> isQuarantined = offset -> quarantined.stream()
                    .anyMatch(record -> offset + 8 > record.offset() && offset < record.offset() + record.length());
            long free = store.space().freeBytes();
            RegionStoreException full = assertThrows(RegionStoreException.class, () -> {
                for (long key = RECORDS; ; key++) {
                    store.put(key, MemorySegment.ofArray(new byte[512]));
                }
            });
            assertEquals(ErrorCode.REGION_FULL, full.code());
            assertTrue(store.space().freeBytes() < 512, "of " + free + " bytes " + store.space().freeBytes() + " are left");
            store.forEach(view -> {
                for (long at = 0; at < view.length(); at += 8) {
                    assertFalse(isQuarantined.test(view.offset() + at), "at " + (view.offset() + at));
                }
            });
        }
    }

    @Test
    void shouldNameTheRecordWhoseMemoryCannotBeReadAnyMore() {
        try (RegionStore store = builder().open(); RecordView view = store.newView()) {
            MemorySegment found = MemorySegment.ofArray(new byte[PAYLOAD]);
            setLength("region", cut);
            int unreadable = 0;
            for (long key = 0; key < RECORDS; key++) {
                assertTrue(store.get(key, view));
                if (view.offset() + PAYLOAD <= cut) {
                    assertEquals(PAYLOAD, store.get(key, found, 0));
                    view.verify();
                    continue;
                }
                unreadable++;
                long wanted = key;
                for (Executable reading : List.<Executable>of(() -> store.get(wanted, found, 0), view::verify)) {
                    RegionStoreException damaged = assertThrows(RegionStoreException.class, reading);
                    assertEquals(ErrorCode.CONTENTS_DAMAGED, damaged.code());
                    assertTrue(damaged.getMessage().contains("record " + key + " "), damaged.getMessage());
                }
            }
            assertTrue(unreadable > 50);
        }
    }

    @Test
    void shouldSayThatMetadataCannotBeRead() {
        RegionStoreException refused = assertThrows(RegionStoreException.class, () -> builder()
                .listener((phase, done, total) -> {
                    if (phase == Phase.MEDIA && done == total) {
                        setLength("metadata", HeaderDescriptor.TABLE);
                    }
                }).open());
        assertEquals(ErrorCode.MEDIUM_LOST, refused.code());
        assertTrue(refused.getMessage().contains("was cut to " + HeaderDescriptor.TABLE), refused.getMessage());
    }
}
