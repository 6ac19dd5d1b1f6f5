package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.log.SimulatedFiles.Survival;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ends the power, or a call, at every step of a workload, and opens what is left. */
class CrashTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(1024, 4096);
    private static final int DRAWS = 4;

    @Test
    void shouldKeepAcknowledgedPrefixAcrossPowerLossAtEveryChange() {
        int points = 0;
        for (int point = 1; ; point++, points++) {
            SimulatedFiles files = new SimulatedFiles().crashAtChange(point);
            Workload workload = new Workload(SMALL);
            if (!crashes(workload, files)) {
                break;
            }
            judge(workload, files, Survival.NONE, point, 0);
            judge(workload, files, Survival.ALL, point, 0);
            for (int draw = 0; draw < DRAWS; draw++) {
                judge(workload, files, Survival.ANY, point, draw);
            }
        }
        assertTrue(points > 150, "crash points: " + points);
    }

    @Test
    void shouldKeepAcknowledgedPrefixAcrossKillOfProcessThatDoesNotSync() {
        Options written = SMALL.withSynced(false);
        int points = 0;
        for (int point = 1; ; point++, points++) {
            SimulatedFiles files = new SimulatedFiles().crashAtChange(point);
            Workload workload = new Workload(written);
            if (!crashes(workload, files)) {
                break;
            }
            judge(workload, files, Survival.ALL, point, 0);
        }
        assertTrue(points > 100, "crash points: " + points);
    }

    @Test
    void shouldFindTheSameAfterCrashesInRecoveryAtEveryChange() {
        for (int point = 1; ; point += 3) {
            SimulatedFiles files = new SimulatedFiles().crashAtChange(point);
            Workload workload = new Workload(SMALL);
            if (!crashes(workload, files)) {
                break;
            }
            SimulatedFiles left = files.afterCrash(Survival.ANY, new Random(point));
            if (MetadataDirectory.isEmpty(left)) {
                continue;
            }
            long found = workload.check(left, false);
            for (int step = 1; ; step++) {
                SimulatedFiles again = left.afterCrash(Survival.ALL, new Random(0)).crashAtChange(step);
                try {
                    workload.check(again, true);
                } catch (SimulatedFiles.Crash | RegionStoreException e) {
                    assertTrue(again.reached(), () -> "failed without a crash: " + e);
                }
                boolean crashed = again.reached();
                SimulatedFiles end = again.afterCrash(crashed ? Survival.ANY : Survival.NONE, new Random(step));
                assertEquals(found, workload.check(end, true), "crash " + point + ", in recovery " + step);
                if (!crashed) {
                    break;
                }
            }
        }
    }

    @Test
    void shouldAcknowledgeNothingThatIsNotDurableAndReleaseAllWhenAnyCallFails() {
        int points = 0;
        for (int point = 1; ; point++, points++) {
            SimulatedFiles files = new SimulatedFiles().failAtCall(point);
            Workload workload = new Workload(SMALL);
            try {
                workload.run(files);
            } catch (RegionStoreException e) {
                assertEquals(ErrorCode.IO_ERROR, e.code(), "call " + point);
            }
            assertEquals(0, files.openFiles(), "files left open after call " + point);
            if (!files.reached()) {
                break;
            }
            SimulatedFiles left = files.afterCrash(Survival.NONE, new Random(point));
            try {
                workload.check(left, true);
                workload.check(files.afterCrash(Survival.ANY, new Random(point)), true);
            } catch (RegionStoreException | AssertionError e) {
                throw new AssertionError("after a failure of call " + point, e);
            }
        }
        assertTrue(points > 200, "calls: " + points);
    }

    private static boolean crashes(Workload workload, SimulatedFiles files) {
        try {
            workload.run(files);
        } catch (SimulatedFiles.Crash | RegionStoreException e) {
            assertTrue(files.reached(), () -> "failed without a crash: " + e);
        }
        return files.reached();
    }

    private static void judge(Workload workload, SimulatedFiles files, Survival survival, int point, int draw) {
        SimulatedFiles left = files.afterCrash(survival, new Random(31L * point + draw));
        String where = "crash at change " + point + ", kept " + survival + ", seed " + (31L * point + draw);
        try {
            long found = workload.check(left, true);
            assertEquals(found, workload.check(left, true), "opened twice");
            assertFalse(left.openFiles() > 0, "files left open");
        } catch (RegionStoreException | AssertionError e) {
            throw new AssertionError(where, e);
        }
    }
}
