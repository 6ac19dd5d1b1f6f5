package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.RegionStore;
import io.regionstore.Verdict;
import io.regionstore.table.HeaderDescriptor;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What recovery notes of lost records is outside the heap: a store of which every record is lost opens in a heap that
 * could not hold 30 bytes for each. Sets of boxed numbers take 100.
 */
class LostRecordsTest {
    private static final int RECORDS = 600_000;
    private static final long REGION = RECORDS * 8L;
    private static final String HEAP = "-Xmx18m";

    @TempDir
    Path home;

    /** What is done to the store before it is opened. */
    enum Loss {
        /** The region is zeros: no payload matches. */
        PAYLOADS {
            @Override
            void cause(Path home) throws IOException {
                Files.write(home.resolve("region"), new byte[(int) REGION], StandardOpenOption.TRUNCATE_EXISTING);
            }
        },
        /** One bit of every slot is another one. */
        SLOTS {
            @Override
            void cause(Path home) throws IOException {
                try (RandomAccessFile file = new RandomAccessFile(home.resolve("metadata").toFile(), "rw")) {
                    byte[] bytes = new byte[(int) file.length()];
                    file.readFully(bytes);
                    for (int at = (int) HeaderDescriptor.TABLE; at + 32 <= bytes.length; at += 32) {
                        bytes[at + 9] ^= 4;
                    }
                    file.seek(0);
                    file.write(bytes);
                }
            }
        };

        abstract void cause(Path home) throws IOException;
    }

    /** Child JVM with a small heap: drops what is lost. */
    static final class Dropper {
        private Dropper() {
        }

        public static void main(String[] arguments) {
            StoreSetup setup = StoreSetup.valueOf(arguments[1]);
            try (RegionStore store = setup.builder(Path.of(arguments[0]), REGION, RECORDS)
                    .damagePolicy(DamagePolicy.DROP).open()) {
                System.out.println(store.recovery().verdict() + " " + store.recovery().damagedCount() + " " + store.size());
                // slots and extents are free again
                for (long key = 0; key < RECORDS; key++) {
                    store.put(key, MemorySegment.ofArray(new byte[8]));
                }
                System.out.println(store.size());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"IN_PLACE_PROCESS, PAYLOADS, CONTENTS_LOST", "IN_PLACE_PROCESS, SLOTS, CONTENTS_DAMAGED",
        "DIRECTORY_PROCESS, PAYLOADS, CONTENTS_LOST"})
    void shouldDropEveryRecordInASmallHeap(StoreSetup setup, Loss loss, Verdict verdict) throws Exception {
        MemorySegment payload = MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        try (RegionStore store = setup.builder(home, REGION, RECORDS).create()) {
            for (long key = 0; key < RECORDS; key++) {
                store.put(key, payload);
            }
        }
        loss.cause(home);
        String output = run(setup);
        assertEquals(verdict + " " + RECORDS + " 0\n" + RECORDS, output);
        assertTrue(Files.size(home.resolve("region")) == REGION);
    }

    private String run(StoreSetup setup) throws IOException {
        String classPath = Stream.of(RegionStore.class, EngineProvider.class, Dropper.class)
                .map(type -> new File(type.getProtectionDomain().getCodeSource().getLocation().getPath()).getPath())
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP,
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp",
                classPath, Dropper.class.getName(), home.toString(), setup.name()).redirectErrorStream(true).start();
        try {
            return process.inputReader().lines().collect(Collectors.joining("\n"));
        } finally {
            process.destroyForcibly();
        }
    }
}
