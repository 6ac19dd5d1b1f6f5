package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.Reservation;
import io.regionstore.device.ChildJvm;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A class whose initializer meets an Error cannot be used by anybody in that JVM any more. So a write must not be the first
 * to use a class of the store that has an initializer: opening is, where an Error has no consequence but itself.
 */
class InitializationTest {
    private static final String BEGIN = "writes begin";
    private static final String END = "writes end";

    @TempDir
    private Path home;

    /** Opens a store, then says when it begins to write, and when it ends. */
    static final class Writer {
        private Writer() {
        }

        public static void main(String[] arguments) {
            Path home = Path.of(arguments[0]);
            Medium metadata = Boolean.parseBoolean(arguments[1]) ? Medium.directory(home.resolve("metadata"))
                    : Medium.file(home.resolve("metadata"), 1 << 20);
            try (RegionStore store = RegionStore.builder().region(Medium.file(home.resolve("region"), 1 << 20))
                    .metadata(metadata).failureDomain(FailureDomain.PROCESS).create()) {
                MemorySegment key = MemorySegment.ofArray(new byte[16]);
                MemorySegment payload = MemorySegment.ofArray(new byte[100]);
                Reservation reservation = store.reserve(100, 8); // is no write, and makes its own objects
                System.out.println(BEGIN);
                store.put(1, payload);
                store.put(key, payload);
                store.putIfVersion(key, store.version(key), payload);
                reservation.commit(2);
                store.delete(key);
                for (int i = 0; i < 200; i++) { // what was replaced is given back
                    store.put(1, payload);
                }
                System.out.println(END);
            }
        }
    }

    /** Of the store's own classes that have an initializer; the JVM logs those without as {@code no method}. */
    private static List<String> initialized(String output) {
        List<String> found = new ArrayList<>();
        boolean writing = false;
        int marks = 0;
        for (String line : output.lines().toList()) {
            if (line.equals(BEGIN) || line.equals(END)) {
                writing = line.equals(BEGIN);
                marks++;
            } else if (writing && line.contains("Initializing 'io/regionstore/") && !line.contains("no method")) {
                found.add(line);
            }
        }
        assertEquals(2, marks, output);
        return found;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldInitializeNoClassInAWrite(boolean directory) throws IOException {
        String output = ChildJvm.run(List.of(ChildJvm.NATIVE, "-Xlog:class+init=info"), Map.of(), Writer.class,
                home.toString(), Boolean.toString(directory));
        assertEquals(List.of(), initialized(output));
    }

    @Test
    void shouldFindInitializersInTheLog() {
        assertEquals(1, initialized(String.join("\n", "[info][class,init] 1 Initializing 'io/regionstore/A' (0x1)", BEGIN,
                "[info][class,init] 2 Initializing 'io/regionstore/B' (no method) (0x2)",
                "[info][class,init] 3 Initializing 'io/regionstore/C' (0x3)", END)).size());
        assertTrue(initialized(BEGIN + "\n" + END).isEmpty());
    }
}
