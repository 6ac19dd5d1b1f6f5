package io.regionstore.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void shouldTellInOneLineWhyAStoreCannotBeOpened() {
        CommandLineRun run = CommandLineRun.of("info", "--region", folder.resolve("none").toString(),
                "--metadata", folder.resolve("none-either").toString());
        assertEquals(1, run.status(), run.toString());
        assertEquals(1, run.err().lines().count(), run.toString());
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
