package io.regionstore.lab.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.lab.guest.Workload.Kind;
import java.util.function.LongPredicate;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final long COUNT = 400;
    private static final int AHEAD = 1;
    private static final Workload WORKLOAD = new Workload(1, 42, 2, 50, 8);

    private final MapStore records = new MapStore();
    private long live;

    @BeforeEach
    void writeAcknowledgedOperations() {
        for (int writer = 0; writer < WORKLOAD.writers(); writer++) {
            for (long number = 1; number <= COUNT; number++) {
                records.apply(WORKLOAD, writer, WORKLOAD.operation(writer, number));
            }
        }
        live = records.store().size();
    }

    @Test
    void shouldCountAllRecordsOfAFaithfulStoreAsRecovered() {
        assertTrue(live > 50);
        expect("acknowledged", live, "recovered", live, "torn", 0, "lost", 0, "strays", 0, "disordered", 0, "inFlight", 0);
    }

    @Test
    void shouldAcceptOperationsThatWereUnderWay() {
        LongStream.rangeClosed(COUNT + 1, COUNT + 5)
                .forEach(number -> records.apply(WORKLOAD, AHEAD, WORKLOAD.operation(AHEAD, number)));
        expect("acknowledged", live, "recovered", live, "torn", 0, "lost", 0, "strays", 0, "disordered", 0, "inFlight", 5);
    }

    @Test
    void shouldSeeALaterWriteThereWithoutAnEarlierOne() {
        records.apply(WORKLOAD, AHEAD, WORKLOAD.operation(AHEAD, COUNT + 7));
        expect("torn", 0, "lost", 0, "strays", 0, "disordered", 1);
    }

    @Test
    void shouldNotAcceptOperationsThatCannotHaveBeenStarted() {
        long number = numberAfter(COUNT + 1 + WORKLOAD.window(), n -> kind(n) != Kind.DELETE
                && hasRecord(keyOf(n)));
        records.apply(WORKLOAD, AHEAD, WORKLOAD.operation(AHEAD, number));
        expect("torn", 1, "lost", 0);
    }

    @Test
    void shouldCallAFlippedBitTorn() {
        byte[] payload = records.payload(WORKLOAD, AHEAD, keyWithBytes());
        payload[payload.length / 2] ^= 1;
        expect("recovered", live - 1, "torn", 1, "lost", 0);
    }

    @Test
    void shouldCallAMissingRecordLost() {
        records.remove(WORKLOAD, AHEAD, keyWithBytes());
        expect("recovered", live - 1, "torn", 0, "lost", 1);
    }

    @Test
    void shouldCallAnEarlierPayloadLost() {
        int key = keyWithBytes();
        long earlier = numberAfter(0, n -> keyOf(n) == key && kind(n) != Kind.DELETE);
        assertTrue(WORKLOAD.operation(AHEAD, earlier).length() != records.payload(WORKLOAD, AHEAD, key).length);
        records.apply(WORKLOAD, AHEAD, WORKLOAD.operation(AHEAD, earlier));
        expect("recovered", live - 1, "torn", 0, "lost", 1);
    }

    @Test
    void shouldCallADeletedRecordThatIsBackAStray() {
        long put = numberAfter(0, n -> kind(n) != Kind.DELETE && !hasRecord(keyOf(n)) && !isUnderWay(keyOf(n)));
        records.apply(WORKLOAD, AHEAD, WORKLOAD.operation(AHEAD, put));
        expect("acknowledged", live, "recovered", live, "strays", 1);
    }

    @Test
    void shouldCallARecordThatNobodyWroteAStray() {
        records.putUnknown();
        expect("acknowledged", live, "recovered", live, "strays", 1);
    }

    private void expect(Object... namesAndNumbers) {
        Comparison comparison = new Comparison(records.store());
        comparison.add(WORKLOAD, new long[] {COUNT, COUNT});
        comparison.countStrays();
        for (int i = 0; i < namesAndNumbers.length; i += 2) {
            String expected = namesAndNumbers[i] + "=" + namesAndNumbers[i + 1];
            assertTrue(Pattern.compile("\\b" + expected + "\\b").matcher(comparison.toString()).find(),
                    "expected " + expected + " in " + comparison);
        }
        assertEquals(namesAndNumbers.length % 2, 0);
    }

    /** A key whose record holds bytes and is not touched by what was under way. */
    private int keyWithBytes() {
        return keyOf(numberAfter(0, n -> hasRecord(keyOf(n)) && !isUnderWay(keyOf(n))
                && records.payload(WORKLOAD, AHEAD, keyOf(n)).length > 8));
    }

    private boolean hasRecord(int key) {
        return records.payload(WORKLOAD, AHEAD, key) != null;
    }

    private static boolean isUnderWay(int key) {
        return LongStream.rangeClosed(COUNT + 1, COUNT + 1 + WORKLOAD.window()).anyMatch(n -> keyOf(n) == key);
    }

    private static long numberAfter(long number, LongPredicate wanted) {
        return LongStream.iterate(number + 1, n -> n + 1).limit(10_000).filter(wanted).findFirst().orElseThrow();
    }

    private static int keyOf(long number) {
        return WORKLOAD.operation(AHEAD, number).key();
    }

    private static Kind kind(long number) {
        return WORKLOAD.operation(AHEAD, number).kind();
    }
}
