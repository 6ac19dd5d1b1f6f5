package io.regionstore.proof.store;

import io.regionstore.FailureDomain;
import io.regionstore.proof.Crash;
import io.regionstore.proof.CrashEnumerator;
import io.regionstore.proof.History;
import io.regionstore.proof.store.StoreRun.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Crashes that a commit protocol easily gets wrong, one by one. */
class ProtocolTrapsTest {
    private static final int ALL = 4_000;

    private static StoreRun run(Actors actors, FailureDomain domain, int regionBytes, List<Op> ops) {
        StoreRun run = new StoreRun(Setup.inPlace(domain).withSizes(128, regionBytes), actors);
        run.run(ops);
        return run;
    }

    private static CrashEnumerator enumerator(int imagesPerPoint, int nestedPerImage) {
        return new CrashEnumerator(7, imagesPerPoint, nestedPerImage).toDepth(1);
    }

    @Test
    void shouldNotBringBackAnOlderVersionWhenADeleteIsCutShort() {
        // #2 takes the slot beside that of version 1, so that both versions of #1 are in lines of their own
        List<Op> ops = List.of(Op.put("#1", 8), Op.put("#2", 8), Op.put("#1", 16), Op.delete("#1"));
        try (Actors actors = new Actors(Map.of()); StoreRun run = run(actors, FailureDomain.PLATFORM, 1024, ops)) {
            enumerator(ALL, 0).lines(run.history(), 3);
        }
    }

    @Test
    void shouldNotBringBackAnOlderVersionThatAnotherLaneRetired() {
        List<Op> ops = List.of(Op.put("#1", 8).by(1), Op.put("#1", 16).by(2), Op.delete("#1").by(3),
                Op.put("#2", 8).by(3));
        try (Actors actors = new Actors(Map.of()); StoreRun run = run(actors, FailureDomain.PLATFORM, 1024, ops)) {
            enumerator(ALL, 0).lines(run.history(), 1);
        }
    }

    @Test
    void shouldKeepOneGoodHeaderCopyWhenRecoveryIsCutShort() {
        List<Op> ops = List.of(Op.put("#1", 8), Op.reopen());
        for (FailureDomain domain : FailureDomain.values()) {
            try (Actors actors = new Actors(Map.of()); StoreRun run = run(actors, domain, 1024, ops)) {
                if (domain == FailureDomain.PLATFORM) {
                    enumerator(64, 256).lines(run.history(), 1);
                } else {
                    enumerator(1, 64).programOrder(run.history(), 1);
                }
            }
        }
    }

    @Test
    void shouldKeepOneGoodHeaderCopyWhenPowerFailsAfterAKillWhileTheHeaderWasWritten() {
        List<Op> ops = List.of(Op.put("#1", 8), Op.reopen());
        try (Actors actors = new Actors(Map.of()); StoreRun run = run(actors, FailureDomain.PLATFORM, 1024, ops)) {
            History.Step<?> reopen = run.history().steps().getLast();
            for (int p = reopen.begin(); p < reopen.end(); p += 8) {
                enumerator(32, 0).killThen(Crash.PLATFORM, run.history(), p);
            }
        }
    }

    @Test
    void shouldFenceTheRegionWhereTheTablesFenceIsNotForIt() {
        List<Op> ops = List.of(Op.put("#1", 100), Op.commit("#1", 50), Op.delete("#1"), Op.reopen());
        try (Actors actors = new Actors(Map.of()); StoreRun run = new StoreRun(
                Setup.inPlace(FailureDomain.PLATFORM).withSizes(128, 1024).withSeparateFences(), actors)) {
            run.run(ops);
            CrashEnumerator enumerator = enumerator(256, 0);
            enumerator.lines(run.history(), 0);
            List<? extends History.Step<?>> steps = run.history().steps();
            for (int p = steps.getFirst().begin(); p < steps.get(3).begin(); p += 3) {
                enumerator.killThen(Crash.PLATFORM, run.history(), p);
            }
        }
    }

    @Test
    void shouldNotReuseWhatAnotherThreadRetiredInTheSameLane() {
        // a thread's fence does not wait for another thread's write-backs, even if both used the same lane
        Map<Integer, Integer> sameLane = Map.of(1, 5, 2, 5);
        List<Op> ops = new ArrayList<>(List.of(Op.put("#9", 120).by(1), Op.put("#8", 120).by(1),
                Op.put("#7", 120).by(1)));
        for (int i = 0; i < 31; i++) {
            ops.add(Op.put("#1", 120).by(1));
        }
        ops.add(Op.put("#9", 120).by(1)); // the 31st that is retired, and the lowest extent
        ops.add(Op.put("#7", 120).by(2)); // the 32nd, in another stripe: the lane takes back the ones before
        ops.add(Op.put("#7", 120).by(2)); // in the lowest extent
        try (Actors actors = new Actors(sameLane);
                StoreRun run = run(actors, FailureDomain.PLATFORM, 65528, ops)) {
            enumerator(ALL, 0).lines(run.history(), 35);
        }
    }
}
