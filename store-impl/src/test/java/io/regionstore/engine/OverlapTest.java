package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RecoveryReport;
import io.regionstore.RecoveryReport.DamagedRecord;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import io.regionstore.record.PayloadCopier;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.SlotImage;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slot that names bytes of another record: the payloads tell whose they are, not the order of the slots. */
class OverlapTest {
    private static final int SLOTS = 256;
    private static final int REGION = 16 << 10;
    private static final long KEY = 10;
    private static final long STALE = 99;
    /** Free slots before and after all that the store has taken. */
    private static final int BEFORE = 0;
    private static final int AFTER = 200;

    private final MemoryMedia media = new MemoryMedia(REGION, HeaderDescriptor.TABLE + SLOTS * 32, 1);
    private final MappedMemory region = new MappedMemory(media.region, FlushMethod.NONE);
    private final SlotTable table = new SlotTable(new MappedMemory(media.metadata, FlushMethod.NONE),
            HeaderDescriptor.TABLE, SLOTS);
    private final byte[] payload = new byte[100];
    private long offset;
    private long version;

    @BeforeEach
    void makeStore() {
        Arrays.fill(payload, (byte) 7);
        try (RegionStore store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, SLOTS)) {
            store.put(1, MemorySegment.ofArray(new byte[8]));
            version = store.put(KEY, MemorySegment.ofArray(payload));
            store.delete(1);
            store.forEach(view -> offset = view.offset());
        }
        assertEquals(0, table.tail(BEFORE));
        assertEquals(0, table.tail(AFTER));
    }

    @AfterEach
    void close() {
        media.close();
    }

    private RegionStore open(DamagePolicy policy) {
        return media.open(FailureDomain.PROCESS, policy, Mode.OPEN, 0);
    }

    private void plant(int slot, long key, long itsVersion, long at, int length, int checksum) {
        byte[] header = Arrays.copyOf(media.metadataBytes(), HeaderDescriptor.LENGTH);
        SlotImage image = new SlotImage(StoreHeader.decode(header, "metadata").seed());
        image.longKey(key, length);
        image.seal(slot, itsVersion, at, length, checksum);
        table.write(slot, image);
    }

    /** Opens with both policies; under DROP the records of some keys must be there, whatever is put beside them. */
    private RecoveryReport judge(long... kept) {
        byte[] damaged = media.metadataBytes();
        RegionStoreException refused = assertThrows(RegionStoreException.class, () -> open(DamagePolicy.REFUSE));
        assertEquals(ErrorCode.CONTENTS_DAMAGED, refused.code());
        assertArrayEquals(damaged, media.metadataBytes());
        RecoveryReport report;
        try (RegionStore store = open(DamagePolicy.DROP)) {
            report = store.recovery();
            assertEquals(refused.report().orElseThrow().damaged(), report.damaged());
            assertEquals(report.damagedCount(), report.damaged().size());
            assertEquals(kept.length, store.size());
            assertEquals(kept.length * 104L, REGION - store.space().freeBytes());
            RegionStoreException full = assertThrows(RegionStoreException.class, () -> {
                for (long key = 1000; ; key++) {
                    store.put(key, MemorySegment.ofArray(new byte[104]));
                }
            });
            assertEquals(ErrorCode.REGION_FULL, full.code());
            assertTrue(store.space().freeBytes() < (kept.length + 1) * 104L, "what was dropped is used again");
            for (long key : kept) {
                byte[] found = new byte[100];
                assertEquals(100, store.get(key, MemorySegment.ofArray(found), 0));
                assertArrayEquals(payload, found);
                assertTrue(store.delete(key));
            }
        }
        open(DamagePolicy.REFUSE).close();
        return report;
    }

    @ParameterizedTest
    @ValueSource(ints = {BEFORE, AFTER})
    void shouldKeepTheRecordWhoseBytesAreThere(int slot) {
        plant(slot, STALE, version + 1, offset + 96, 20, 12345);
        assertEquals(List.of(new DamagedRecord("99", version + 1, offset + 96, 20)), judge(KEY).damaged());
    }

    @ParameterizedTest
    @ValueSource(ints = {BEFORE, AFTER})
    void shouldKeepTheRecordBetweenTwoThatOverlapIt(int slot) {
        plant(slot, STALE, version + 1, offset - 8, 16, 12345);
        plant(slot + 100 & 0xFF, STALE + 1, version + 1, offset + 96, 16, 12345);
        assertEquals(2, judge(KEY).damagedCount());
    }

    @ParameterizedTest
    @ValueSource(ints = {BEFORE, AFTER})
    void shouldKeepTheHigherVersionWhereBothPayloadsMatch(int slot) {
        int checksum = new PayloadCopier().checksum(region, offset, 100);
        plant(slot, STALE, version + 1, offset, 100, checksum);
        assertEquals(List.of(new DamagedRecord("10", version, offset, 100)), judge(STALE).damaged());
    }

    @ParameterizedTest
    @ValueSource(ints = {BEFORE, AFTER})
    void shouldGoBackToTheOlderVersionOfARecordThatLosesItsExtent(int slot) {
        int checksum = new PayloadCopier().checksum(region, offset, 100);
        region.copyIn(payload, 0, 8000, 100);
        plant(slot, STALE, version - 1, offset, 100, checksum);
        plant(slot + 100 & 0xFF, STALE, version - 2, 8000, 100, checksum);
        assertEquals(List.of(new DamagedRecord("99", version - 1, offset, 100)), judge(KEY, STALE).damaged());
    }

    @ParameterizedTest
    @ValueSource(ints = {BEFORE, AFTER})
    void shouldKeepTheNewestVersionOfARecordWhoseOlderOneCameBack(int slot) {
        region.copyIn(payload, 0, 8000, 100);
        plant(slot, STALE, version + 1, offset, 100, new PayloadCopier().checksum(region, offset, 100));
        plant(slot + 100 & 0xFF, STALE, version + 2, 8000, 100, new PayloadCopier().checksum(region, 8000, 100));
        assertEquals(List.of(new DamagedRecord("99", version + 1, offset, 100)), judge(KEY, STALE).damaged());
    }

    /** Memory that fails when it is loaded, from an offset of the region on. */
    private Memory failing(Memory memory, long from, long to) {
        return memory.size() != REGION ? memory : (Memory) Proxy.newProxyInstance(Memory.class.getClassLoader(),
                new Class<?>[] {Memory.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("copyOut") && (long) arguments[0] < to
                            && (long) arguments[0] + ((Number) arguments[3]).longValue() > from) {
                        throw new InternalError("a fault occurred in an unsafe memory access operation");
                    }
                    return method.invoke(memory, arguments);
                });
    }

    @Test
    void shouldNotUseAgainWhatCannotBeReadOfARecordThatLosesItsExtent() {
        plant(BEFORE, STALE, version + 1, offset + 96, 64, 12345);
        media.through(memory -> failing(memory, offset + 104, offset + 160));
        try (RegionStore store = open(DamagePolicy.DROP)) {
            RecoveryReport report = store.recovery();
            assertEquals(List.of(new DamagedRecord("99", version + 1, offset + 96, 64)), report.damaged());
            assertTrue(report.notes().stream().anyMatch(note -> note.contains("record 99 lies on memory that cannot be")));
            assertEquals(REGION - 104 - 56, store.space().freeBytes());
            assertThrows(RegionStoreException.class, () -> {
                for (long key = 1000; ; key++) {
                    store.put(key, MemorySegment.ofArray(new byte[104]));
                }
            });
            store.forEach(view -> assertTrue(view.offset() >= offset + 160 || view.offset() + view.length() <= offset + 104,
                    () -> view.length() + " bytes at " + view.offset()));
        }
    }

    @Test
    void shouldNameBothWhenNeitherPayloadMatches() {
        region.copyIn(new byte[8], 0, offset, 8);
        region.copyIn(payload, 0, 8000, 100);
        plant(AFTER, STALE, version + 1, offset, 20, 12345);
        plant(AFTER + 1, 50, version + 1, 8000, 100, new PayloadCopier().checksum(region, 8000, 100));
        assertEquals(2, judge(50).damagedCount());
    }
}
