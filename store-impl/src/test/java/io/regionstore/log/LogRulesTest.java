package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.proof.SimulatedFiles;
import io.regionstore.proof.SimulatedFiles.Survival;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rules of the log that a workload of one thread does not come across. */
class LogRulesTest {
    private static final Options SMALL = Options.DEFAULT.withSizes(4096, 4096);
    private static final int SLOTS = 64;
    private static final int FRAME = 80;

    private final SimulatedFiles files = new SimulatedFiles();
    private final TestTable table = new TestTable(SLOTS);

    private MetadataDirectory create() {
        MetadataDirectory directory =
                MetadataDirectory.create(files, new UUID(1, 2), SLOTS, TestTable.header(1), SMALL);
        directory.start();
        return directory;
    }

    private long append(MetadataDirectory directory, int slot) {
        byte[] bytes = new byte[TestTable.SLOT];
        Arrays.fill(bytes, (byte) (slot + 1));
        long lsn = directory.append(MemorySegment.ofArray(bytes), 0, slot, 1, -1);
        table.write(slot, MemorySegment.ofArray(bytes));
        return lsn;
    }

    @Test
    void shouldMakeDurableWhatWasAppendedBeforeASwitchOfLogs() {
        try (MetadataDirectory directory = create()) {
            append(directory, 1);
            append(directory, 2); // nobody waits for them
            byte[] appended = table.bytes.clone();
            directory.writeImage(new TestTable(SLOTS) {
                @Override
                public void awaitApplied(long lsn) { // the switch is over, and there is no image yet
                    assertEquals(2, directory.durableLsn());
                    TestTable found = new TestTable(SLOTS);
                    MetadataDirectory.open(files.afterCrash(Survival.NONE, new Random(0)), found, SMALL).close();
                    assertArrayEquals(appended, found.bytes, "durable, and lost");
                }
            });
        }
    }

    @Test
    void shouldRefuseAFrameInThePlaceOfAnotherOneOfTheSameLog() {
        try (MetadataDirectory directory = create()) {
            for (int slot = 0; slot < 4; slot++) {
                directory.awaitDurable(append(directory, slot));
            }
        }
        String log = FileNames.log(1);
        byte[] bytes = files.contents(log).clone();
        System.arraycopy(bytes, LogHeader.LENGTH, bytes, LogHeader.LENGTH + 3 * FRAME, FRAME);
        files.replace(log, bytes);
        RegionStoreException e = assertThrows(RegionStoreException.class,
                () -> MetadataDirectory.open(files, new TestTable(SLOTS), SMALL));
        assertEquals(ErrorCode.METADATA_CORRUPT, e.code());
    }
}
