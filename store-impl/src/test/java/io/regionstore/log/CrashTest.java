package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import io.regionstore.proof.SimulatedFiles.Survival;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Ends the power, or a call, at every step of a workload, and opens what is left. */
@Tag("exhaustive")
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

    @Test
    void shouldAcknowledgeNothingMoreAfterOneFailedWriteOrSync() {
        for (int point = 1; point <= 40; point++) {
            SimulatedFiles files = new SimulatedFiles();
            MetadataDirectory directory =
                    MetadataDirectory.create(files, Workload.INSTANCE, 64, TestTable.header(1), SMALL);
            directory.start();
            files.failAtCall(point);
            int acknowledged = 0;
            boolean failed = false;
            for (int i = 0; i < 60; i++) {
                try {
                    directory.awaitDurable(directory.append(MemorySegment.ofArray(new byte[32]), 0, i, 1, -1));
                    assertFalse(failed, "acknowledged after a failure, call " + point);
                    acknowledged++;
                } catch (RegionStoreException e) {
                    assertEquals(ErrorCode.IO_ERROR, e.code());
                    failed = true;
                }
            }
            assertTrue(failed);
            for (Executable action : List.<Executable>of(directory::sync, () -> directory.appendRetire(1),
                    () -> directory.writeImage(new TestTable(64)))) {
                assertEquals(ErrorCode.IO_ERROR, assertThrows(RegionStoreException.class, action).code());
            }
            assertTrue(directory.durableLsn() >= acknowledged);
            directory.close();
            assertEquals(0, files.openFiles());
            MetadataDirectory found = MetadataDirectory.open(files.afterCrash(Survival.NONE, new Random(0)),
                    new TestTable(64), SMALL);
            assertTrue(found.replayedUpTo() >= directory.durableLsn(), "call " + point);
        }
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
