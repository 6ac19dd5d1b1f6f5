package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.StoreConfig;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.Memory;
import io.regionstore.table.HeaderCopies;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.IntentLines;
import io.regionstore.table.KeyHash;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules of {@link InPlaceCommit} where caches are lost, one by one: what must be durable when. */
class CommitRulesTest {
    private static final long SEED = 7;
    private static final int SLOTS = 256;
    private static final int LANES = 3;
    private static final int PAYLOAD = 100;

    private final LossyMemory region = new LossyMemory(LossyMemory.of(new byte[4096]));
    private final LossyMemory memory =
            new LossyMemory(LossyMemory.of(new byte[(int) HeaderDescriptor.TABLE + SLOTS * 32]));
    private final SlotTable table = new SlotTable(memory, HeaderDescriptor.TABLE, SLOTS);
    private final SlotAllocator slots = new SlotAllocator(SLOTS, SLOTS, LANES);
    private final RecordIndex index = new RecordIndex(table, SLOTS, SLOTS, 0);
    private final InPlaceCommit commits = new InPlaceCommit(table, slots, index, region,
            new HeaderCopies(memory, "metadata"), intents(memory), "metadata", true, true, true);
    private final List<Lane> lanes = List.of(new Lane(0, SEED), new Lane(1, SEED), new Lane(2, SEED));

    private static IntentLines intents(Memory of) {
        return new IntentLines(of, HeaderDescriptor.INTENTS, LANES);
    }

    @AfterEach
    void close() {
        index.close();
        slots.close();
    }

    /** What a put of the engine does, with a payload at 0. */
    private void put(Lane lane, long key) {
        long hash = KeyHash.of(key, SEED);
        long stripe = index.stripe(hash);
        long old = index.find(key, hash);
        lane.image.longKey(key, PAYLOAD);
        long slot = commits.takeSlot(lane, 1);
        assertTrue(isAnnounced(slot), "a slot is used that no durable intent names");
        byte[] payload = new byte[PAYLOAD];
        payload[PAYLOAD - 1] = (byte) key;
        region.copyIn(payload, 0, 0, PAYLOAD);
        lane.image.seal(slot, index.nextVersion(stripe), 0, PAYLOAD, 0);
        commits.publish(lane, stripe, slot, 0, PAYLOAD, old);
        index.set(stripe, hash, old, slot, 0);
        if (old != RecordIndex.NONE) {
            commits.retire(lane, stripe, old);
        }
    }

    private boolean isAnnounced(long slot) {
        List<Long> named = new ArrayList<>();
        intents(LossyMemory.of(memory.durable())).forEach(named::add);
        return named.contains(slot);
    }

    private boolean isDurablyRetired(long slot) {
        return new SlotTable(LossyMemory.of(memory.durable()), HeaderDescriptor.TABLE, SLOTS).tail(slot) == 0;
    }

    private List<Long> durableRecords() {
        SlotReader reader = new SlotReader(new SlotTable(LossyMemory.of(memory.durable()), HeaderDescriptor.TABLE, SLOTS),
                SEED, region.size());
        List<Long> found = new ArrayList<>();
        for (long slot = 0; slot < SLOTS; slot++) {
            if (reader.read(slot) == SlotReader.State.RECORD) {
                found.add(slot);
            }
        }
        return found;
    }

    @Test
    void shouldCallReusableOnlyWhatIsDurablyRetired() {
        Lane lane = lanes.getFirst();
        List<long[]> retired = new ArrayList<>();
        int reusable = 0;
        for (long key = 0; key < 40; key++) {
            put(lane, key);
            long old = index.find(key, KeyHash.of(key, SEED));
            put(lane, key);
            retired.add(new long[] {old, commits.stamp(lane)});
            reusable = 0;
            for (long[] one : retired) {
                if (one[1] <= commits.reusable(lane)) {
                    assertTrue(isDurablyRetired(one[0]), "slot " + one[0] + " is used again before it is durably free");
                    reusable++;
                }
            }
        }
        assertTrue(reusable > 30, "nearly all of them are: " + reusable);
    }

    @Test
    void shouldMakeEveryRetirementOfAStripeDurableBeforeItsKeyIsDeleted() {
        put(lanes.get(0), 1);
        put(lanes.get(0), 2); // takes the rest of the first one's line
        put(lanes.get(0), 1); // retires the first, not durably
        put(lanes.get(1), 1); // another lane retires the second
        long hash = KeyHash.of(1L, SEED);
        commits.delete(lanes.get(2), index.stripe(hash), index.find(1, hash));
        assertEquals(List.of(1L), durableRecords(), "an older version came back, or the delete is not durable");
    }

    @Test
    void shouldMakePayloadDurableWhereTheTablesFenceIsNotForIt() {
        put(lanes.getFirst(), 5);
        assertTrue(region.isDurable(0, PAYLOAD), "acknowledged, and the payload is not durable");
    }

    @Test
    void shouldLetOneWriterAtATimeIntoAStripe() throws Exception {
        long stripe = index.stripe(KeyHash.of(1L, SEED));
        index.lock(stripe);
        Thread other = Thread.ofPlatform().daemon().start(() -> {
            index.lock(stripe);
            index.unlock(stripe);
        });
        other.join(50);
        assertTrue(other.isAlive(), "two writers in one stripe");
        index.unlock(stripe);
        other.join();
    }

    @Test
    void shouldGiveOutNoVersionAboveTheCeilingThatTheHeaderHas() {
        HeaderCopies copies = new HeaderCopies(memory, "metadata");
        StoreHeader header = new StoreHeader(new UUID(1, 2), 1, 1, 3, SLOTS, 1 << 20, false, FailureDomain.PLATFORM,
                new StoreHeader.Region(0, -1, region.size(), 1, 1, 0, "region"), new UUID(3, 4), 0);
        copies.write(header);
        StoreConfig config = new StoreConfig(Medium.file(Path.of("region"), region.size()), Medium.file(Path.of("metadata"),
                memory.size()), FailureDomain.PLATFORM, SLOTS, 8, Duration.ZERO, PayloadVerification.FULL,
                DamagePolicy.REFUSE, false, (phase, done, total) -> { });
        try (SlotAllocator ownSlots = new SlotAllocator(SLOTS, SLOTS, Lanes.count());
                ExtentAllocator extents = new ExtentAllocator(region.size(), 0, Lanes.count())) {
            extents.finishRebuild();
            InPlaceCommit own = new InPlaceCommit(table, ownSlots, index, region, copies,
                    new IntentLines(memory, HeaderDescriptor.INTENTS, Lanes.count()), "metadata", true, true, false);
            RecordWriter writer = new RecordWriter(new StoreParts(config, header, region, table, ownSlots, index, extents,
                    new Lanes(SEED, Lanes.count()), own, null, 0, 0, new Resources(), null, new Health(problem -> { })),
                    new Pins());
            for (int i = 0; i < 6; i++) {
                long version = writer.put(1, null, RecordWriter.ANY_VERSION,
                        MemorySegment.ofArray(new byte[8]));
                long ceiling = new HeaderCopies(LossyMemory.of(memory.durable()), "metadata").read(new ArrayList<>())
                        .versionCeiling();
                assertTrue(version <= ceiling, "version " + version + " is above the durable ceiling " + ceiling);
            }
        }
    }
}
