package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs {@link StoreRaces} in jcstress, which starts JVMs of its own, for about a minute; {@code -Dproof.scale=N}. */
class StoreRacesTest {
    private static final int SCALE = Integer.getInteger("proof.scale", 1);

    @Test
    void shouldShowNoForbiddenOutcome() throws Exception {
        Path results = Files.createDirectories(Path.of("target/jcstress").toAbsolutePath());
        Path log = results.resolve("log.txt");
        Process jcstress = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main", "-t", "io.regionstore", "-m", "sanity", "-f", "1", "-fsm", "1", "-iters",
                Integer.toString(2 * SCALE), "-time", "500", "-c", "2", "-sc", "false", "-af", "NONE", "-strideSize",
                "64", "-strideCount", "64", "-r", results.toString(), "-jvmArgs",
                "--enable-native-access=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -Xmx512m"))
                .directory(results.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertTrue(jcstress.waitFor(5L * SCALE, TimeUnit.MINUTES), () -> "too slow: " + log);
        } finally {
            jcstress.destroyForcibly();
        }
        String said = Files.readString(log);
        assertEquals(0, jcstress.exitValue(), said);
        assertTrue(said.contains("7 planned; 7 passed, 0 failed, 0 soft errs, 0 hard errs"), said);
    }
}
