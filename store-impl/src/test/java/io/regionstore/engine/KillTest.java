package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.regionstore.RegionStore;
import io.regionstore.engine.KillControl.Phase;
import io.regionstore.testing.ProofSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A loaded JVM is killed with SIGKILL, again and again, while it recovers, opens, works, writes an image or closes; the
 * next one finds every acknowledged record. {@code -Dkill.cycles=N} for more, {@code -Dkill.seed} for the same aims.
 */
class KillTest {
    /** Of all setups together. */
    private static final int CYCLES = Integer.getInteger("kill.cycles", 100);
    private static final int SETUPS = StoreSetup.values().length;
    /** JVMs that start while others are killed. */
    private static final int AHEAD = 2;
    private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(2);

    @TempDir
    Path home;

    private final long seed = Long.getLong("kill.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<Phase, Integer> hits = new EnumMap<>(Phase.class);
    /** The longest time that a phase was seen to take: moments are drawn from it. */
    private final Map<Phase, Long> longest = new EnumMap<>(Phase.class);
    private final Deque<Phase> aims = new ArrayDeque<>();
    private int started;

    private record Child(Process process, KillControl control, Path log) implements AutoCloseable {
        /** Lets it begin, when the time that a JVM needs to start has passed. */
        void go() throws IOException {
            process.getOutputStream().write(KillWorkload.GO);
            process.getOutputStream().flush();
        }

        void requireAlive(String what) {
            if (!process.isAlive()) {
                long lost = control.lost();
                ProofSummary.add(ProofSummary.Field.lostAcknowledged, lost);
                fail(what + ": the process ended by itself, " + lost + " acknowledged keys lost: " + read(log));
            }
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
            control.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepEveryAcknowledgedRecordThroughKills(StoreSetup setup) throws Exception {
        int cycles = (CYCLES + SETUPS - 1 - setup.ordinal()) / SETUPS;
        Deque<Child> children = new ArrayDeque<>();
        try {
            for (int cycle = 0; cycle < cycles; cycle++) {
                while (children.size() < Math.min(1 + AHEAD, cycles - cycle)) {
                    children.add(start(setup));
                }
                try (Child child = children.remove()) {
                    kill(child, setup, setup + ", cycle " + cycle + ", seed " + seed);
                }
                ProofSummary.add(ProofSummary.Field.killCycles, 1);
            }
        } finally {
            children.forEach(Child::close);
        }
        long acknowledged = check(setup);
        System.out.printf("kill -9: %s, %d times, hit %s, %d operations acknowledged, none lost (seed %d)%n", setup,
                cycles, hits, acknowledged, seed);
        List<Phase> wanted = phases(setup);
        if (cycles >= 3 * wanted.size()) {
            assertTrue(hits.keySet().containsAll(wanted), () -> "not every phase was hit: " + hits + ", seed " + seed);
        }
    }

    private static List<Phase> phases(StoreSetup setup) {
        List<Phase> phases = new ArrayList<>(Arrays.asList(Phase.values()));
        phases.remove(Phase.NONE);
        if (!setup.directory) {
            phases.remove(Phase.IMAGE);
        }
        return phases;
    }

    /** A small JVM. Not without the optimizing compiler, which cache-line write-back needs. */
    private Child start(StoreSetup setup) throws IOException {
        String name = "child-" + started++;
        Path log = home.resolve(name + ".log");
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:+UseSerialGC", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                KillWorkload.class.getName(), home.toString(), setup.name(), name, Long.toString(random.nextLong()));
        KillControl control = new KillControl(home.resolve(name));
        return new Child(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
                control, log);
    }

    /** Waits until the process is where it is wanted, and a part of the time that this takes; then kills. */
    private void kill(Child child, StoreSetup setup, String what) throws Exception {
        if (aims.isEmpty()) {
            List<Phase> all = phases(setup);
            Collections.shuffle(all, random);
            aims.addAll(all);
        }
        Phase aim = aims.remove();
        // the first opening of a process is its only recovery; the first image may have to wait for a longer log
        int times = aim == Phase.RECOVERING || aim == Phase.IMAGE ? 1 : 1 + random.nextInt(3);
        long part = random.nextLong(longest.getOrDefault(aim, 1_000_000L) + 1);
        child.go();
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        Map<Phase, Long> since = new EnumMap<>(Phase.class);
        while (child.control.entered(aim) < times) {
            child.requireAlive(what);
            assertTrue(System.nanoTime() < deadline, () -> what + ": never came to " + aim);
            observe(child, since);
            LockSupport.parkNanos(1);
        }
        for (long end = System.nanoTime() + part; System.nanoTime() < end; ) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        child.requireAlive(what);
        child.process.destroyForcibly().waitFor();
        assertEquals(128 + 9, child.process.exitValue(), () -> what + ": not killed by SIGKILL: " + read(child.log));
        for (Phase phase : Phase.values()) {
            if (child.control.isIn(phase)) {
                hits.merge(phase, 1, Integer::sum);
            }
        }
        if (!child.control.isIn(aim)) {
            longest.computeIfPresent(aim, (phase, nanos) -> nanos / 2); // too late
            aims.addFirst(aim);
        }
    }

    private void observe(Child child, Map<Phase, Long> since) {
        long now = System.nanoTime();
        for (Phase phase : Phase.values()) {
            if (child.control.isIn(phase)) {
                since.putIfAbsent(phase, now);
            } else if (since.containsKey(phase)) {
                longest.merge(phase, now - since.remove(phase), Math::max);
            }
        }
    }

    private long check(StoreSetup setup) throws Exception {
        try (KillControl acknowledged = new KillControl(home.resolve("acknowledged"));
                RegionStore store = KillWorkload.open(setup, home, acknowledged)) {
            try {
                KillCheck.compare(setup, store, acknowledged, acknowledged, false);
            } finally {
                ProofSummary.add(ProofSummary.Field.lostAcknowledged, acknowledged.lost());
            }
            return acknowledged.acknowledged();
        } catch (AssertionError e) {
            throw new AssertionError(setup + ", seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
