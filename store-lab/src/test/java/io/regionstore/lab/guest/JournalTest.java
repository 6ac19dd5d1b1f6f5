package io.regionstore.lab.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Workload WORKLOAD = new Workload(2, 7, 3, 10, 5);
    private static final int NEWEST_BLOCK = 2 * 3 + 1;

    @TempDir
    private Path directory;
    private Path disk;

    @BeforeEach
    void writeAJournal() throws IOException {
        disk = Files.write(directory.resolve("disk"), new byte[1 << 20]);
        try (Journal journal = Journal.open(disk)) {
            journal.begin(WORKLOAD);
            journal.acknowledge(2, new long[] {1, 2, 3});
            journal.acknowledge(2, new long[] {4, 5, 6});
        }
    }

    @Test
    void shouldTellWhatWasAcknowledgedLast() throws IOException {
        try (Journal journal = Journal.open(disk)) {
            assertEquals(WORKLOAD, journal.workload(2));
            assertArrayEquals(new long[] {4, 5, 6}, journal.acknowledged(WORKLOAD));
        }
    }

    @Test
    void shouldTellWhatWasAcknowledgedBeforeWhenTheLastBlockIsTorn() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.seek(NEWEST_BLOCK * 4096L + 8);
            file.write(99);
        }
        try (Journal journal = Journal.open(disk)) {
            assertArrayEquals(new long[] {1, 2, 3}, journal.acknowledged(WORKLOAD));
        }
    }

    @Test
    void shouldSayThatARunIsNotThere() throws IOException {
        try (Journal journal = Journal.open(disk)) {
            assertNull(journal.workload(1));
        }
    }
}
