package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** When a sync begins, with a clock that the test sets. */
class GroupingTest {
    private static final long SYNC = 100_000;

    private long now = 1_000_000_000;
    private final Grouping grouping = new Grouping(true, () -> now);

    /** One sync for {@code writers}, during which {@code waiting} came. */
    private void sync(int writers, int waiting, long nanos) {
        grouping.begin(writers);
        now += nanos;
        grouping.end(writers, waiting);
    }

    @Test
    void shouldNeverLetSingleWriterWait() {
        assertEquals(0, grouping.left(1), "the first of all");
        for (int i = 0; i < 10; i++) {
            sync(1, 0, SYNC);
            assertEquals(0, grouping.left(1));
        }
    }

    @Test
    void shouldWaitForWritersThatTheSyncLetGoAtMostForOneMoreSync() {
        sync(1, 3, SYNC);
        assertEquals(SYNC, grouping.left(1), "of four");
        assertEquals(SYNC, grouping.left(3));
        assertEquals(0, grouping.left(4));
        now += SYNC - 1;
        assertEquals(1, grouping.left(3));
        now += 1;
        assertTrue(grouping.left(3) <= 0);
    }

    @Test
    void shouldExpectOneLessAfterWriterStayedAway() {
        sync(1, 3, SYNC);
        sync(3, 0, SYNC); // the fourth did not come
        assertEquals(SYNC, grouping.left(2));
        assertEquals(0, grouping.left(3));
    }

    @Test
    void shouldWaitForNobodyForLongerAndLongerWhenWritersStayAway() {
        sync(1, 1, SYNC);
        int[] skipped = new int[9];
        for (int round = 0; round < skipped.length; round++) {
            grouping.begin(1); // two were expected
            now += SYNC;
            grouping.end(1, 1);
            while (grouping.left(1) <= 0) {
                skipped[round]++;
                sync(1, 1, SYNC);
            }
        }
        assertEquals("[0, 1, 3, 7, 15, 31, 63, 63, 63]", Arrays.toString(skipped));
        sync(2, 0, SYNC); // both came
        sync(1, 1, SYNC); // one did not
        assertEquals(SYNC, grouping.left(1), "forgiven");
    }

    @Test
    void shouldWaitForNobodyWhereSyncsAreShort() {
        sync(1, 3, Grouping.SHORT_NANOS - 1);
        assertEquals(0, grouping.left(1));
        assertEquals(2 * (Grouping.SHORT_NANOS - 1), grouping.untilNext());
    }

    @Test
    void shouldWaitForNobodyAndWakeByNoTimerWhereNothingIsSynced() {
        Grouping unsynced = new Grouping(false, () -> {
            throw new AssertionError("nobody asks for the time");
        });
        unsynced.begin(1);
        unsynced.end(1, 3);
        assertEquals(0, unsynced.left(1));
        assertEquals(Waiters.UNTIL_WOKEN, unsynced.untilNext());
    }

    @Test
    void shouldLetOneSlowSyncCountLittleAndFollowADiskThatHasBecomeSlower() {
        sync(1, 1, SYNC);
        sync(2, 0, 100 * SYNC);
        assertEquals(SYNC + SYNC / 8, grouping.left(1));
        for (int i = 0; i < 100; i++) {
            sync(2, 0, 4 * SYNC);
        }
        assertEquals(4 * SYNC, grouping.left(1), SYNC / 100);
    }

    @Test
    void shouldAskNotTooOftenDuringTheFirstSync() {
        grouping.begin(1);
        assertEquals(Grouping.SHORT_NANOS, grouping.untilNext());
    }
}
