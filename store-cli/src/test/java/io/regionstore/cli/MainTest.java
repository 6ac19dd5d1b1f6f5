package io.regionstore.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MainTest {
    @TempDir
    private Path folder;

    @Test
    void shouldPrintTheVersionOfTheBuild() {
        CommandLineRun run = CommandLineRun.of("version");
        assertEquals(0, run.status());
        assertTrue(run.out().matches("(?s)regionstore \\d+\\.\\d+\\.\\d+.*"), run.toString());
    }

    @Test
    void shouldAskForACommand() {
        CommandLineRun run = CommandLineRun.of();
        assertEquals(2, run.status());
        assertTrue(run.err().contains("demo"), run.toString());
    }

    @Test
    void shouldNotListTheWriterThatOnlyTheDemoStarts() {
        assertTrue(!CommandLineRun.of("--help").out().contains("demo-writer"));
    }

    @Test
    void shouldListTheBenchmarksThatTheScriptRuns() {
        String help = CommandLineRun.of("--help").out();
        assertTrue(help.contains("  bench "), help);
        assertTrue(help.contains("  create "), help);
        CommandLineRun run = CommandLineRun.of("bench", "--suite", "targets");
        assertEquals(1, run.status(), run.toString());
        assertTrue(run.err().contains("./regionstore bench"), run.toString());
    }

    private CommandLineRun create(String... more) {
        List<String> arguments = new ArrayList<>(List.of("create", "--region", folder.resolve("region").toString(),
                "--metadata", folder.resolve("metadata").toString()));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private CommandLineRun info(String... more) {
        List<String> arguments = new ArrayList<>(List.of("info", "--region", folder.resolve("region").toString(),
                "--metadata", folder.resolve("metadata").toString()));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void shouldCreateAStoreThatInfoOpens() throws IOException {
        CommandLineRun run = create("--size", "1M", "--metadata-size", "128K", "--slots", "1024", "--domain", "process");
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("created     region " + folder.resolve("region")), run.toString());
        assertTrue(run.out().contains("0 of 1,024 slots"), run.toString());
        assertEquals(1 << 20, Files.size(folder.resolve("region")));
        assertEquals(128 << 10, Files.size(folder.resolve("metadata")));
        CommandLineRun info = info();
        assertEquals(0, info.status(), info.toString());
        assertTrue(info.out().contains("for 0 records"), info.toString());
        // and never twice
        CommandLineRun again = create();
        assertEquals(1, again.status(), again.toString());
        assertTrue(again.err().contains("ALREADY_EXISTS"), again.toString());
    }

    @Test
    void shouldCreateAStoreWithItsMetadataInADirectory() {
        CommandLineRun run = CommandLineRun.of("create", "--region", folder.resolve("region").toString(), "--size", "1M",
                "--metadata", folder.resolve("metadata") + "/", "--sparse");
        assertEquals(0, run.status(), run.toString());
        assertTrue(Files.isDirectory(folder.resolve("metadata")));
        assertEquals(0, info().status());
    }

    @Test
    void shouldTakeTheLengthThatAnEmptyFileIsToGet() throws IOException {
        Files.createFile(folder.resolve("region"));
        Files.createFile(folder.resolve("metadata"));
        CommandLineRun run = create("--size", "1M");
        assertEquals(0, run.status(), run.toString());
        assertEquals(1 << 20, Files.size(folder.resolve("region")));
        assertEquals(64 << 20, Files.size(folder.resolve("metadata")));
    }

    @Test
    void shouldAskForTheLengthOfANewRegionFile() throws IOException {
        for (int i = 0; i < 2; i++) { // missing, then empty
            CommandLineRun run = create();
            assertEquals(2, run.status(), run.toString());
            assertTrue(run.err().contains("--size"), run.toString());
            assertFalse(run.err().contains("Medium."), run.toString());
            assertFalse(Files.exists(folder.resolve("metadata")));
            if (i == 0) {
                Files.createFile(folder.resolve("region"));
            }
        }
    }

    @Test
    void shouldRefuseALengthThatItWouldIgnore() throws IOException {
        Files.write(folder.resolve("region"), new byte[1 << 16]);
        CommandLineRun region = create("--size", "1M");
        assertEquals(2, region.status(), region.toString());
        assertTrue(region.err().contains("--size: expected a file that does not exist yet"), region.toString());
        CommandLineRun metadata = CommandLineRun.of("create", "--region", folder.resolve("new").toString(), "--size", "1M",
                "--metadata", folder.resolve("metadata") + "/", "--metadata-size", "1M");
        assertEquals(2, metadata.status(), metadata.toString());
        assertTrue(metadata.err().contains("--metadata-size: expected a file"), metadata.toString());
        assertArrayEquals(new String[] {"region"}, folder.toFile().list());
    }

    @Test
    void shouldRefuseSizesOfNothing() {
        for (String option : List.of("--size", "--metadata-size")) {
            CommandLineRun run = create(option, "0");
            assertEquals(2, run.status(), run.toString());
            assertTrue(run.err().contains(option) && run.err().contains("expected 1 byte or more"), run.toString());
        }
        CommandLineRun demo = CommandLineRun.of("demo", "--size", "0K");
        assertEquals(2, demo.status(), demo.toString());
        assertTrue(demo.err().contains("--size") && demo.err().contains("expected 1 byte or more"), demo.toString());
        assertEquals(2, create("--size", "1Q").status());
        assertArrayEquals(new String[0], folder.toFile().list());
    }

    @Test
    void shouldHintAtItsOwnOptions() {
        CommandLineRun missing = info();
        assertTrue(missing.err().contains("hint: `regionstore create"), missing.toString());
        CommandLineRun directory = CommandLineRun.of("create", "--region", folder.toString(), "--metadata", folder + "/m/");
        assertEquals(1, directory.status());
        assertTrue(directory.err().contains("IS_A_DIRECTORY"), directory.toString());
        assertTrue(directory.err().contains("hint: --region and --metadata take a device"), directory.toString());
        CommandLineRun deep = CommandLineRun.of("create", "--region", folder.resolve("no/region").toString(), "--size",
                "1M", "--metadata", folder.resolve("metadata").toString());
        assertEquals(1, deep.status());
        assertTrue(deep.err().contains("NOT_FOUND"), deep.toString());
        assertFalse(deep.err().contains("hint"), deep.toString());
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameNoMethodInAHint(ErrorCode code) {
        Hints.of(code, "info").ifPresent(hint -> assertFalse(hint.contains("()") || hint.contains("Medium."), hint));
    }

    @Test
    void shouldTellInOneLineWhyAStoreCannotBeOpened() {
        CommandLineRun run = CommandLineRun.of("info", "--region", folder.resolve("none").toString(),
                "--metadata", folder.resolve("none-either").toString());
        assertEquals(1, run.status(), run.toString());
        assertEquals(2, run.err().lines().count(), "what is wrong, and a hint: " + run);
        assertTrue(run.err().startsWith("regionstore: NOT_FOUND: "), run.toString());
        assertTrue(run.err().contains(folder.toString()), run.toString());
    }

    @Test
    void shouldPrintVerdictAndSpaceAccount() {
        Path region = folder.resolve("region");
        Path metadata = folder.resolve("metadata");
        try (RegionStore store = RegionStore.builder().region(Medium.file(region, 1 << 20))
                .metadata(Medium.file(metadata, 1 << 20)).failureDomain(FailureDomain.PROCESS).create()) {
            store.put(1, MemorySegment.ofArray(new byte[1024]));
        }
        CommandLineRun run = CommandLineRun.of("info", "--region", region.toString(), "--metadata",
                metadata.toString());
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("verdict     CLEAN"), run.toString());
        assertTrue(run.out().contains("region      1 MiB = 1 KiB payload"), run.toString());
        assertTrue(run.out().contains("for 1 records"), run.toString());
    }

    @Test
    void shouldOpenARestoredDirectoryWhenToldTo() throws IOException {
        Path region = folder.resolve("region");
        Path metadata = folder.resolve("metadata");
        try (RegionStore store = RegionStore.builder().region(Medium.file(region, 1 << 20))
                .metadata(Medium.directory(metadata)).failureDomain(FailureDomain.PROCESS).create()) {
            store.put(1, MemorySegment.ofArray(new byte[1024]));
        }
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Stream<Path> files = Files.list(metadata)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        CommandLineRun refused = CommandLineRun.of("info", "--region", region.toString(), "--metadata", copy.toString());
        assertEquals(1, refused.status(), refused.toString());
        assertTrue(refused.err().startsWith("regionstore: METADATA_RESTORED: "), refused.toString());
        assertTrue(refused.err().contains("--accept-restored"), refused.toString());
        CommandLineRun run = CommandLineRun.of("info", "--region", region.toString(), "--metadata", copy.toString(),
                "--accept-restored");
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("a copy of the directory was accepted"), run.toString());
    }
}
