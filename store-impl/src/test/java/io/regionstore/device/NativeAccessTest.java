package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeAccessTest {
    @TempDir
    Path folder;

    /** Child JVM: tries every way in, and prints one refusal a line. */
    static final class Caller {
        private Caller() {
        }

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            attempt(() -> MappedMedium.open(Medium.file(folder.resolve("region"), 4096), true));
            attempt(() -> LockFile.lock(folder.resolve("LOCK")));
            attempt(() -> AnonymousMemory.reserve(4096, Arena.global()));
            System.out.println(CacheLineWriteback.find().isPresent());
        }

        private static void attempt(Runnable call) {
            try {
                call.run();
                System.out.println("done");
            } catch (RegionStoreException e) {
                System.out.println(e.code() + ": " + e.getMessage());
            }
        }
    }

    private List<String> run(String... flags) throws IOException {
        return ChildJvm.run(List.of(flags), Map.of(), Caller.class, folder.toString()).lines().toList();
    }

    private void expectRefused(List<String> lines) throws IOException {
        assertEquals(4, lines.size(), lines.toString()); // nothing else: no warning of the JDK either
        for (String line : lines.subList(0, 3)) {
            assertTrue(line.startsWith(ErrorCode.NATIVE_ACCESS_DISABLED.name()), line);
            assertTrue(line.contains("--enable-native-access=ALL-UNNAMED"), line);
        }
        assertEquals("false", lines.get(3));
        assertFalse(Files.exists(folder.resolve("region")));
        assertFalse(Files.exists(folder.resolve("LOCK")));
    }

    @Test
    void shouldRefuseWithTheFlagInsteadOfTheWarningOfTheJdk() throws IOException {
        expectRefused(run());
    }

    @Test
    void shouldRefuseWhereTheJdkDeniesNativeAccess() throws IOException {
        expectRefused(run("--illegal-native-access=deny"));
    }

    @Test
    void shouldWorkWithTheFlag() throws IOException {
        assertEquals(List.of("done", "done", "done", "true"), run(ChildJvm.NATIVE, ChildJvm.OPENS));
    }
}
