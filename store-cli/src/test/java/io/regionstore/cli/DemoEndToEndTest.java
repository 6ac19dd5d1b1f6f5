package io.regionstore.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as its users run it, only shorter: a real second JVM, a real SIGKILL. */
class DemoEndToEndTest {
    private static final Pattern LAST_LINE =
            Pattern.compile("demo: acknowledged (\\d+), recovered (\\d+), torn 0, lost 0, opened in \\d+ ms");

    @TempDir
    private Path folder;

    @Test
    void shouldRecoverEverythingAcknowledgedWithMetadataInAMappedFile() {
        CommandLineRun run = demo("--metadata", folder.resolve("metadata").toString());
        assertRecovered(run);
        assertKept(run, "metadata");
        for (String expected : List.of("put         files", "put         agrona", "put         chronicle",
                "put         put+delete", "get         all", "p99.9", "verdict     RECOVERED", "payload + ",
                "with SIGKILL")) {
            assertTrue(run.out().contains(expected), expected + " is missing in\n" + run);
        }
    }

    @Test
    void shouldRecoverEverythingAcknowledgedWithMetadataInADirectory() {
        CommandLineRun run = demo("--metadata", folder.resolve("metadata") + "/", "--seed", "42");
        assertRecovered(run);
        assertKept(run, "metadata/");
        assertTrue(run.out().contains("seed 42"), run.toString());
    }

    @Test
    void shouldNotWriteOverAFileThatIsThere() throws IOException {
        Path precious = Files.writeString(folder.resolve("region"), "precious");
        CommandLineRun run = demo();
        assertEquals(1, run.status(), run.toString());
        assertTrue(run.err().contains("--overwrite"), run.toString());
        assertEquals("precious", Files.readString(precious));
    }

    @Test
    void shouldLeaveAnEmptyStoreOnMediaThatWereThere() throws IOException {
        Path metadata = Files.createDirectory(folder.resolve("metadata"));
        Path region = Files.createFile(folder.resolve("region"));
        Files.write(region, new byte[64 << 20]);
        assertRecovered(demo("--metadata", metadata.toString(), "--overwrite"));
        CommandLineRun info = CommandLineRun.of("info", "--region", region.toString(), "--metadata",
                metadata.toString());
        assertTrue(info.out().contains("for 0 records"), info.toString());
        assertRecovered(demo("--metadata", metadata.toString(), "--overwrite"));
    }

    @Test
    void shouldSayWhyTheWriterCouldNotStart() throws IOException {
        byte[] foreign = "this is no metadata of a store".repeat(1000).getBytes();
        Path metadata = Files.write(folder.resolve("metadata"), foreign);
        CommandLineRun run = demo("--metadata", metadata.toString());
        assertEquals(1, run.status(), run.toString());
        assertTrue(run.err().contains("the writing JVM did not start writing"), run.toString());
        assertTrue(run.err().contains("METADATA_"), run.toString());
        assertFalse(run.err().contains("\tat "), run.toString());
        assertEquals(foreign.length, Files.size(metadata));
        assertArrayEquals(foreign, Files.readAllBytes(metadata));
    }

    private CommandLineRun demo(String... more) {
        List<String> arguments = new ArrayList<>(List.of("demo", "--region", folder.resolve("region").toString(),
                "--size", "64M", "--seconds", "2"));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private static void assertRecovered(CommandLineRun run) {
        assertEquals(0, run.status(), run.toString());
        Matcher line = LAST_LINE.matcher(run.lastLine());
        assertTrue(line.matches(), run.toString());
        assertEquals(line.group(1), line.group(2), run.toString());
        assertTrue(Long.parseLong(line.group(1)) > 100, run.toString());
    }

    /** The caller named both media: they are there, with the store in it, and the demo says how to look at it. */
    private void assertKept(CommandLineRun run, String metadata) {
        String look = "info --region " + folder.resolve("region") + " --metadata " + folder + "/" + metadata;
        assertTrue(run.out().contains("kept        the store: ./regionstore " + look), run.toString());
        CommandLineRun info = CommandLineRun.of(look.split(" "));
        assertEquals(0, info.status(), info.toString());
        assertFalse(info.out().contains("for 0 records"), info.toString());
    }
}
