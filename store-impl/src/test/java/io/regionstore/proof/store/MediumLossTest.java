package io.regionstore.proof.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.engine.SimulatedMedia;
import io.regionstore.proof.Crash;
import io.regionstore.proof.FileState;
import io.regionstore.proof.History;
import io.regionstore.proof.Image;
import io.regionstore.proof.Machine;
import io.regionstore.proof.Trace;
import io.regionstore.proof.store.StoreRun.Setup;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One of the two media is lost as a whole, at every moment of a workload, and the other one is kept. */
class MediumLossTest {
    private static final List<Op> OPS = List.of(Op.put("#1", 90), Op.put("#2", 20),
            Op.put(CrashEnumerationTest.FOUR_SLOTS, 70), Op.put("#1", 100), Op.delete("#2"), Op.reopen(),
            Op.commit("#3", 100), Op.delete("#1"));

    static List<Setup> setups() {
        return List.of(Setup.inPlace(FailureDomain.KERNEL), Setup.inDirectory(FailureDomain.KERNEL));
    }

    private interface Judge {
        void judge(Machine machine, int position, History<Map<String, Stored>> history);
    }

    private static void atEveryPosition(Setup setup, boolean regionLost, Judge judge) {
        try (Actors actors = new Actors(Map.of()); StoreRun run = new StoreRun(setup, actors)) {
            run.run(OPS);
            History<Map<String, Stored>> history = run.history();
            Trace trace = history.machine().trace();
            for (int p = history.steps().getFirst().begin(); p <= trace.size(); p++) {
                Image left = trace.visible(p);
                FileState files = left.files() == null ? null
                        : regionLost ? left.files().afterCrash(unit -> FileState.SECTOR) : new FileState();
                Image image = new Image(regionLost ? new long[left.region().length] : left.region(),
                        regionLost ? left.metadata() : new long[left.metadata().length], files);
                judge.judge(history.machine().after(Crash.KERNEL, image), p, history);
                ProofSummary.add(Field.crashImages, 1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void shouldSayThatTheContentsAreLostWhenTheRegionIs(Setup setup) {
        atEveryPosition(setup, true, (machine, position, history) -> {
            // what has a payload in every state that is allowed must be missed; an operation in flight need not
            boolean mustMiss = history.allowed(position).stream().allMatch(
                    state -> state.values().stream().anyMatch(stored -> !stored.payload().isEmpty()));
            long files = machine.hasFiles() ? machine.trace().initial().files().fingerprint() : 0;
            try (RegionStore store = SimulatedMedia.open(machine, FailureDomain.KERNEL, Mode.OPEN)) {
                assertTrue(!mustMiss, "position " + position + " of " + history + ": nothing is missed");
                assertEquals(0, store.size());
            } catch (RegionStoreException e) {
                assertTrue(Set.of(ErrorCode.CONTENTS_LOST, ErrorCode.CONTENTS_DAMAGED).contains(e.code()), e.toString());
                assertTrue(e.report().isPresent(), e.toString());
                Image untouched = machine.trace().visible(machine.trace().size());
                assertEquals(machine.trace().initial().fingerprint(), untouched.fingerprint(), "nothing was written");
                assertEquals(files, machine.hasFiles() ? untouched.files().fingerprint() : 0);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("setups")
    void shouldFindNoStoreWhenTheMetadataIsLost(Setup setup) {
        atEveryPosition(setup, false, (machine, position, history) -> {
            RegionStoreException e = assertThrows(RegionStoreException.class,
                    () -> SimulatedMedia.open(machine, FailureDomain.KERNEL, Mode.OPEN));
            assertEquals(ErrorCode.NOT_FOUND, e.code(), e.toString());
            assertEquals(machine.trace().initial().fingerprint(),
                    machine.trace().visible(machine.trace().size()).fingerprint(), "nothing was written");
        });
    }
}
