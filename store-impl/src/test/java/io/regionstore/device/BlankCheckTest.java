package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.Medium;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data is found wherever it is read, and what is read is bounded. */
class BlankCheckTest {
    private static final long LENGTH = 64 << 20;

    @TempDir(factory = BuildFolder.class)
    Path disk;
    @TempDir
    Path folder;

    private static void write(Path file, long at, int length, int value) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(LENGTH);
            open.seek(at);
            byte[] bytes = new byte[length];
            java.util.Arrays.fill(bytes, (byte) value);
            open.write(bytes);
        }
    }

    private static long check(Path file, long mostRead) {
        try (MappedMedium medium = MappedMedium.open(Medium.file(file), false)) {
            Descriptor descriptor = Descriptor.of(Descriptor.tryOpen(file.toString()), file.toString());
            try (descriptor) {
                return new BlankCheck(descriptor, medium.identity(), medium.segment(), mostRead).firstData();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4095, 4096, 1 << 20, (33 << 20) + 777, LENGTH - 1})
    void shouldFindTheFirstByteOfData(long at) throws IOException {
        Path file = disk.resolve("file");
        write(file, at, 1, 7);
        assertEquals(at, check(file, BlankCheck.MOST_READ));
        write(file, LENGTH - 1, 1, 7);
        assertEquals(at, check(file, BlankCheck.MOST_READ));
    }

    @Test
    void shouldTakeHolesAndZerosForBlank() throws IOException {
        for (Path place : new Path[] {disk, folder}) {
            Path file = place.resolve("zeros");
            write(file, 0, 0, 0);
            assertEquals(BlankCheck.BLANK, check(file, BlankCheck.MOST_READ));
            write(file, 5 << 20, 3 << 20, 0);
            assertEquals(BlankCheck.BLANK, check(file, BlankCheck.MOST_READ));
            write(file, (8 << 20) - 1, 1, 1);
            assertEquals((8 << 20) - 1, check(file, BlankCheck.MOST_READ));
        }
    }

    @Test
    void shouldSampleBehindWhatIsRead() throws IOException {
        Path file = disk.resolve("file");
        write(file, 0, (int) LENGTH, 0);
        assertEquals(BlankCheck.BLANK, check(file, 1 << 20));
        write(file, LENGTH - 1, 1, 7);
        assertEquals(LENGTH - 1, check(file, 1 << 20), "the last page is a sample");
        write(file, LENGTH - 1, 1, 0);
        write(file, 40 << 20, 8 << 20, 7);
        long found = check(file, 1 << 20);
        assertTrue(found >= 40 << 20 && found < (40 << 20) + (1 << 20), "found at " + found);
    }

    @Test
    void shouldNotGiveAPageToAHoleOfATmpfsFile() throws IOException {
        Path shared = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shared) && Files.getFileStore(shared).type().equals("tmpfs"), "no tmpfs at /dev/shm");
        Path file = Files.createTempFile(shared, "regionstore", "blank");
        try {
            write(file, 4 << 20, 4096, 0);
            assertEquals(BlankCheck.BLANK, check(file, 1));
            assertEquals(BlankCheck.BLANK, check(file, BlankCheck.MOST_READ));
            try (Descriptor descriptor = Descriptor.of(Descriptor.tryOpen(file.toString()), file.toString())) {
                assertEquals(4096, descriptor.status().allocated());
            }
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 8191, 64 * FakeSysfs.MIB - 1})
    void shouldSampleADevice(long at) throws IOException {
        FakeSysfs sysfs = new FakeSysfs(folder.resolve("sys")).add("zero", FakeSysfs.ZERO_NUMBER, 1L << 32, LENGTH);
        try (MappedMedium medium = MappedMedium.open(Medium.device(FakeSysfs.ZERO), false, null, sysfs.devices())) {
            assertEquals(BlankCheck.BLANK, medium.firstData());
            // every fourth page is looked at: of two neighbours one may be missed, of the first and the last none
            medium.segment().asSlice(at & -16384, 16384).fill((byte) 0);
            medium.segment().set(ValueLayout.JAVA_BYTE, at, (byte) 1);
            long found = medium.firstData();
            assertTrue(found == at || at == 8191 && found == BlankCheck.BLANK, "found at " + found);
            medium.segment().asSlice(at & -16384, 16384).fill((byte) 1);
            assertEquals(at & -16384, medium.firstData() & -16384, "data of four pages is always found");
        }
    }
}
