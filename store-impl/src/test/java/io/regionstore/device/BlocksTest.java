package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import io.regionstore.device.NativeFaults.Error;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks of a file: all of them at once, or those of a unit before the first store to it. */
class BlocksTest {
    private static final long UNIT = 2 << 20;
    private static final long LENGTH = 3 * UNIT + 4096;

    @TempDir(factory = BuildFolder.class)
    Path folder;
    private Path file;
    private MappedMedium medium;
    private NativeFaults faults;

    @BeforeEach
    void makeFile() {
        file = folder.resolve("region");
        medium = MappedMedium.open(Medium.file(file, LENGTH), true);
        faults = new NativeFaults();
    }

    @AfterEach
    void close() {
        faults.close();
        medium.close();
    }

    private long allocated() {
        return FileStatus.at(file.toString()).allocated();
    }

    @Test
    void shouldReserveWhatIsAskedForAndThenHaveNoHoles() {
        assertTrue(medium.isNew());
        assertNotNull(medium.sparseBlocks());
        medium.reserve(UNIT);
        assertTrue(allocated() >= UNIT && allocated() < LENGTH, "blocks for " + allocated());
        medium.reserve(LENGTH);
        assertTrue(allocated() >= LENGTH, "blocks for " + allocated());
        assertNull(medium.sparseBlocks());
        assertEquals(LENGTH, medium.identity().length());
    }

    @ParameterizedTest
    @EnumSource(names = {"ENOSPC", "EDQUOT"})
    void shouldNameTheFileSystemThatHasNoRoom(Error error) {
        faults.failEach("fallocate", error);
        Refusal.expect(ErrorCode.NO_SPACE, () -> medium.reserve(LENGTH), file.toString(), "room for " + LENGTH, "bytes free",
                error == Error.EDQUOT ? "the quota is used up" : "found none on");
        SparseBlocks blocks = medium.sparseBlocks();
        Refusal.expect(ErrorCode.NO_SPACE, () -> blocks.provide(UNIT - 8, 16), file.toString(), "room for 4096");
    }

    @Test
    void shouldTellOfADiskThatFails() {
        faults.failEach("fallocate", Error.EIO);
        Refusal.expect(ErrorCode.IO_ERROR, () -> medium.reserve(LENGTH), file.toString(), "fallocate");
        Refusal.expect(ErrorCode.IO_ERROR, () -> medium.sparseBlocks().provide(0, 8), file.toString(), "fallocate");
    }

    @ParameterizedTest
    @EnumSource(names = {"EOPNOTSUPP", "ENOSYS"})
    void shouldMakePagesWritableWhereTheFileSystemCannotReserve(Error error) {
        faults.failEach("fallocate", error);
        medium.reserve(LENGTH);
        assertTrue(allocated() < LENGTH);
        SparseBlocks blocks = medium.sparseBlocks();
        faults.failAt(1, 1, error); // fallocate, and not madvise
        blocks.provide(UNIT, UNIT);
        assertEquals("fallocate", faults.failed());
        faults.failAt(1, 2, Error.EOPNOTSUPP); // madvise as well
        Refusal.expect(ErrorCode.IO_ERROR, () -> blocks.provide(0, 8), file.toString());
    }

    @Test
    void shouldTakeAUnitOnce() {
        SparseBlocks blocks = medium.sparseBlocks();
        blocks.provide(UNIT - 8, 16);
        assertTrue(allocated() >= 2 * UNIT, "blocks for " + allocated());
        faults.failEach("fallocate", Error.EIO);
        blocks.provide(0, 2 * UNIT);
        blocks.provide(8, 0);
        assertFalse(faults.reached());
        Refusal.expect(ErrorCode.IO_ERROR, () -> blocks.provide(2 * UNIT, 8));
        faults.failAt(Integer.MAX_VALUE, 1, Error.EIO);
        blocks.provide(3 * UNIT, 4096); // the last unit is shorter
        assertTrue(allocated() >= 2 * UNIT + 4096, "blocks for " + allocated());
    }

    @Test
    void shouldTakeTheLastPagesOfAFullFileSystem() {
        SparseBlocks blocks = medium.sparseBlocks();
        faults.failAt(1, 1, Error.ENOSPC); // the unit
        blocks.provide(5000, 5000);
        assertTrue(faults.reached());
        assertTrue(allocated() >= 8192 && allocated() < UNIT, "blocks for " + allocated());
        faults.failEach("fallocate", Error.ENOSPC); // the unit is not taken for one that has its blocks
        Refusal.expect(ErrorCode.NO_SPACE, () -> blocks.provide(0, 8));
    }

    @Test
    void shouldSayWhatAFaultMeans() throws IOException {
        RegionStoreException unknown = medium.explain(new InternalError());
        assertEquals(ErrorCode.IO_ERROR, unknown.code());
        assertTrue(unknown.getMessage().contains("no block could be had"), unknown.getMessage());
        medium.reserve(LENGTH);
        assertFalse(medium.explain(new InternalError()).getMessage().contains("no block could be had"));
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(4096);
        }
        RegionStoreException lost = medium.explain(new InternalError());
        assertEquals(ErrorCode.MEDIUM_LOST, lost.code());
        assertTrue(lost.getMessage().contains("cut to 4096"), lost.getMessage());
    }

    @Test
    void shouldFindDataWithoutALoad() throws IOException {
        assertEquals(-1, medium.nextData(0));
        try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
            written.seek(UNIT);
            written.write(1);
        }
        assertEquals(UNIT, medium.nextData(0));
        assertEquals(UNIT + 1, medium.nextData(UNIT + 1));
        assertEquals(-1, medium.nextData(2 * UNIT));
        faults.failEach("lseek", Error.EINVAL); // a file system that cannot tell
        assertEquals(5, medium.nextData(5));
        assertEquals(-1, medium.nextData(LENGTH));
    }
}
