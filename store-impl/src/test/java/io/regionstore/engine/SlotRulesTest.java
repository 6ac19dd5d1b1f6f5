package io.regionstore.engine;

import static io.regionstore.engine.StoreSetup.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Verdict;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.memory.Memory;
import io.regionstore.record.PayloadCopier;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.KeyCopy;
import io.regionstore.table.SlotImage;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What opening makes of slots: each written here by hand, as a crash, damage or another store may leave it. */
class SlotRulesTest {
    private static final int SLOTS = 64;
    private static final int METADATA = (int) HeaderDescriptor.TABLE + SLOTS * 32;
    private static final int REGION = 4096;
    private static final int PAYLOAD = 200;
    private static final int IMAGES = 6;

    private final MemoryMedia media = new MemoryMedia(REGION, METADATA, 1);
    private final SlotTable table = tableOf(media);

    private static SlotTable tableOf(MemoryMedia of) {
        return new SlotTable(new MappedMemory(of.metadata, FlushMethod.NONE), HeaderDescriptor.TABLE, SLOTS);
    }

    @BeforeEach
    void makeStore() {
        open(Mode.CREATE).close();
    }

    @AfterEach
    void close() {
        media.close();
    }

    private RegionStore open(Mode mode) {
        return media.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, mode, SLOTS);
    }

    private RegionStoreException refusal() {
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> open(Mode.OPEN).close());
        assertTrue(e.report().isPresent());
        return e;
    }

    private StoreHeader header() {
        return StoreHeader.decode(Arrays.copyOf(media.metadataBytes(), HeaderDescriptor.LENGTH), "metadata");
    }

    /** As after a crash, or by a version that did not count: else slots written by hand are missed by their number. */
    private void forgetCount() {
        StoreHeader h = header();
        byte[] uncounted = new StoreHeader(h.instance(), h.sequence(), h.opened(), h.versionCeiling(), h.slotCapacity(),
                h.metadataLength(), h.clean(), h.domain(), h.region(), h.boot(), h.createdMillis()).encode();
        for (long copy : new long[] {HeaderDescriptor.COPY_A, HeaderDescriptor.COPY_B}) {
            MemorySegment.copy(uncounted, 0, media.metadata, ValueLayout.JAVA_BYTE, copy, uncounted.length);
        }
    }

    private void write(SlotTable where, long slot, long seed, long key, long version, long offset, int length) {
        SlotImage image = new SlotImage(seed);
        image.longKey(key, length);
        int checksum = new PayloadCopier().checksum(new MappedMemory(media.region, FlushMethod.NONE), offset, length);
        image.seal(slot, version, offset, length, checksum);
        where.write(slot, image);
        forgetCount();
    }

    @Test
    void shouldTakeTheHigherVersionWhicheverSlotItIsInAndRetireTheOther() {
        for (int higher : new int[] {0, 1}) {
            write(table, 10, header().seed(), 1, higher == 0 ? 9 : 5, 0, 8);
            write(table, 20, header().seed(), 1, higher == 0 ? 5 : 9, 64, 8);
            try (RegionStore store = open(Mode.OPEN)) {
                assertEquals(9, store.version(1), "the version that stands");
                assertEquals(1, store.recovery().rolledBack());
                assertEquals(0, table.tail(higher == 0 ? 20 : 10), "the other slot is retired");
                assertTrue(store.delete(1));
            }
        }
    }

    @Test
    void shouldRefuseASlotThatWasCopiedToAnotherPlace() {
        write(table, 10, header().seed(), 1, 5, 0, 0);
        MemorySegment.copy(media.metadata, HeaderDescriptor.TABLE + 10 * 32, media.metadata,
                HeaderDescriptor.TABLE + 20 * 32, 32);
        assertEquals(ErrorCode.METADATA_CORRUPT, refusal().code());
    }

    @Test
    void shouldRefuseASlotOfAnotherStore() {
        try (MemoryMedia other = new MemoryMedia(REGION, METADATA, 2)) {
            other.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, SLOTS).close();
            long seed = StoreHeader.decode(Arrays.copyOf(other.metadataBytes(), HeaderDescriptor.LENGTH), "other").seed();
            write(table, 10, seed, 1, 5, 0, 8);
        }
        assertEquals(ErrorCode.METADATA_CORRUPT, refusal().code());
    }

    @Test
    void shouldRefuseTwoRecordsInOnePlaceAlsoIfBothPayloadsMatch() {
        write(table, 10, header().seed(), 1, 5, 0, 64);
        write(table, 20, header().seed(), 2, 6, 32, 64);
        assertEquals(ErrorCode.CONTENTS_DAMAGED, refusal().code());
    }

    @Test
    void shouldSayInTheHeaderThatASessionRunsUntilItIsClosed() {
        byte[] running;
        try (RegionStore store = open(Mode.OPEN)) {
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            assertFalse(header().clean(), "a session runs");
            store.put(1, MemorySegment.ofArray(new byte[8]));
            running = media.metadataBytes();
        }
        assertTrue(header().clean());
        media.restoreMetadata(running);
        try (RegionStore store = open(Mode.OPEN)) {
            assertEquals(Verdict.RECOVERED, store.recovery().verdict());
        }
    }

    /** The first flush that fails is that of an intent, before the commit: the slot that it was to name must not be used. */
    @Test
    void shouldTakeNoWritesAndNotSayThatItWasClosedWellAfterAFlushThatFailed() {
        requireEndedBy(store -> store.put(1, MemorySegment.ofArray(new byte[8])));
        requireEndedBy(store -> store.largestFreeExtent(8));
    }

    private void requireEndedBy(Consumer<RegionStore> failing) {
        FaultyMemory.Faults faults = new FaultyMemory.Faults();
        media.through(memory -> new FaultyMemory(memory, faults));
        RegionStore store = open(Mode.OPEN);
        store.put(bytes("two slots"), MemorySegment.ofArray(new byte[8])); // the lane holds another one ready
        faults.failAt(1);
        assertThrows(RegionStoreException.class, () -> failing.accept(store));
        faults.failAt(Integer.MAX_VALUE); // only that once
        assertEquals(ErrorCode.IO_ERROR, assertThrows(RegionStoreException.class,
                () -> store.put(1, MemorySegment.ofArray(new byte[8])), "a write was taken after one had failed").code());
        store.close();
        assertFalse(header().clean(), "what the failed write left is not looked at by the next open");
    }

    /** A put of key 1 is in flight: slot and intent are durable, the payload is not. */
    private void crashInPut() {
        byte[] crashed;
        try (RegionStore store = open(Mode.OPEN)) {
            store.put(2, MemorySegment.ofArray(new byte[PAYLOAD]));
            store.put(1, MemorySegment.ofArray(new byte[PAYLOAD]));
            try (var view = store.newView()) {
                assertTrue(store.get(1, view));
                media.region.asSlice(view.offset(), PAYLOAD).fill((byte) 7);
            }
            crashed = media.metadataBytes();
        }
        media.restoreMetadata(crashed);
        media.rebooted(true);
    }

    @Test
    void shouldNotExcuseDamageByAnIntentThatRecoveryHasSettled() {
        crashInPut();
        byte[] recovered;
        try (RegionStore store = open(Mode.OPEN)) {
            assertEquals(1, store.recovery().rolledBack());
            assertFalse(store.contains(1));
            recovered = media.metadataBytes();
        }
        media.restoreMetadata(recovered); // a crash, before anything else was written
        for (int free = 0; free < SLOTS; free++) { // acknowledged, in whatever slot the intent had named; and damaged
            if (table.tail(free) == 0) {
                write(table, free, header().seed(), 100 + free, 5, 8L * free + 1024, 8);
            }
        }
        media.region.asSlice(1024, 512).fill((byte) 9);
        media.rebooted(false); // once more
        assertEquals(ErrorCode.CONTENTS_DAMAGED, refusal().code());
        assertEquals(SLOTS - 1, refusal().report().orElseThrow().damagedCount(), "all of them are reported");
    }

    @Test
    void shouldUndoATornPutAlsoIfThePowerFailsInRecovery() {
        crashInPut();
        Random random = new Random(1);
        List<byte[]> images = new ArrayList<>();
        media.through(memory -> memory.size() == REGION ? memory : lossy(memory, images, random));
        open(Mode.OPEN).close();
        media.through(memory -> memory);
        assertTrue(images.size() > 5 * IMAGES);
        for (byte[] image : images) {
            media.restoreMetadata(image);
            try (RegionStore store = open(Mode.OPEN)) {
                assertFalse(store.contains(1));
                assertTrue(store.contains(2));
            } catch (RegionStoreException e) {
                throw new AssertionError("refused after a power loss in recovery", e);
            }
        }
    }

    private static Memory lossy(Memory memory, List<byte[]> images, Random random) {
        LossyMemory lossy = new LossyMemory(memory);
        return lossy.beforeFence(() -> {
            for (int image = 0; image < IMAGES; image++) {
                images.add(lossy.afterPowerLoss(random));
            }
        });
    }

    @Test
    void shouldTellKeysOfTheSameHashByTheirBytes() {
        MemorySegment[] keys = {bytes("a key of 20 letters."), bytes("a key of 20 letters!")};
        KeyCopy[] copies = {new KeyCopy(), new KeyCopy()};
        long hash = 42;
        SlotImage image = new SlotImage(1);
        for (int i = 0; i < 2; i++) {
            copies[i].take(keys[i], 1);
            image.bytesKey(copies[i], hash);
            image.seal(4L * i, 1, 0, 0, 0);
            table.write(4L * i, image);
        }
        for (int i = 0; i < 2; i++) {
            assertTrue(table.hasKey(4L * i, keys[i], hash));
            assertFalse(table.hasKey(4L * i, keys[1 - i], hash), "another key of the same hash");
            assertTrue(table.hasKey(4L * i, copies[i], hash));
            assertFalse(table.hasKey(4L * i, copies[1 - i], hash), "another copied key of the same hash");
        }
        assertTrue(table.sameKey(0, 0));
        assertFalse(table.sameKey(0, 4), "another key of the same hash");
    }

    @Test
    void shouldTakeACreateThatWasCutShortForNoStore() {
        List<byte[]> images = new ArrayList<>();
        Random random = new Random(1);
        try (MemoryMedia fresh = new MemoryMedia(REGION, METADATA, 1)) {
            fresh.through(memory -> memory.size() == REGION ? memory : lossy(memory, images, random));
            fresh.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, Mode.CREATE, SLOTS).close();
            fresh.through(memory -> memory);
            for (byte[] image : images) {
                fresh.restoreMetadata(image);
                fresh.open(FailureDomain.PLATFORM, DamagePolicy.REFUSE, Mode.OPEN_OR_CREATE, SLOTS).close();
            }
        } catch (RegionStoreException e) {
            throw new AssertionError("a create that was cut short cannot be begun again", e);
        }
        assertTrue(images.size() > 5 * IMAGES);
    }
}
