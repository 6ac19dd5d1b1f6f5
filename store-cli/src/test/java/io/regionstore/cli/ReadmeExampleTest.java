package io.regionstore.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests run in the folder of their module; README.md is one above. */
class ReadmeExampleTest {
    private static final Path SOURCE = Path.of("src/test/java/io/regionstore/cli/ReadmeExample.java");
    private static final Path ROOT = Path.of("..");

    @TempDir
    private Path folder;

    @Test
    void shouldReadWhatItWrote() {
        String first = ReadmeExample.run(folder.resolve("region"), folder.resolve("metadata"));
        String second = ReadmeExample.run(folder.resolve("region"), folder.resolve("metadata"));
        assertTrue(first.startsWith("hello, version "), first);
        assertTrue(version(second) > version(first), first + "; then " + second);
    }

    @Test
    void shouldBeInTheReadmeLineForLine() throws IOException {
        List<String> source = Files.readAllLines(SOURCE);
        int start = indexOf(source, "// README example");
        int end = indexOf(source, "// end of README example");
        String example = source.subList(start + 1, end).stream().map(line -> line.isEmpty() ? "" : line.substring(8))
                .collect(Collectors.joining("\n"));
        assertTrue(Files.readString(ROOT.resolve("README.md")).contains("```java\n" + example + "\n```"),
                "README.md has another example than " + SOURCE + ":\n" + example);
    }

    @Test
    void shouldNameTheFlagsThatTheScriptSets() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<String> flags = Files.readAllLines(ROOT.resolve("regionstore")).stream().map(String::strip)
                .filter(line -> line.startsWith("--") && line.endsWith("\\"))
                .map(line -> line.substring(0, line.length() - 2)).toList();
        assertEquals(7, flags.size());
        for (String flag : flags) {
            assertTrue(readme.contains("`" + flag + "`"), flag + " is not in README.md");
        }
    }

    private static long version(String printed) {
        return Long.parseLong(printed.substring(printed.lastIndexOf(' ') + 1));
    }

    private static int indexOf(List<String> lines, String text) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(text)) {
                return i;
            }
        }
        throw new AssertionError(text + " is not in " + SOURCE);
    }
}
