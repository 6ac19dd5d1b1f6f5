package io.regionstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.app.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program is told that has no implementation: this module's own tests are one, an image of jlink another. */
class MissingImplementationTest {
    @TempDir
    Path folder;

    private static void assertNamesTheModule(String message) {
        for (String word : List.of("io.regionstore.impl", "io.regionstore:store-impl", "class path", "module path",
                "--add-modules io.regionstore.impl", "--bind-services")) {
            assertTrue(message.contains(word), () -> "no '" + word + "' in: " + message);
        }
    }

    @Test
    void shouldNameTheModuleOnTheClassPath() {
        assertNamesTheModule(Program.refusal());
    }

    @Test
    void shouldNameTheModuleInAnImageOfJlink() throws IOException, InterruptedException, URISyntaxException {
        Optional<ToolProvider> jlink = ToolProvider.findFirst("jlink");
        assumeTrue(jlink.isPresent(), "this JDK has no jlink");
        Path image = folder.resolve("image");
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int status = jlink.get().run(out, out, "--module-path", place(RegionStore.class), "--add-modules",
                "io.regionstore", "--output", image.toString());
        assertEquals(0, status, said.toString());

        Process process = new ProcessBuilder(image.resolve("bin/java").toString(), "-cp", place(Program.class),
                Program.class.getName()).redirectErrorStream(true).start();
        String message = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), message);
        assertNamesTheModule(message);
    }

    private static String place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }
}
