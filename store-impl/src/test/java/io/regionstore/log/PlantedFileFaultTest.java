package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RegionStoreException;
import io.regionstore.log.FileFault.SeenBy;
import io.regionstore.proof.SimulatedFiles;
import io.regionstore.proof.SimulatedFiles.Survival;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The crash tests of the metadata directory see it when one of its rules is broken. */
@Tag("exhaustive")
class PlantedFileFaultTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(1024, 4096);
    private static final int DRAWS = 6;
    private static final int LONG_BATCH_DRAWS = 200;

    @ParameterizedTest
    @EnumSource
    void shouldFindNothingWhereNothingIsPlanted(SeenBy way) {
        assertTrue(prove(way, null) > 2, "points of a crash or a failure");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void shouldCatch(FileFault fault) {
        ProofSummary.add(Field.plantedFaults, 1);
        AssertionError caught = assertThrows(AssertionError.class, () -> prove(fault.seenBy, fault), fault::name);
        Throwable finding = caught;
        while (finding instanceof AssertionError && finding.getCause() != null) {
            finding = finding.getCause();
        }
        String found = finding.toString();
        assertTrue(finding instanceof AssertionError || finding instanceof RegionStoreException,
                () -> fault + " not by the checks: " + found);
        assertTrue(finding.getMessage().startsWith(fault.finding), () -> fault + " not by the check that should: " + found);
        ProofSummary.add(Field.plantedFaultsCaught, 1);
    }

    /** @return how many points there were */
    private static int prove(SeenBy way, FileFault fault) {
        return switch (way) {
            case POWER_LOSS -> powerLoss(fault);
            case LONG_BATCH -> longBatch(fault);
            case CREATE_TWICE -> createTwice(fault);
            case KILL_THEN_POWER_LOSS -> killThenPowerLoss(fault);
            case FAILING_CALL -> failingCall(fault);
        };
    }

    /** Power loss at every change of a store's life. */
    private static int powerLoss(FileFault fault) {
        for (int point = 1; ; point++) {
            SimulatedFiles files = new SimulatedFiles().crashAtChange(point);
            Workload workload = new Workload(SMALL);
            if (runs(workload, new FaultyLogFiles(files, fault), files::reached)) {
                return point;
            }
            judge(workload, files, Survival.NONE, point);
            judge(workload, files, Survival.ALL, point);
            for (int draw = 0; draw < DRAWS; draw++) {
                judge(workload, files, Survival.ANY, 31L * point + draw);
            }
        }
    }

    /** Power loss at every change of one batch so long that its log must be made longer for it. */
    private static int longBatch(FileFault fault) {
        Options longer = SMALL.withSizes(4096, 4096);
        for (int point = 1; ; point++) {
            SimulatedFiles files = new SimulatedFiles();
            try (MetadataDirectory directory = MetadataDirectory.create(new FaultyLogFiles(files, fault),
                    Workload.INSTANCE, 64, TestTable.header(1), longer)) {
                directory.start();
                files.crashAtChange(point);
                for (int slot = 0; slot < 46; slot++) {
                    directory.append(MemorySegment.ofArray(new byte[32]), 0, slot, 1, -1);
                }
                directory.sync();
                return point;
            } catch (RegionStoreException | SimulatedFiles.Crash e) {
                assertTrue(files.reached(), () -> "refused while it ran: " + e);
            }
            for (int seed = 0; seed < LONG_BATCH_DRAWS; seed++) {
                SimulatedFiles left = files.afterCrash(Survival.MOST, new Random(seed));
                try {
                    MetadataDirectory.open(left, new TestTable(64), longer).close();
                } catch (RegionStoreException e) {
                    throw new AssertionError("crash at change " + point + ", seed " + seed, e);
                }
            }
        }
    }

    /** Power loss at every change of a create, and at every change of the create after it. */
    private static int createTwice(FileFault fault) {
        int points = 0;
        for (int first = 1; ; first++) {
            SimulatedFiles files = new SimulatedFiles().crashAtChange(first);
            if (!crashesInCreate(files, fault)) {
                return points;
            }
            for (int second = 1; ; second++, points++) {
                SimulatedFiles again = files.afterCrash(Survival.ALL, new Random(0)).crashAtChange(second);
                if (!MetadataDirectory.isEmpty(again) || !crashesInCreate(again, fault)) {
                    break;
                }
                for (int draw = 0; draw < DRAWS; draw++) {
                    judge(new Workload(SMALL), again, Survival.ANY, 1000L * first + 31L * second + draw);
                }
            }
        }
    }

    private static boolean crashesInCreate(SimulatedFiles files, FileFault fault) {
        try {
            MetadataDirectory.create(new FaultyLogFiles(files, fault), Workload.INSTANCE, Workload.SLOTS,
                    TestTable.header(1), SMALL).close();
            return false;
        } catch (SimulatedFiles.Crash e) {
            return true;
        }
    }

    /**
     * The process is killed where the names that it changed may not be durable, or has not synced at all; the store is
     * opened, and the power fails at every change of that and right after it.
     */
    private static int killThenPowerLoss(FileFault fault) {
        int points = 0;
        for (int sync = 1; ; sync++) {
            for (int step = 1; ; step++, points++) {
                SimulatedFiles files = new SimulatedFiles();
                Workload workload = new Workload(SMALL);
                FaultyLogFiles process = new FaultyLogFiles(files, null).killAtDirectorySync(sync);
                if (runs(workload, process, process::killed)) {
                    powerLossAfterProcessThatDoesNotSync(fault);
                    return points;
                }
                if (MetadataDirectory.isEmpty(files) || !powerLossInOpening(workload, files, fault, step)) {
                    break;
                }
            }
        }
    }

    private static boolean powerLossInOpening(Workload workload, SimulatedFiles files, FileFault fault, int step) {
        long found = workload.check(files, false);
        files.crashAtChange(step);
        boolean crashed = !starts(new FaultyLogFiles(files, fault));
        for (int draw = 0; draw < DRAWS; draw++) {
            SimulatedFiles left = files.afterCrash(Survival.ANY, new Random(draw));
            assertEquals(found, checked(workload, left, "power lost at change " + step + " of opening, draw " + draw));
        }
        return crashed;
    }

    private static void powerLossAfterProcessThatDoesNotSync(FileFault fault) {
        SimulatedFiles files = new SimulatedFiles();
        Workload workload = new Workload(SMALL.withSynced(false));
        workload.run(files);
        assertTrue(starts(new FaultyLogFiles(files, fault)));
        checked(workload, files.afterCrash(Survival.NONE, new Random(0)), "power lost after it was opened again");
    }

    private static boolean starts(LogFiles files) {
        try (MetadataDirectory directory = MetadataDirectory.open(files, new TestTable(Workload.SLOTS), SMALL)) {
            directory.start();
            return true;
        } catch (SimulatedFiles.Crash e) {
            return false;
        }
    }

    /** Every call fails, one at a time, and then the power is lost. */
    private static int failingCall(FileFault fault) {
        for (int point = 1; ; point++) {
            SimulatedFiles files = new SimulatedFiles().failAtCall(point);
            Workload workload = new Workload(SMALL);
            if (runs(workload, new FaultyLogFiles(files, fault), files::reached)) {
                return point;
            }
            judge(workload, files, Survival.NONE, point);
        }
    }

    /** @return whether the workload went through; it may fail only by what was to happen */
    private static boolean runs(Workload workload, LogFiles files, BooleanSupplier reached) {
        try {
            workload.run(files);
        } catch (SimulatedFiles.Crash | RegionStoreException e) {
            if (!reached.getAsBoolean()) {
                throw new AssertionError("failed without a crash", e);
            }
        }
        return !reached.getAsBoolean();
    }

    private static void judge(Workload workload, SimulatedFiles files, Survival survival, long seed) {
        SimulatedFiles left = files.afterCrash(survival, new Random(seed));
        checked(workload, left, "crash or failure, kept " + survival + ", seed " + seed);
    }

    private static long checked(Workload workload, SimulatedFiles left, String where) {
        try {
            return workload.check(left, true);
        } catch (RegionStoreException | AssertionError e) {
            throw new AssertionError(where, e);
        }
    }
}
