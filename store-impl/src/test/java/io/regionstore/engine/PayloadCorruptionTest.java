package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.PayloadVerification;
import io.regionstore.RecordView;
import io.regionstore.RecoveryReport;
import io.regionstore.RecoveryReport.DamagedRecord;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.engine.StoredRecords.Expected;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Payload bytes of live records damaged in the region. After a boot, with FULL verification, every byte of every payload
 * is damaged in one way at scale 1 and in ten with {@code -Dproof.scale=10}; one open tries a byte of every other record,
 * since records do not depend on one another. Without a boot a view's {@code verify} finds each byte that way.
 */
class PayloadCorruptionTest {
    private static final int WAYS = Math.min(10, Integer.getInteger("proof.scale", 1));
    private static final long SEED = Long.getLong("proof.seed", 20_260_104);

    private DamagedStore store;
    private byte[] region;
    private final Map<String, Long> offsets = new HashMap<>();
    private int longest;

    @BeforeEach
    void makeStore() {
        store = new DamagedStore(FailureDomain.PROCESS, true, SEED, 1);
        region = store.media.region.toArray(ValueLayout.JAVA_BYTE);
        try (RegionStore open = store.open(DamagePolicy.REFUSE)) {
            open.forEach(view -> offsets.put(view.hasLongKey() ? Long.toString(view.longKey())
                    : Arrays.toString(view.keyBytes()), view.offset()));
        }
        store.media.restoreMetadata(store.intact);
        longest = store.stored.live.values().stream().mapToInt(e -> e.payload().length).max().orElseThrow();
    }

    @AfterEach
    void close() {
        store.close();
        ProofSummary.add(Field.wrongData, 0);
    }

    /** The ways go round, so that one way each is not the same way for every byte. */
    private static Corruption way(int at, int record, int turn) {
        return Corruption.values()[(at + record + turn) % 10];
    }

    /** Damages byte {@code at} of every other payload that is so long; tells which records changed. */
    private Set<String> damage(int at, int parity, int turn) {
        Set<String> damaged = new HashSet<>();
        int record = 0;
        for (Map.Entry<String, Expected> entry : store.stored.live.entrySet()) {
            if (record++ % 2 == parity && entry.getValue().payload().length > at) {
                long offset = offsets.get(entry.getKey()) + at;
                byte old = region[(int) offset];
                byte changed = way(at, record / 2, turn).of(old);
                store.media.region.set(ValueLayout.JAVA_BYTE, offset, changed);
                if (changed != old) {
                    damaged.add(entry.getKey());
                }
            }
        }
        return damaged;
    }

    private void mend() {
        MemorySegment.copy(region, 0, store.media.region, ValueLayout.JAVA_BYTE, 0, region.length);
        store.media.restoreMetadata(store.intact);
    }

    private Set<String> keyTexts(Set<String> names) {
        return names.stream().map(name -> store.stored.live.get(name).keyText()).collect(Collectors.toSet());
    }

    @Test
    void shouldNameEveryRecordWithDamagedPayloadAfterBoot() {
        store.media.rebooted(true);
        for (int turn = 0; turn < WAYS; turn++) {
            for (int at = 0; at < longest; at++) {
                for (int parity = 0; parity < 2; parity++) {
                    Set<String> damaged = damage(at, parity, turn);
                    String where = "byte " + at + " of every second payload, turn " + turn + ", seed " + SEED;
                    if (at % 16 == 0 && !damaged.isEmpty()) {
                        refuse(damaged, where);
                    }
                    try (RegionStore open = store.open(DamagePolicy.DROP)) {
                        requireNamed(damaged, open.recovery(), where);
                        Set<String> left = store.stored.readAll(open);
                        assertTrue(left.stream().noneMatch(damaged::contains), where);
                        assertEquals(store.stored.live.size() - damaged.size(), left.size(), where);
                    }
                    ProofSummary.add(Field.corruptionTrials, 1);
                    mend();
                }
            }
        }
    }

    private void refuse(Set<String> damaged, String where) {
        RegionStoreException refused = assertThrows(RegionStoreException.class,
                () -> store.open(DamagePolicy.REFUSE).close(), where);
        assertEquals(ErrorCode.CONTENTS_DAMAGED, refused.code(), where);
        requireNamed(damaged, refused.report().orElseThrow(), where);
    }

    private void requireNamed(Set<String> damaged, RecoveryReport report, String where) {
        assertEquals(damaged.size(), report.damagedCount(), where);
        Set<String> named = report.damaged().stream().map(DamagedRecord::key).collect(Collectors.toSet());
        assertTrue(keyTexts(damaged).equals(named), () -> where + ": named " + named.size() + " of " + damaged.size());
    }

    @Test
    void shouldFindDamagedPayloadByVerifyOfView() {
        try (RegionStore open = store.open(DamagePolicy.REFUSE); RecordView view = open.newView()) {
            for (int at = 0; at < longest; at++) {
                for (int parity = 0; parity < 2; parity++) {
                    Set<String> damaged = damage(at, parity, at);
                    for (Map.Entry<String, Expected> entry : store.stored.live.entrySet()) {
                        Expected e = entry.getValue();
                        assertTrue(e.isLong() ? open.get(e.longKey(), view) : open.get(MemorySegment.ofArray(e.key()), view));
                        if (!damaged.contains(entry.getKey())) {
                            view.verify();
                            continue;
                        }
                        RegionStoreException found = assertThrows(RegionStoreException.class, view::verify);
                        assertEquals(ErrorCode.CONTENTS_DAMAGED, found.code());
                        assertTrue(found.getMessage().contains(e.keyText()), found.getMessage());
                    }
                    ProofSummary.add(Field.corruptionTrials, 1);
                    mend();
                }
            }
        }
    }

    @Test
    void shouldRefuseFirstReadOfDamagedPayloadThatWasNotSampled() {
        Set<String> damaged = damage(0, 0, 1);
        store.media.rebooted(true).verifying(PayloadVerification.SAMPLED);
        MemorySegment destination = MemorySegment.ofArray(new byte[256]);
        try (RegionStore open = store.open(DamagePolicy.DROP)) {
            int refused = 0;
            for (Map.Entry<String, Expected> entry : store.stored.live.entrySet()) {
                Expected e = entry.getValue();
                try {
                    long length = e.isLong() ? open.get(e.longKey(), destination, 0)
                            : open.get(MemorySegment.ofArray(e.key()), destination, 0);
                    assertTrue(!damaged.contains(entry.getKey()) || length == RegionStore.ABSENT, entry.getKey());
                } catch (RegionStoreException found) {
                    assertEquals(ErrorCode.CONTENTS_DAMAGED, found.code());
                    assertTrue(damaged.contains(entry.getKey()), entry.getKey());
                    refused++;
                }
            }
            assertEquals(damaged.size(), refused + open.recovery().damagedCount());
        }
        ProofSummary.add(Field.corruptionTrials, 1);
    }
}
