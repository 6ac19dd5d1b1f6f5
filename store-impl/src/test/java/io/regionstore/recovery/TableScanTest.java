package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.RecoveryListener;
import io.regionstore.RecoveryListener.Phase;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.index.RecordIndex;
import io.regionstore.memory.Memory;
import io.regionstore.table.KeyHash;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class TableScanTest {
    private static final long REGION = 1 << 20;
    private static final long BLOCK = ParallelScan.BLOCK;

    private final List<AutoCloseable> open = new ArrayList<>();
    private SlotAllocator allocator;
    private RecordIndex index;
    private ExtentAllocator extents;

    private TableScan scan(SlotTable table, long limit, RecoveryListener listener) {
        index = add(new RecordIndex(table, table.capacity(), table.capacity(), 0));
        allocator = add(new SlotAllocator(table.capacity(), table.capacity(), 1));
        TableScan scan = new TableScan(table, allocator, index, () -> add(new ExtentAllocator(REGION, 0, 1)), Slots.SEED,
                REGION, Arena.ofAuto());
        scan.run(limit, listener);
        extents = scan.extents();
        return scan;
    }

    private TableScan scan(Slots slots) {
        return scan(slots.table, slots.capacity, (phase, done, total) -> { });
    }

    private <T extends AutoCloseable> T add(T closeable) {
        open.add(closeable);
        return closeable;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private long indexed(SlotTable table, long slot) {
        return index.findSameKey(table.keyHash(slot, Slots.SEED), slot);
    }

    private void assertFound(TableScan scan, int keys, int usedSlots, Long... invalid) {
        assertEquals(keys, index.size());
        assertEquals(usedSlots, allocator.usedSlots());
        assertEquals(List.of(invalid), Slots.in(scan.invalid()));
    }

    @Test
    void shouldFindNothingInAnEmptyTable() {
        List<String> told = new ArrayList<>();
        TableScan scan = scan(new Slots(100, REGION).table, 100,
                (phase, done, total) -> told.add(phase + " " + done + "/" + total));
        assertFound(scan, 0, 0);
        assertEquals(0, scan.highestVersion() + scan.payloadBytes() + scan.paddingBytes());
        assertTrue(scan.superseded().isEmpty() && scan.overlapping().isEmpty());
        assertEquals("SCAN 100/100", told.getFirst());
        assertEquals(2, told.size(), "the index of a small table is built in one go");
        assertEquals("INDEX " + index.stripes() + "/" + index.stripes(), told.getLast());
    }

    @Test
    void shouldFindRecords() {
        Slots slots = new Slots(256, REGION);
        slots.put(0, 1, 5, 0, 1);
        slots.put(63, 2, 7, 8, 8);
        slots.put(64, 3, 6, REGION - 16, 9);
        slots.put(255, 4, 1, 64, 0);
        assertEquals(8, slots.put(128, new byte[100], 3, 4096, 100));
        slots.put(136, 5, 1, 8192, 3);
        TableScan scan = scan(slots);
        assertFound(scan, 6, 13);
        for (long slot : new long[] {0, 63, 64, 128, 136, 255}) {
            assertEquals(slot, indexed(slots.table, slot));
        }
        assertEquals(7, scan.highestVersion());
        assertEquals(1 + 8 + 9 + 100 + 3, scan.payloadBytes());
        assertEquals(7 + 7 + 4 + 5, scan.paddingBytes());
        assertTrue(scan.superseded().isEmpty() && scan.overlapping().isEmpty());
        extents.finishRebuild();
        assertEquals(8 + 8 + 16 + 104 + 8, extents.usedBytes());
        Set<Long> free = new HashSet<>();
        for (long slot; (slot = allocator.allocate(0, 1)) != SlotAllocator.NONE; ) {
            assertTrue(free.add(slot));
        }
        assertEquals(256 - 13, free.size());
        assertTrue(free.stream().noneMatch(slot -> slot >= 128 && slot <= 136 || Set.of(0L, 63L, 64L, 255L).contains(slot)));
    }

    @Test
    void shouldNotLookPastItsLimit() {
        Slots slots = new Slots(128, REGION);
        slots.put(63, 1, 5, 0, 8);
        slots.put(64, 2, 9, 0, 8);
        TableScan scan = scan(slots.table, 64, (phase, done, total) -> { });
        assertFound(scan, 1, 1);
        assertEquals(5, scan.highestVersion());
        assertTrue(scan.overlapping().isEmpty());
    }

    @Test
    void shouldTakeForFreeWhatHasNoTailYetOrNoMore() {
        Slots slots = new Slots(128, REGION);
        slots.put(1, 1, 5, 0, 8);
        slots.set(1, 3, 0);
        slots.put(64, new byte[100], 5, 64, 8);
        slots.table.retire(64);
        assertFound(scan(slots), 0, 0);
    }

    @Test
    void shouldRejectAHeadOfWhichAnyBitChanged() {
        for (int bit = 0; bit < 256; bit++) {
            Slots slots = new Slots(64, REGION);
            slots.put(7, 1, 5, 8, 8);
            slots.put(8, 2, 5, 16, 8);
            slots.flip(7, bit / 64, bit % 64);
            TableScan scan = scan(slots);
            assertFound(scan, 1, 1, 7L);
            assertEquals(8, scan.payloadBytes(), "bit " + bit);
        }
    }

    @Test
    void shouldRejectARunOfWhichAnyPartIsMissing() {
        for (int torn = 1; torn < 6; torn++) {
            for (int word = 0; word < 4; word++) {
                Slots slots = new Slots(128, REGION);
                byte[] key = new byte[100];
                Arrays.fill(key, (byte) 1);
                slots.put(64, key, 5, 64, 8);
                slots.flip(64 + torn, word, 40);
                assertEquals(0, index(slots, word == 3 ? List.of(64L, 64L + torn) : List.of(64L)), torn + ", " + word);
            }
        }
    }

    private long index(Slots slots, List<Long> invalid) {
        assertEquals(invalid, Slots.in(scan(slots).invalid()));
        return index.size();
    }

    @Test
    void shouldRejectARunThatTheTableCuts() {
        Slots slots = new Slots(128, REGION);
        slots.put(120, new byte[100], 5, 64, 8);
        SlotTable cut = new SlotTable(slots.memory, 0, 127);
        assertEquals(List.of(120L), Slots.in(scan(cut, 127, (phase, done, total) -> { }).invalid()));
        assertEquals(List.of(), Slots.in(scan(slots).invalid()));
    }

    @Test
    void shouldRejectSlotsOfAnotherStoreOrAnotherPlace() {
        Slots slots = new Slots(64, REGION);
        slots.write(5, 1, 5, 8, 8, 0, Slots.SEED + 1);
        slots.put(6, 1, 5, 8, 8, 0);
        for (int word = 0; word < 4; word++) {
            slots.set(9, word, slots.memory.getLong(6 * 32 + word * 8));
        }
        slots.table.retire(6);
        assertFound(scan(slots), 0, 0, 5L, 9L);
    }

    @Test
    void shouldRejectExtentsThatEndPastTheRegion() {
        Slots slots = new Slots(64, REGION);
        slots.put(5, 1, 5, REGION - 8, 8, 0);
        slots.put(6, 2, 5, REGION - 8, 9, 0);
        slots.put(7, 3, 5, REGION + 8, 0, 0);
        assertFound(scan(slots), 1, 1, 6L, 7L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldIndexTheHighestVersionOfAKey(boolean bytesKey) {
        long[][] orders = {{3, 2, 1}, {1, 2, 3}, {2, 3, 1}, {2, 1, 3}};
        for (long[] versions : orders) {
            Slots slots = new Slots(128, REGION);
            Map<Long, Long> slotOf = new HashMap<>();
            for (int i = 0; i < 3; i++) {
                long slot = i * 16L;
                slotOf.put(versions[i], slot);
                if (bytesKey) {
                    slots.put(slot, new byte[50], versions[i], i * 64, 8);
                } else {
                    slots.put(slot, 99, versions[i], i * 64, 8);
                }
            }
            slots.put(100, 98, 1, 1024, 8);
            TableScan scan = scan(slots);
            assertFound(scan, 2, bytesKey ? 13 : 4);
            assertEquals(slotOf.get(3L), indexed(slots.table, 0));
            assertEquals(Set.of(slotOf.get(1L), slotOf.get(2L)), Set.copyOf(Slots.in(scan.superseded())));
            assertEquals(2, scan.superseded().size());
            assertEquals(32, scan.payloadBytes());
        }
    }

    @Test
    void shouldIndexTheLowerSlotShouldTwoHaveTheSameVersion() {
        // the pairs of a full chunk are inserted after those that came later
        Slots slots = new Slots(512, REGION);
        for (long slot = 0; slot < 300; slot++) {
            slots.put(slot, 99, 5, slot * 8, 8);
        }
        TableScan scan = scan(slots);
        assertEquals(0, indexed(slots.table, 7));
        assertEquals(299, scan.superseded().size());
    }

    @Test
    void shouldPassOnThatTheTableCannotBeRead() {
        Slots slots = new Slots(128, REGION);
        InternalError error = new InternalError("a fault occurred in an unsafe memory access operation");
        Memory bad = Slots.before(slots.memory, (proxy, method, arguments) -> {
            if (method.getName().equals("copyOut") && (long) arguments[0] == 64 * 32) {
                throw error;
            }
            return null;
        });
        assertSame(error, assertThrows(InternalError.class,
                () -> scan(new SlotTable(bad, 0, 128), 128, (phase, done, total) -> { })));
    }

    @Test
    void shouldListAllRecordsThatShareBytes() {
        Slots slots = new Slots(64, REGION);
        slots.put(1, 1, 1, 0, 100);
        slots.put(2, 2, 1, 104, 8);
        slots.put(3, 3, 1, 96, 4);
        slots.put(4, 4, 1, 96, 0);
        slots.put(5, 5, 1, 112, 8);
        TableScan scan = scan(slots);
        assertEquals(List.of(1L, 3L), List.copyOf(scan.overlapping()));
        assertFound(scan, 5, 5);
        ExtentAllocator first = (ExtentAllocator) open.get(2);
        assertNotSame(first, extents);
        assertThrows(IllegalStateException.class, () -> first.markUsed(512, 8), "closed");
        // of these, nothing is marked: only their payloads tell which of them may stay
        assertTrue(extents.markUsed(0, 104));
        assertFalse(extents.markUsed(104, 8));
        extents.finishRebuild();
        assertEquals(104 + 8 + 8, extents.usedBytes());
    }

    /** Two threads, of which one meets its record only after the other one is done: once this way, once that way. */
    @ParameterizedTest
    @ValueSource(longs = {5, BLOCK + 5})
    void shouldListTheSameRecordsWhicheverIsScannedFirst(long last) throws InterruptedException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
        Slots slots = new Slots(BLOCK + 64, REGION);
        slots.put(5, 1, 1, 64, 16);
        slots.put(BLOCK + 5, 2, 1, 72, 16);
        CountDownLatch otherIsDone = new CountDownLatch(1);
        Memory waiting = Slots.before(slots.memory, (proxy, method, arguments) -> {
            if (method.getName().equals("getLongAcquire") && (long) arguments[0] == last * 32 + 24) {
                assertTrue(otherIsDone.await(10, TimeUnit.SECONDS));
            }
            return null;
        });
        TableScan scan = scan(new SlotTable(waiting, 0, slots.capacity), slots.capacity, (phase, done, total) -> {
            if (phase == Phase.SCAN) {
                otherIsDone.countDown();
            }
        });
        assertEquals(List.of(5L, BLOCK + 5), List.copyOf(scan.overlapping()));
        assertFound(scan, 2, 2);
    }

    @Test
    void shouldFindOnAllCoresWhatOneWalkFinds() {
        for (long seed = 20_260_710; seed < 20_260_713; seed++) {
            Random random = new Random(seed);
            Slots slots = randomTable(random);
            assertEqualsOneWalk(slots, "seed " + seed);
        }
    }

    private static Slots randomTable(Random random) {
        Slots slots = new Slots(2 * BLOCK + 256, REGION);
        Set<Long> taken = new HashSet<>();
        for (int i = 0; i < 600; i++) {
            // often beside the seams of blocks
            long slot = (random.nextBoolean() ? random.nextLong(slots.capacity)
                    : BLOCK * (1 + random.nextInt(2)) + random.nextInt(256) - 128) & -8;
            if (!taken.add(slot)) {
                continue;
            }
            long offset = random.nextLong(REGION / 8 - 100) * 8;
            long version = 1 + random.nextInt(50);
            int length = random.nextInt(700);
            if (random.nextInt(4) == 0) {
                slots.put(slot, new byte[1 + random.nextInt(90)], version, offset, length);
            } else {
                slots.put(slot, random.nextInt(300), version, offset, length);
            }
            if (random.nextInt(20) == 0) {
                slots.flip(slot, random.nextInt(4), random.nextInt(64));
            }
        }
        return slots;
    }

    private void assertEqualsOneWalk(Slots slots, String where) {
        TableScan scan = scan(slots);
        SlotTable table = slots.table;
        SlotReader reader = new SlotReader(table, Slots.SEED, REGION);
        List<Long> heads = new ArrayList<>();
        Set<Long> invalid = new HashSet<>();
        long bytes = 0;
        long padding = 0;
        long highest = 0;
        long used = 0;
        for (long slot = 0; slot < slots.capacity; slot += reader.runLength()) {
            SlotReader.State state = reader.read(slot);
            if (state == SlotReader.State.INVALID) {
                invalid.add(slot);
            } else if (state == SlotReader.State.RECORD) {
                heads.add(slot);
                used += reader.runLength();
                bytes += reader.length();
                padding += (reader.length() + 7) / 8 * 8 - reader.length();
                highest = Math.max(highest, table.version(slot));
            }
        }
        assertEquals(invalid, Set.copyOf(Slots.in(scan.invalid())), where);
        assertEquals(used, allocator.usedSlots(), where);
        assertEquals(bytes, scan.payloadBytes(), where);
        assertEquals(padding, scan.paddingBytes(), where);
        assertEquals(highest, scan.highestVersion(), where);
        assertEquals(overlapping(table, heads), Set.copyOf(scan.overlapping()), where);
        Map<String, Long> newest = new HashMap<>();
        for (long slot : heads) {
            String key = table.keyLength(slot) + Arrays.toString(table.keyBytes(slot));
            newest.merge(key, slot, (a, b) -> table.version(b) > table.version(a) ? b : a);
        }
        assertEquals(newest.size(), index.size(), where);
        newest.values().forEach(slot -> assertEquals(slot, indexed(table, slot), where));
        Set<Long> others = new HashSet<>(heads);
        others.removeAll(newest.values());
        assertEquals(others, Set.copyOf(Slots.in(scan.superseded())), where);
        assertEquals(others.size(), scan.superseded().size(), where);
        heads.removeAll(scan.overlapping());
        extents.finishRebuild();
        assertEquals(heads.stream().mapToLong(slot -> table.length(slot) + 7 & -8).sum(), extents.usedBytes(), where);
    }

    /** Each stripe gets a table of the size that it needs at once: nothing is moved, and nothing left unused. */
    @ParameterizedTest
    @ValueSource(longs = {1, 1 << 22})
    void shouldMakeRoomForEachStripeOnce(long expected) {
        Slots slots = new Slots(1024, REGION);
        try (RecordIndex built = new RecordIndex(slots.table, expected, 1 << 22, 0)) {
            // the keys of one partition, which is one stripe in the small index and eight in the large one
            Map<Long, Integer> sizes = new HashMap<>();
            long partitions = Math.min(1024, built.stripes());
            long key = 0;
            for (long slot = 0; slot < 1000; key++) {
                long hash = KeyHash.of(key, Slots.SEED);
                long stripe = built.stripe(hash) / 64;
                if (stripe / (built.stripes() / partitions) == 5 && (slot % 10 == 0 || stripe % 8 < 3 || stripe % 8 == 5)) {
                    slots.put(slot, key, 1, slot * 8, 8);
                    sizes.merge(stripe * 64, 1, Integer::sum);
                    slot++;
                }
            }
            index = built;
            allocator = add(new SlotAllocator(1024, 1024, 1));
            new TableScan(slots.table, allocator, index, () -> add(new ExtentAllocator(REGION, 0, 1)), Slots.SEED, REGION,
                    Arena.ofAuto())
                    .run(1024, (phase, done, total) -> { });
            // an index for many has room for half of them at once
            int atFirst = (int) (expected / 2 / built.stripes());
            long bytes = built.stripes() * (64 + tableBytes(atFirst));
            for (int records : sizes.values()) {
                bytes += Math.max(0, tableBytes(records) - tableBytes(atFirst));
            }
            assertEquals(bytes, built.memoryBytes());
            assertEquals(1000, built.size());
        }
    }

    /** A power of two of 8-byte entries, a quarter more than records at least, and 4 bytes beside each; blocks of 64 bytes. */
    private static long tableBytes(int records) {
        int entries = Math.max(8, 2 * Integer.highestOneBit(records + records / 4));
        return 8L * entries + Math.max(64, 4L * entries);
    }

    private static Set<Long> overlapping(SlotTable table, List<Long> heads) {
        Set<Long> found = new HashSet<>();
        for (long a : heads) {
            for (long b : heads) {
                long start = Math.max(table.offset(a), table.offset(b));
                long end = Math.min(table.offset(a) + (table.length(a) + 7 & -8),
                        table.offset(b) + (table.length(b) + 7 & -8));
                if (a != b && start < end) {
                    found.add(a);
                }
            }
        }
        return found;
    }
}
