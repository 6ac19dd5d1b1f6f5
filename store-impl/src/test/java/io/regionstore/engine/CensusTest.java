package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Verdict;
import io.regionstore.engine.StoredRecords.Expected;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.StoreHeader;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slots that are lost, or back, and look as good as any: the number of records in the header tells. */
class CensusTest {
    private static final int SEED = 77;

    @AfterEach
    void countTrials() {
        ProofSummary.add(Field.corruptionTrials, 2);
        ProofSummary.add(Field.wrongData, 0);
    }

    private static void wipe(DamagedStore store, Expected record, int bytes) {
        store.media.metadata.asSlice(DamagedStore.TABLE + record.slot() * 32L, bytes).fill((byte) 0);
    }

    private static List<Expected> some(DamagedStore store, int count) {
        return store.stored.live.values().stream().filter(e -> e.slots() == 1).limit(count).toList();
    }

    @Test
    void shouldRefuseAndCountRecordsWhoseSlotsWereWiped() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            some(store, 3).forEach(record -> wipe(store, record, 32));
            byte[] damaged = store.media.metadataBytes();
            RegionStoreException refused = assertThrows(RegionStoreException.class,
                    () -> store.open(DamagePolicy.REFUSE).close());
            assertEquals(ErrorCode.METADATA_CORRUPT, refused.code());
            assertTrue(refused.getMessage().contains("3 records are missing"), refused.getMessage());
            assertEquals(3, refused.report().orElseThrow().damagedCount());
            assertEquals(-1, Arrays.mismatch(damaged, store.media.metadataBytes()), "a refusal changes nothing");
        }
    }

    @Test
    void shouldServeTheOthersAndSayHowManyAreMissing() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            List<Expected> lost = some(store, 5);
            lost.forEach(record -> wipe(store, record, 32));
            try (RegionStore open = store.open(DamagePolicy.DROP)) {
                RecoveryReport report = open.recovery();
                assertEquals(Verdict.CONTENTS_DAMAGED, report.verdict());
                assertEquals(5, report.damagedCount());
                assertTrue(report.damaged().isEmpty(), "nobody knows their keys");
                assertTrue(report.notes().stream().anyMatch(note -> note.startsWith("5 records are missing")),
                        () -> report.notes().toString());
                assertEquals(lost, store.stored.missing(store.stored.readAll(open)));
            }
            try (RegionStore open = store.open(DamagePolicy.REFUSE)) {
                assertEquals(Verdict.CLEAN, open.recovery().verdict(), "what was dropped is missed once");
            }
        }
    }

    @Test
    void shouldCountDamagedSlotsAndWipedOnesOnce() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            List<Expected> lost = some(store, 4);
            wipe(store, lost.get(0), 32);
            wipe(store, lost.get(1), 32);
            wipe(store, lost.get(2), 8);
            wipe(store, lost.get(3), 8);
            try (RegionStore open = store.open(DamagePolicy.DROP)) {
                assertEquals(4, open.recovery().damagedCount());
                assertEquals(2, open.recovery().damaged().size());
                assertEquals(2, open.recovery().rejected());
            }
        }
    }

    @Test
    void shouldNoticeRecordThatCameBack() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            Expected record = some(store, 1).getFirst();
            try (RegionStore open = store.open(DamagePolicy.REFUSE)) {
                assertTrue(open.delete(record.longKey()));
            }
            MemorySegment.copy(store.intact, DamagedStore.TABLE + record.slot() * 32, store.media.metadata,
                    ValueLayout.JAVA_BYTE, DamagedStore.TABLE + record.slot() * 32L, 32);
            RegionStoreException refused = assertThrows(RegionStoreException.class,
                    () -> store.open(DamagePolicy.REFUSE).close());
            assertEquals(ErrorCode.METADATA_CORRUPT, refused.code());
            assertTrue(refused.getMessage().contains("1 records too many"), refused.getMessage());
            try (RegionStore open = store.open(DamagePolicy.DROP)) {
                assertEquals(store.stored.live.keySet(), store.stored.readAll(open), "its payload is still there");
                assertTrue(open.recovery().payloadsVerified() > 0, "all payloads were compared");
            }
        }
    }

    /** What a crash left nobody counted: a slot wiped then is lost without a word, see "Known limits". */
    @Test
    void shouldNotKnowHowManyRecordsThereWereAfterCrash() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, false, SEED, 1)) {
            Expected record = some(store, 1).getFirst();
            wipe(store, record, 32);
            try (RegionStore open = store.open(DamagePolicy.REFUSE)) {
                assertEquals(List.of(record), store.stored.missing(store.stored.readAll(open)));
                assertEquals(Verdict.RECOVERED, open.recovery().verdict());
            }
        }
    }

    @Test
    void shouldOpenStoreOfAnEarlierReleaseThatCountedNothing() {
        try (DamagedStore store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1)) {
            StoreHeader h = StoreHeader.decode(Arrays.copyOf(store.intact, 512), "test");
            assertEquals(store.stored.live.size(), h.records());
            byte[] header = new StoreHeader(h.instance(), h.sequence(), h.opened(), h.versionCeiling(), h.slotCapacity(),
                    h.metadataLength(), true, h.domain(), h.region(), h.boot(), h.createdMillis()).encode();
            for (long copy : new long[] {HeaderDescriptor.COPY_A, HeaderDescriptor.COPY_B}) {
                MemorySegment.copy(header, 0, store.media.metadata, ValueLayout.JAVA_BYTE, copy, header.length);
            }
            try (RegionStore open = store.open(DamagePolicy.REFUSE)) {
                assertEquals(Verdict.CLEAN, open.recovery().verdict());
                assertEquals(store.stored.live.keySet(), store.stored.readAll(open));
            }
        }
    }
}
