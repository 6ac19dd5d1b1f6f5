package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A loaded JVM is killed with SIGKILL, again and again; every acknowledged record is compared. */
class KillTest {
    /** Of each setup; {@code -Dkill.cycles=N} for more. */
    private static final int CYCLES = Integer.getInteger("kill.cycles", 5);
    private static final long REGION = 48 << 20;
    private static final long SLOTS = 32_768;

    @TempDir
    Path home;

    private final long seed = Long.getLong("kill.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource
    void shouldKeepEveryAcknowledgedRecordThroughKill(StoreSetup setup) throws Exception {
        long acknowledged = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            runAndKill(setup);
            acknowledged = check(setup, "setup " + setup + " cycle " + cycle + " seed " + seed);
        }
        System.out.printf("kill -9: %s, %d cycles, %d operations acknowledged, none lost%n", setup, CYCLES,
                acknowledged);
    }

    private void runAndKill(StoreSetup setup) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                KillWorkload.class.getName(), home.toString(), setup.name(), Long.toString(REGION),
                Long.toString(SLOTS)));
        Process child = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(home.resolve("child.log").toFile()).start();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment acknowledgements = KillWorkload.acknowledgements(home, arena);
            long before = sum(acknowledgements);
            while (sum(acknowledgements) == before) {
                assertFalse(child.waitFor(5, TimeUnit.MILLISECONDS),
                        () -> "the child ended by itself: " + read(home.resolve("child.log")));
            }
            assertFalse(child.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS),
                    () -> "the child ended by itself: " + read(home.resolve("child.log")));
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertEquals(128 + 9, child.exitValue(), "killed by SIGKILL");
    }

    private static String read(Path file) {
        try {
            return java.nio.file.Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    private static long sum(MemorySegment acknowledgements) {
        long sum = 0;
        for (int writer = 0; writer < KillWorkload.WRITERS; writer++) {
            sum += KillWorkload.acknowledged(acknowledgements, writer);
        }
        return sum;
    }

    private long check(StoreSetup setup, String context) throws Exception {
        try (Arena arena = Arena.ofConfined(); RegionStore store = setup.builder(home, REGION, SLOTS).open();
                RecordView view = store.newView()) {
            assertEquals(Verdict.RECOVERED, store.recovery().verdict(), context);
            MemorySegment acknowledgements = KillWorkload.acknowledgements(home, arena);
            long present = 0;
            for (int writer = 0; writer < KillWorkload.WRITERS; writer++) {
                long last = KillWorkload.acknowledged(acknowledgements, writer);
                long ahead = setup.relaxed.isZero() ? 1 : Long.MAX_VALUE;
                long[] found = checkWriter(store, view, writer, last, ahead, context + " writer " + writer);
                present += found[0];
                // relaxed commits may have got further than was acknowledged: the writer goes on from there
                KillWorkload.acknowledge(acknowledgements, writer, found[1]);
            }
            long[] counted = new long[2];
            store.forEach(record -> {
                counted[0]++;
                counted[1] += record.length();
            });
            assertEquals(counted[0], store.size(), context);
            assertEquals(present, counted[0], context + ": records nobody wrote");
            assertEquals(counted[1], store.space().payloadBytes(), context);
            store.largestFreeExtent(8); // takes back what lanes hold
            assertEquals(0, store.space().heldBytes(), context + ": leaked");
            return sum(acknowledgements);
        }
    }

    /**
     * Replays a writer's operations; the state found must be that after {@code last}, or up to {@code ahead} later.
     * Returns the number of records and the operation that the state was found to be after.
     */
    private static long[] checkWriter(RegionStore store, RecordView view, int writer, long last, long ahead,
                                    String context) {
        byte[][] expected = new byte[KillWorkload.KEYS][];
        for (long sequence = 1; sequence <= last; sequence++) {
            KillWorkload.Operation operation = KillWorkload.Operation.of(writer, sequence);
            expected[operation.key()] = operation.payload();
        }
        byte[][] found = new byte[KillWorkload.KEYS][];
        long present = 0;
        for (int key = 0; key < KillWorkload.KEYS; key++) {
            boolean there = key % 2 == 0 ? store.get((long) writer << 32 | key, view)
                    : store.get(KillWorkload.name(writer, key), view);
            if (there) {
                view.verify();
                found[key] = view.segment().toArray(ValueLayout.JAVA_BYTE);
                present++;
            }
        }
        Set<Integer> differing = new HashSet<>();
        for (int key = 0; key < KillWorkload.KEYS; key++) {
            if (!Arrays.equals(expected[key], found[key])) {
                differing.add(key);
            }
        }
        long limit = ahead == Long.MAX_VALUE ? last + 100_000 : last + ahead;
        long sequence = last;
        while (!differing.isEmpty() && sequence < limit) {
            sequence++;
            KillWorkload.Operation operation = KillWorkload.Operation.of(writer, sequence);
            expected[operation.key()] = operation.payload();
            if (Arrays.equals(expected[operation.key()], found[operation.key()])) {
                differing.remove(operation.key());
            } else {
                differing.add(operation.key());
            }
        }
        assertTrue(differing.isEmpty(), () -> context + ": acknowledged up to " + last
                + ", and these keys have neither that state nor a later one: " + differing);
        return new long[] {present, sequence};
    }
}
