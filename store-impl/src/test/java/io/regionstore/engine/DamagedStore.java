package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RecoveryReport;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.engine.StoredRecords.Expected;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.IntentLines;
import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import io.regionstore.testing.ProofSummary.Field;
import io.regionstore.testing.ProofSummary;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A store with a table of 64 KiB in memory, full of records of several kinds, that is damaged again and again; and the
 * judgement of what the engine makes of each damage.
 */
final class DamagedStore implements AutoCloseable {
    static final int SLOTS = 2048;
    static final int TABLE = 24576;
    static final int TABLE_BYTES = 65536;
    private static final int REGION = 256 << 10;

    final MemoryMedia media;
    final StoredRecords stored = new StoredRecords();
    final byte[] intact;
    private final FailureDomain domain;
    private final boolean closed;
    long trials;
    long refused;
    long dropped;

    /**
     * @param domain of all sessions
     * @param closed whether the store was closed before it is damaged, or left as by a crash
     * @param seed   of the records
     * @param inode  of its media
     */
    DamagedStore(FailureDomain domain, boolean closed, long seed, long inode) {
        this.domain = domain;
        this.closed = closed;
        media = new MemoryMedia(REGION, TABLE + TABLE_BYTES, inode);
        Random random = new Random(seed);
        byte[] left;
        try (RegionStore store = media.open(domain, DamagePolicy.REFUSE, Mode.CREATE, SLOTS)) {
            stored.fill(store, random, SLOTS - 300);
            left = media.metadataBytes();
        }
        intact = closed ? media.metadataBytes() : left;
        media.restoreMetadata(intact);
        StoreHeader header = StoreHeader.decode(Arrays.copyOf(intact, 512), "test");
        locate(header.seed());
    }

    private void locate(long seed) {
        SlotTable table = new SlotTable(new MappedMemory(media.metadata, FlushMethod.NONE), HeaderDescriptor.TABLE,
                SLOTS);
        SlotReader reader = new SlotReader(table, seed, REGION);
        for (int slot = 0; slot < SLOTS; slot += reader.runLength()) {
            if (reader.read(slot) == SlotReader.State.RECORD) {
                byte[] key = reader.keyLength() == 0 ? null : table.keyBytes(slot);
                stored.locate(StoredRecords.name(key, table.keyWord(slot)), slot, reader.runLength());
            }
        }
        assertTrue(stored.live.values().stream().allMatch(e -> e.slot() >= 0));
    }

    RegionStore open(DamagePolicy policy) {
        return media.open(domain, policy, Mode.OPEN, 0);
    }

    /** @return those that now look like any free slot: nobody can name what was there before, only how many are missing */
    Set<Integer> freeNow(Set<Integer> slots) {
        return slots.stream().filter(slot -> {
            long tail = media.metadata.get(ValueLayout.JAVA_LONG_UNALIGNED, TABLE + slot * 32L + 24);
            return tail == 0 || tail >>> 32 == 0x434F4E54;
        }).collect(Collectors.toSet());
    }

    /** @return slots that intent lines name now: the ones that a crash may have torn; none in a store that was closed */
    Set<Integer> intents() {
        Set<Integer> named = new HashSet<>();
        if (!StoreHeader.decode(Arrays.copyOf(intact, 512), "test").clean()) {
            new IntentLines(new MappedMemory(media.metadata, FlushMethod.NONE), HeaderDescriptor.INTENTS,
                    HeaderDescriptor.MAX_LANES).forEach(slot -> named.add((int) slot));
        }
        return named;
    }

    /**
     * Opens the store, damaged as it is, with both policies, and judges. Then the damage is undone.
     *
     * @param damagedSlots slots that were touched
     * @param mayRollBack  slots whose loss needs no name: nothing is left that tells it, or a crash explains it; if the
     *                     store was closed, they are counted at least
     * @param where        said when something is wrong
     */
    void judge(Set<Integer> damagedSlots, Set<Integer> mayRollBack, Supplier<String> where) {
        trials++;
        ProofSummary.add(Field.corruptionTrials, 2);
        byte[] damaged = media.metadataBytes();
        try {
            RecoveryReport refusal = judgeRefuse(damaged, mayRollBack);
            judgeDrop(damagedSlots, mayRollBack, refusal);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(where.get() + ": " + e.getMessage(), e);
        } finally {
            media.restoreMetadata(intact);
        }
    }

    private RecoveryReport judgeRefuse(byte[] damaged, Set<Integer> mayRollBack) {
        try (RegionStore store = media.open(domain, DamagePolicy.REFUSE, Mode.OPEN, 0)) {
            Set<String> found = stored.readAll(store);
            for (Expected e : stored.missing(found)) {
                assertTrue(!closed && mayRollBack.contains(e.slot()), () -> "opened without a word, and without slot " + e.slot());
            }
        } catch (RegionStoreException e) {
            refused++;
            assertTrue(e.code() == ErrorCode.METADATA_CORRUPT || e.code() == ErrorCode.CONTENTS_DAMAGED
                    || e.code() == ErrorCode.CONTENTS_LOST, () -> e.code() + " " + e.getMessage());
            assertArrayEquals(damaged, media.metadataBytes(), "a refusal changes nothing");
            assertEquals(0, media.open());
            return e.report().orElse(null);
        }
        media.restoreMetadata(damaged);
        return null;
    }

    private void judgeDrop(Set<Integer> damagedSlots, Set<Integer> mayRollBack, RecoveryReport refusal) {
        Set<String> found;
        try (RegionStore store = media.open(domain, DamagePolicy.DROP, Mode.OPEN, 0)) {
            RecoveryReport report = store.recovery();
            found = stored.readAll(store);
            List<Expected> missing = stored.missing(found);
            Set<String> named = report.damaged().stream().map(RecoveryReport.DamagedRecord::key)
                    .collect(Collectors.toSet());
            for (Expected e : missing) {
                dropped++;
                assertTrue(touched(e, damagedSlots), () -> "lost though undamaged, slot " + e.slot());
                assertTrue(mayRollBack.contains(e.slot()) || named.contains("unreadable, slot " + e.slot())
                        || named.contains(e.keyText()), () -> "not named: slot " + e.slot() + ", named: " + named);
            }
            // a store that was closed knows how many records there were
            assertTrue(!closed || report.damagedCount() >= missing.size(), () -> missing.size() + " are missing, found "
                    + report.damagedCount() + " damaged");
            if (refusal != null) {
                assertEquals(refusal.damaged(), report.damaged(), "REFUSE and DROP name the same");
            }
        }
        try (RegionStore store = media.open(domain, DamagePolicy.REFUSE, Mode.OPEN, 0)) {
            assertEquals(found, stored.readAll(store), "opened again after DROP");
        }
    }

    private static boolean touched(Expected e, Set<Integer> slots) {
        return IntStream.range(e.slot(), e.slot() + e.slots()).anyMatch(slots::contains);
    }

    @Override
    public void close() {
        media.close();
    }
}
