package io.regionstore.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.Medium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediumArgumentTest {
    private static final long NEW_FILE = 12_345;

    @TempDir
    private Path folder;

    @Test
    void shouldTakeADevicePathForADevice() {
        assertEquals(Medium.device(Path.of("/dev/dax97.3")), MediumArgument.parse("/dev/dax97.3", NEW_FILE));
    }

    @Test
    void shouldTakeAnExistingCharacterDeviceForADevice() {
        assertEquals(Medium.device(Path.of("/dev/null")), MediumArgument.parse("/dev/null", NEW_FILE));
    }

    @Test
    void shouldReadASlice() {
        assertEquals(Medium.device(Path.of("/dev/dax97.3")).slice(2 << 20, 512 << 20),
                MediumArgument.parse("/dev/dax97.3@2M+512M", NEW_FILE));
        assertEquals(Medium.device(Path.of("/dev/dax97.3")).slice(2 << 20, Medium.TO_END),
                MediumArgument.parse("/dev/dax97.3@0x200000", NEW_FILE));
    }

    @Test
    void shouldReadAPhysicalRange() {
        assertEquals(Medium.physical(1L << 30, 512 << 20), MediumArgument.parse("phys:0x40000000+512M", NEW_FILE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"phys:0x40000000", "phys:0x40000000+many", "phys:+512M", "/dev/dax97.3@12Q+1"})
    void shouldRefuseNumbersThatAreNone(String text) {
        assertThrows(CommandFailure.class, () -> MediumArgument.parse(text, NEW_FILE));
    }

    @Test
    void shouldTakeANewPathForAFileOfTheLengthGiven() {
        Path file = folder.resolve("region");
        assertEquals(Medium.file(file, NEW_FILE), MediumArgument.parse(file.toString(), NEW_FILE));
        Path onTmpfs = Path.of("/dev/shm/no-such-file-of-regionstore");
        assertEquals(Medium.file(onTmpfs, NEW_FILE), MediumArgument.parse(onTmpfs.toString(), NEW_FILE));
    }

    @Test
    void shouldTakeAnExistingFileAsLongAsItIs() throws IOException {
        Path file = Files.write(folder.resolve("odd@12+34"), new byte[10]);
        assertEquals(Medium.file(file), MediumArgument.parse(file.toString(), NEW_FILE));
    }

    @Test
    void shouldGiveAnEmptyFileTheLengthOfANewOne() throws IOException {
        Path file = Files.createFile(folder.resolve("empty"));
        assertEquals(Medium.file(file, NEW_FILE), MediumArgument.parse(file.toString(), NEW_FILE));
        assertTrue(MediumArgument.needsLength(Medium.file(file)));
        assertTrue(MediumArgument.needsLength(Medium.file(folder.resolve("none"))));
        assertFalse(MediumArgument.needsLength(Medium.file(file, 1)));
        assertFalse(MediumArgument.needsLength(Medium.directory(folder)));
        assertFalse(MediumArgument.needsLength(Medium.file(Files.write(folder.resolve("full"), new byte[1]))));
    }

    @Test
    void shouldTakeADirectoryForADirectory() {
        assertEquals(Medium.directory(folder), MediumArgument.parse(folder.toString(), NEW_FILE));
        Path missing = folder.resolve("missing");
        assertEquals(Medium.directory(missing), MediumArgument.parse(missing + "/", NEW_FILE));
    }

    @Test
    void shouldDescribeWhatWasGiven() {
        assertEquals("device /dev/dax97.3", MediumArgument.describe(Medium.device(Path.of("/dev/dax97.3"))));
        assertEquals("device /dev/dax97.3 from 2 MiB, 4 MiB",
                MediumArgument.describe(new Medium.Device(Path.of("/dev/dax97.3"), 2 << 20, 4 << 20)));
        assertEquals("physical range 0x40000000, 512 MiB",
                MediumArgument.describe(Medium.physical(1L << 30, 512 << 20)));
        assertEquals("file /tmp/x, 1 KiB", MediumArgument.describe(Medium.file(Path.of("/tmp/x"), 1024)));
        assertEquals("directory /tmp/x", MediumArgument.describe(Medium.directory(Path.of("/tmp/x"))));
    }
}
