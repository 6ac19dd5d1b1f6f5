package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.engine.KillControl.Phase;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The process that is killed. It opens the store, compares it with what was acknowledged, loads it from several threads,
 * closes it under that load, and begins again, until it is killed or its harness is gone.
 *
 * <p>Each writer's operations follow from its number and a sequence number alone, so one acknowledged number for each
 * writer says exactly what must be found.
 */
final class KillWorkload {
    static final int WRITERS = 4;
    static final int KEYS = 200;
    static final long REGION = 8 << 20;
    static final long SLOTS = 8192;

    /** What the process waits for on its standard input, ready to work. */
    static final int GO = 'g';

    /** With relaxed commits a writer syncs after this many operations, and acknowledges then. */
    private static final int SYNC_EVERY = 50;
    private static final int LONGEST_LOAD_MILLIS = 30;

    private KillWorkload() {
    }

    /** One operation: on which key, and the new payload, null for a delete. */
    record Operation(int key, byte[] payload) {
        static Operation of(int writer, long sequence) {
            SplittableRandom random = random(writer, sequence);
            int key = random.nextInt(KEYS);
            if (random.nextInt(5) == 0) {
                return new Operation(key, null);
            }
            byte[] payload = new byte[random.nextInt(50) == 0 ? random.nextInt(60_000) : random.nextInt(300)];
            random.nextBytes(payload);
            return new Operation(key, payload);
        }

        /** The key alone. */
        static int key(int writer, long sequence) {
            return random(writer, sequence).nextInt(KEYS);
        }

        private static SplittableRandom random(int writer, long sequence) {
            return new SplittableRandom(sequence * 31 + writer);
        }

        void apply(RegionStore store, int writer) {
            if (key % 2 == 0) {
                long name = (long) writer << 32 | key;
                if (payload == null) {
                    store.delete(name);
                } else {
                    store.put(name, MemorySegment.ofArray(payload));
                }
            } else {
                MemorySegment name = name(writer, key);
                if (payload == null) {
                    store.delete(name);
                } else {
                    store.put(name, MemorySegment.ofArray(payload));
                }
            }
        }
    }

    static MemorySegment name(int writer, int key) {
        return StoreSetup.bytes("writer " + writer + " key " + key + " " + "k".repeat(key % 97));
    }

    static RegionStore open(StoreSetup setup, Path home, KillControl control) {
        return StoreOpener.open(setup.config(home, REGION, SLOTS), Mode.OPEN_OR_CREATE,
                new SmallLogs(control::writesImage));
    }

    /** Arguments: home, setup, name of the control file, seed. */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        StoreSetup setup = StoreSetup.valueOf(args[1]);
        SplittableRandom random = new SplittableRandom(Long.parseLong(args[3]));
        ProcessHandle harness = ProcessHandle.current().parent().orElseThrow();
        try (KillControl control = new KillControl(home.resolve(args[2]));
                KillControl acknowledged = new KillControl(home.resolve("acknowledged"))) {
            warmUp(setup, home.resolve(args[2] + "-warm"));
            if (System.in.read() != GO) {
                return; // the harness is gone
            }
            for (long life = 0; harness.isAlive(); life++) {
                live(setup, home, control, acknowledged, life, random.nextInt(LONGEST_LOAD_MILLIS));
            }
        }
    }

    /** On a store of its own, so that the one that counts does not wait for classes to be loaded. */
    private static void warmUp(StoreSetup setup, Path home) throws Exception {
        Files.createDirectory(home);
        try (KillControl control = new KillControl(home.resolve("control"))) {
            for (int life = 0; life < 3; life++) {
                live(setup, home, control, control, life, 2);
            }
        }
    }

    private static void live(StoreSetup setup, Path home, KillControl control, KillControl acknowledged, long life,
                             int loadMillis) throws InterruptedException {
        control.enter(life == 0 ? Phase.RECOVERING : Phase.OPENING);
        try (RegionStore store = open(setup, home, control)) {
            control.enter(Phase.COMPARING);
            KillCheck.compare(setup, store, acknowledged, control, life > 0);
            control.enter(Phase.LOADED);
            List<Thread> writers = new ArrayList<>();
            for (int w = 0; w < WRITERS; w++) {
                int writer = w;
                writers.add(Thread.ofPlatform().start(() -> write(setup, store, writer, acknowledged)));
            }
            writers.getFirst().join(1 + loadMillis); // it does not end by itself: this is the time under load
            control.enter(Phase.CLOSING);
            store.close();
            control.enter(Phase.NONE);
            for (Thread writer : writers) {
                writer.join();
            }
        }
    }

    private static void write(StoreSetup setup, RegionStore store, int writer, KillControl acknowledged) {
        try {
            for (long sequence = acknowledged.acknowledged(writer) + 1; ; sequence++) {
                Operation.of(writer, sequence).apply(store, writer);
                if (setup.relaxed.isZero()) {
                    acknowledged.acknowledge(writer, sequence);
                } else if (sequence % SYNC_EVERY == 0) {
                    store.sync();
                    acknowledged.acknowledge(writer, sequence);
                }
            }
        } catch (RegionStoreException e) {
            if (e.code() != ErrorCode.CLOSED) {
                e.printStackTrace();
                Runtime.getRuntime().halt(1);
            }
        }
    }
}
