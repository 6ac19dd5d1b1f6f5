package io.regionstore.engine;

import io.regionstore.RegionStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * The writers that are killed, and what they promise. Each writer's operations follow from its number and a sequence
 * number alone, so one acknowledged number per writer, kept in a mapped file that outlives the process, says exactly
 * what must be found.
 */
final class KillWorkload {
    static final int WRITERS = 4;
    static final int KEYS = 200;
    static final int ACKNOWLEDGEMENTS = 4096;
    /** With relaxed commits a writer syncs after this many operations, and acknowledges then. */
    static final int SYNC_EVERY = 50;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private KillWorkload() {
    }

    /** One operation: on which key, and the new payload, null for a delete. */
    record Operation(int key, byte[] payload) {
        static Operation of(int writer, long sequence) {
            SplittableRandom random = new SplittableRandom(sequence * 31 + writer);
            int key = random.nextInt(KEYS);
            if (random.nextInt(5) == 0) {
                return new Operation(key, null);
            }
            byte[] payload = new byte[random.nextInt(50) == 0 ? random.nextInt(60_000) : random.nextInt(300)];
            random.nextBytes(payload);
            return new Operation(key, payload);
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

    static MemorySegment acknowledgements(Path home, Arena arena) throws IOException {
        try (FileChannel file = FileChannel.open(home.resolve("acknowledged"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return file.map(FileChannel.MapMode.READ_WRITE, 0, ACKNOWLEDGEMENTS, arena);
        }
    }

    static long acknowledged(MemorySegment acknowledgements, int writer) {
        return (long) LONG.getVolatile(acknowledgements, writer * 64L);
    }

    static void acknowledge(MemorySegment acknowledgements, int writer, long sequence) {
        LONG.setVolatile(acknowledgements, writer * 64L, sequence);
    }

    /** Arguments: home, setup, region bytes, slots. Runs until it is killed. */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        StoreSetup setup = StoreSetup.valueOf(args[1]);
        MemorySegment acknowledgements = acknowledgements(home, Arena.global());
        RegionStore store = setup.builder(home, Long.parseLong(args[2]), Long.parseLong(args[3])).openOrCreate();
        for (int w = 0; w < WRITERS; w++) {
            int writer = w;
            Thread.ofPlatform().start(() -> {
                for (long sequence = acknowledged(acknowledgements, writer) + 1; ; sequence++) {
                    Operation.of(writer, sequence).apply(store, writer);
                    if (setup.relaxed.isZero()) {
                        acknowledge(acknowledgements, writer, sequence);
                    } else if (sequence % SYNC_EVERY == 0) {
                        store.sync();
                        acknowledge(acknowledgements, writer, sequence);
                    }
                }
            });
        }
    }
}
