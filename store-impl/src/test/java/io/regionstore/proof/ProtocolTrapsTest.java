package io.regionstore.proof;

import io.regionstore.FailureDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Crashes that a commit protocol easily gets wrong, one by one. */
class ProtocolTrapsTest {
    private static final int ALL = 4_000;

    private static Run run(Actors actors, FailureDomain domain, int regionBytes, List<Op> ops) {
        Run run = new Run(128, regionBytes, domain, actors, UnaryOperator.identity());
        run.run(ops);
        return run;
    }

    private static Enumerator enumerator(int imagesPerPoint, int nestedPerImage) {
        return new Enumerator(7, imagesPerPoint, nestedPerImage, UnaryOperator.identity());
    }

    @Test
    void shouldNotBringBackAnOlderVersionWhenADeleteIsCutShort() {
        // #2 takes the slot beside that of version 1, so that both versions of #1 are in lines of their own
        List<Op> ops = List.of(Op.put("#1", 8), Op.put("#2", 8), Op.put("#1", 16), Op.delete("#1"));
        try (Actors actors = new Actors(Map.of()); Run run = run(actors, FailureDomain.PLATFORM, 1024, ops)) {
            enumerator(ALL, 0).lines(run, 3);
        }
    }

    @Test
    void shouldNotBringBackAnOlderVersionThatAnotherLaneRetired() {
        List<Op> ops = List.of(Op.put("#1", 8).by(1), Op.put("#1", 16).by(2), Op.delete("#1").by(3),
                Op.put("#2", 8).by(3));
        try (Actors actors = new Actors(Map.of()); Run run = run(actors, FailureDomain.PLATFORM, 1024, ops)) {
            enumerator(ALL, 0).lines(run, 1);
        }
    }

    @Test
    void shouldKeepOneGoodHeaderCopyWhenRecoveryIsCutShort() {
        List<Op> ops = List.of(Op.put("#1", 8), Op.reopen());
        for (FailureDomain domain : FailureDomain.values()) {
            try (Actors actors = new Actors(Map.of()); Run run = run(actors, domain, 1024, ops)) {
                if (domain == FailureDomain.PLATFORM) {
                    enumerator(64, 256).lines(run, 1);
                } else {
                    enumerator(1, 64).programOrder(run, 1);
                }
            }
        }
    }

    @Test
    void shouldKeepOneGoodHeaderCopyWhenPowerFailsAfterAKillWhileTheHeaderWasWritten() {
        List<Op> ops = List.of(Op.put("#1", 8), Op.reopen());
        try (Actors actors = new Actors(Map.of()); Run run = run(actors, FailureDomain.PLATFORM, 1024, ops)) {
            Run.Step reopen = run.steps.getLast();
            for (int p = reopen.begin(); p < reopen.end(); p += 8) {
                enumerator(32, 0).killThenPowerLoss(run, p);
            }
        }
    }

    @Test
    void shouldFenceTheRegionWhereTheTablesFenceIsNotForIt() {
        List<Op> ops = List.of(Op.put("#1", 100), Op.commit("#1", 50), Op.delete("#1"), Op.reopen());
        try (Actors actors = new Actors(Map.of()); Run run = new Run(128, 1024, FailureDomain.PLATFORM, actors,
                UnaryOperator.identity(), true)) {
            run.run(ops);
            Enumerator enumerator = enumerator(256, 0);
            enumerator.lines(run, 0);
            for (int p = run.steps.getFirst().begin(); p < run.steps.get(3).begin(); p += 3) {
                enumerator.killThenPowerLoss(run, p);
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
                Run run = run(actors, FailureDomain.PLATFORM, 65528, ops)) {
            enumerator(ALL, 0).lines(run, 35);
        }
    }
}
