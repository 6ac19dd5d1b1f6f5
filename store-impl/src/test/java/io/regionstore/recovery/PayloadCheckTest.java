package io.regionstore.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RecoveryListener.Phase;
import io.regionstore.memory.Memory;
import io.regionstore.recovery.Decision.Contents;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PayloadCheckTest {
    private static final int SLOTS = 512;
    private static final long REGION = 1 << 16;
    private static final LongPredicate NONE = slot -> false;

    private final Slots slots = new Slots(SLOTS, REGION);
    private final SlotSet damaged = new SlotSet(SLOTS);
    private final SlotSet unreadable = new SlotSet(SLOTS);
    private final SlotSet deferred = new SlotSet(SLOTS);

    @AfterEach
    void close() {
        damaged.close();
        unreadable.close();
        deferred.close();
    }

    /** Records of 64 bytes in slots from 0 on. */
    private void records(int count) {
        for (int slot = 0; slot < count; slot++) {
            slots.put(slot, slot, 1, slot * 64L, 60);
        }
    }

    private PayloadCheck check(Memory region, SlotSet whatIsLeft, long limit, LongPredicate skip,
                               LongPredicate excusable, LongPredicate always) {
        PayloadCheck check = new PayloadCheck(slots.table, region, Slots.SEED, REGION, damaged, unreadable, whatIsLeft);
        check.run(limit, skip, excusable, always, (phase, done, total) -> { });
        return check;
    }

    private PayloadCheck full() {
        return check(slots.region, null, SLOTS, NONE, NONE, NONE);
    }

    private static void assertCounts(PayloadCheck check, long checked, long bad, long deferred, Contents contents) {
        assertEquals(checked, check.checked());
        assertEquals(bad, check.damagedCount());
        assertEquals(deferred, check.deferredCount());
        assertEquals(contents, check.contents());
    }

    @Test
    void shouldFindAllIntactWhereNothingChangedOrNothingIs() {
        assertCounts(full(), 0, 0, 0, Contents.INTACT);
        records(300);
        slots.put(300, 300, 1, 0, 0, 12345);
        slots.put(301, 301, 1, 0, 60, 12345);
        slots.flip(301, 1, 30);
        PayloadCheck check = full();
        assertCounts(check, 300, 0, 0, Contents.INTACT);
        assertFalse(check.foundMismatch());
        assertTrue(Slots.in(damaged).isEmpty() && unreadable.isEmpty());
    }

    @Test
    void shouldNameWhatIsDamaged() {
        records(300);
        slots.spoil(0);
        slots.spoil(299 * 64 + 59);
        slots.spoil(100 * 64 + 60); // padding
        PayloadCheck check = full();
        assertCounts(check, 300, 2, 0, Contents.DAMAGED);
        assertTrue(check.foundMismatch());
        assertEquals(List.of(0L, 299L), Slots.in(damaged));
    }

    @Test
    void shouldFindContentsLostWhenNothingIsRight() {
        records(3);
        for (int slot = 0; slot < 3; slot++) {
            slots.spoil(slot * 64L);
        }
        assertCounts(full(), 3, 3, 0, Contents.LOST);
    }

    @Test
    void shouldLeaveOutWhatItIsToldToSkipAndWhatIsPastItsLimit() {
        records(300);
        slots.spoil(5 * 64);
        slots.spoil(200 * 64);
        PayloadCheck check = check(slots.region, null, 200, slot -> slot == 5, NONE, NONE);
        assertCounts(check, 199, 0, 0, Contents.INTACT);
        assertTrue(Slots.in(damaged).isEmpty());
    }

    @Test
    void shouldNotCountTornPayloadsThatACrashExplains() {
        records(10);
        slots.spoil(4 * 64);
        PayloadCheck check = check(slots.region, null, SLOTS, NONE, slot -> slot == 4 || slot == 5, NONE);
        assertCounts(check, 9, 0, 0, Contents.INTACT);
        assertTrue(check.foundMismatch());
        assertEquals(List.of(4L), Slots.in(damaged));
    }

    @Test
    void shouldCheckOneIn64OfASample() {
        records(200);
        for (int slot = 0; slot < 200; slot++) {
            if (slot % 64 != 0) {
                slots.spoil(slot * 64);
            }
        }
        assertCounts(check(slots.region, deferred, SLOTS, NONE, NONE, NONE), 4, 0, 196, Contents.INTACT);
        assertEquals(196, Slots.in(deferred).size());
        assertFalse(Slots.in(deferred).stream().anyMatch(slot -> slot % 64 == 0));
        slots.spoil(64 * 64);
        assertCounts(check(slots.region, deferred, SLOTS, NONE, NONE, NONE), 4, 1, 196, Contents.DAMAGED);
        assertEquals(List.of(64L), Slots.in(damaged));
    }

    @Test
    void shouldCheckWhatACrashMayHaveTornWhateverTheSample() {
        records(200);
        slots.spoil(70 * 64);
        slots.spoil(80 * 64);
        slots.spoil(90 * 64);
        PayloadCheck check = check(slots.region, deferred, SLOTS, NONE, slot -> slot == 70, slot -> slot == 80);
        // the torn one is no unit of the sample: the next after it comes one slot later
        assertCounts(check, 5, 1, 194, Contents.DAMAGED);
        assertEquals(List.of(70L, 80L), Slots.in(damaged));
        assertFalse(deferred.contains(70) || deferred.contains(80) || deferred.contains(129));
        assertTrue(deferred.contains(90) && deferred.contains(128));
    }

    private Memory failing(int slot, boolean onlyWhenLoaded) {
        return Slots.before(slots.region, (proxy, method, arguments) -> {
            if (method.getName().equals("copyOut") && (long) arguments[0] == slot * 64L && onlyWhenLoaded) {
                throw new InternalError("a fault occurred in an unsafe memory access operation");
            }
            return null;
        });
    }

    @Test
    void shouldNameWhatCannotBeReadAndCheckTheOthers() {
        records(300);
        slots.spoil(7 * 64);
        PayloadCheck check = check(failing(100, true), null, SLOTS, NONE, NONE, NONE);
        assertCounts(check, 300, 2, 0, Contents.DAMAGED);
        assertEquals(List.of(100L), Slots.in(unreadable));
        assertEquals(List.of(7L, 100L), Slots.in(damaged));
    }

    /** A load that fails may say so a little later: until then the bytes are anything. */
    @Test
    void shouldTakeBackWhatItFoundBeforeItHeardOfAnError() {
        records(300);
        AtomicInteger failures = new AtomicInteger();
        Memory late = Slots.before(slots.region, (proxy, method, arguments) -> {
            if (method.getName().equals("copyOut") && failures.get() == 0) {
                if ((long) arguments[0] == 50 * 64) {
                    slots.spoil(50 * 64);
                } else if ((long) arguments[0] == 51 * 64) {
                    failures.incrementAndGet();
                    slots.put(50, 50, 1, 50 * 64, 60);
                    throw new InternalError("a fault occurred in a recent unsafe memory access operation");
                }
            }
            return null;
        });
        assertCounts(check(late, null, SLOTS, NONE, NONE, NONE), 300, 0, 0, Contents.INTACT);
        assertEquals(List.of(), Slots.in(damaged));
    }

    @Test
    void shouldTellTheProgressAndAddUpAllBlocks() {
        long limit = 2 * ParallelScan.BLOCK + 64;
        Slots large = new Slots(limit, REGION);
        for (int i = 0; i < 30; i++) {
            large.put(i * (limit / 30), i, 1, i * 64, 60);
        }
        large.spoil(29 * 64);
        List<Long> told = new ArrayList<>();
        try (SlotSet bad = new SlotSet(limit); SlotSet later = new SlotSet(limit)) {
            PayloadCheck check = new PayloadCheck(large.table, large.region, Slots.SEED, REGION, bad, unreadable, null);
            check.run(limit, NONE, NONE, NONE, (phase, done, total) -> {
                assertEquals(Phase.VERIFY, phase);
                assertEquals(limit, total);
                told.add(done);
            });
            assertCounts(check, 30, 1, 0, Contents.DAMAGED);
            PayloadCheck sample = new PayloadCheck(large.table, large.region, Slots.SEED, REGION, bad, unreadable, later);
            sample.run(limit, NONE, slot -> slot == 29 * (limit / 30), NONE, (phase, done, total) -> { });
            // the first of each block, where that is not the torn one
            assertCounts(sample, 2, 0, 27, Contents.INTACT);
            assertTrue(sample.foundMismatch());
        }
        assertEquals(3, told.size());
        assertEquals(limit, told.getLast());
    }
}
