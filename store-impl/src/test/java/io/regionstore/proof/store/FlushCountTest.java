package io.regionstore.proof.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.proof.History;
import io.regionstore.proof.Image;
import io.regionstore.proof.Trace;
import io.regionstore.proof.store.StoreRun.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** No operation writes back, waits or syncs more often than its promise needs. */
class FlushCountTest {
    private static final List<Op> OPS = List.of(
            Op.put("#1", 64), Op.put("#1", 64), Op.put("#2", 1000), Op.commit("#3", 64), Op.putIfAbsent("#1", 64),
            Op.putIfSame("#2", 0), Op.abandon(64), Op.put(CrashEnumerationTest.TWO_SLOTS, 64),
            Op.put(CrashEnumerationTest.FOUR_SLOTS, 64), Op.delete("#3"), Op.delete("#1"), Op.delete("#7"), Op.sync());

    private static List<String> counts(Setup setup) {
        List<String> counts = new ArrayList<>();
        try (Actors actors = new Actors(Map.of());
                StoreRun run = new StoreRun(setup.withSizes(4096, 1 << 20), actors)) {
            run.run(OPS);
            Trace trace = run.history().machine().trace();
            for (History.Step<?> step : run.history().steps()) {
                int[] n = new int[4];
                for (int p = step.begin(); p < step.end(); p++) {
                    if (trace.thread(p) != Thread.currentThread().threadId()) {
                        continue; // an image that is due is written beside
                    }
                    boolean region = trace.medium(p) == Image.REGION;
                    switch (trace.kind(p)) {
                        case FLUSH -> n[region ? 0 : 1]++;
                        case FENCE -> n[2]++;
                        case FILE -> n[3] += trace.isSync(p) ? 1 : 0;
                        default -> { }
                    }
                }
                counts.add(step.name() + ": " + n[0] + "+" + n[1] + " lines, " + n[2] + " fences, " + n[3] + " syncs");
            }
        }
        return counts;
    }

    /**
     * A lane's first commit with so many slots announces the first of them, once, before it is used. A delete waits twice
     * if the version that was just superseded is not durably retired yet.
     */
    @Test
    void shouldWaitOnceForEachCommitInPlace() {
        assertEquals(List.of(
                "put #1 64: 1+3 lines, 2 fences, 0 syncs",
                "put #1 64: 1+2 lines, 1 fences, 0 syncs",
                "put #2 1000: 16+3 lines, 1 fences, 0 syncs",
                "commit #3 64: 1+2 lines, 1 fences, 0 syncs",
                "put if absent #1 64: 0+0 lines, 0 fences, 0 syncs",
                "put if same #2 0: 0+2 lines, 1 fences, 0 syncs",
                "abandon 64: 0+0 lines, 0 fences, 0 syncs",
                "put two slots 64: 1+4 lines, 2 fences, 0 syncs",
                "put a name that needs four slots 64: 1+4 lines, 2 fences, 0 syncs",
                "delete #3: 0+1 lines, 1 fences, 0 syncs",
                "delete #1: 0+2 lines, 2 fences, 0 syncs",
                "delete #7: 0+0 lines, 0 fences, 0 syncs",
                "sync: 0+0 lines, 0 fences, 0 syncs"), counts(Setup.inPlace(FailureDomain.PLATFORM)));
    }

    @Test
    void shouldWaitForNothingWhereCachesAreKept() {
        for (String count : counts(Setup.inPlace(FailureDomain.KERNEL))) {
            assertTrue(count.endsWith(": 0+0 lines, 0 fences, 0 syncs"), count);
        }
    }

    @Test
    void shouldSyncOnceForEachCommitInDirectory() {
        assertEquals(List.of(
                "put #1 64: 1+0 lines, 1 fences, 1 syncs",
                "put #1 64: 1+0 lines, 1 fences, 1 syncs",
                "put #2 1000: 16+0 lines, 1 fences, 1 syncs",
                "commit #3 64: 1+0 lines, 1 fences, 1 syncs",
                "put if absent #1 64: 0+0 lines, 0 fences, 0 syncs",
                "put if same #2 0: 0+0 lines, 0 fences, 1 syncs",
                "abandon 64: 0+0 lines, 0 fences, 0 syncs",
                "put two slots 64: 1+0 lines, 1 fences, 1 syncs",
                "put a name that needs four slots 64: 1+0 lines, 1 fences, 1 syncs",
                "delete #3: 0+0 lines, 0 fences, 1 syncs",
                "delete #1: 0+0 lines, 0 fences, 1 syncs",
                "delete #7: 0+0 lines, 0 fences, 0 syncs",
                "sync: 0+0 lines, 0 fences, 0 syncs"), counts(Setup.inDirectory(FailureDomain.PLATFORM)));
    }

    @Test
    void shouldSyncRelaxedCommitsWhenAskedOnly() {
        List<String> counts = counts(Setup.inDirectory(FailureDomain.KERNEL).withRelaxedCommits());
        for (String count : counts.subList(0, counts.size() - 1)) {
            assertTrue(count.endsWith(": 0+0 lines, 0 fences, 0 syncs"), count);
        }
        assertEquals("sync: 0+0 lines, 0 fences, 1 syncs", counts.getLast());
    }
}
