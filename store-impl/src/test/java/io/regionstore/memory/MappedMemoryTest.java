package io.regionstore.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import io.regionstore.device.AllocatedBytes;
import io.regionstore.device.AnonymousMemory;
import io.regionstore.device.MappedMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MappedMemoryTest {
    private static final long LENGTH = 3 * 4096 + 100;

    @TempDir
    Path folder;

    private MappedMedium medium(FailureDomain vouched) {
        return MappedMedium.open(new Medium.File(folder.resolve("region"), LENGTH, vouched), true);
    }

    @Test
    void shouldStoreLittleEndianLongs() {
        try (MappedMedium medium = medium(null)) {
            Memory memory = new MappedMemory(medium.segment(), FlushMethod.NONE);
            memory.putLong(8, 0x0807060504030201L);
            memory.putLongRelease(16, -2);
            assertEquals(1, medium.segment().get(ValueLayout.JAVA_BYTE, 8));
            assertEquals(8, medium.segment().get(ValueLayout.JAVA_BYTE, 15));
            assertEquals(0x0807060504030201L, memory.getLong(8));
            assertEquals(-2, memory.getLongAcquire(16));
            assertEquals(LENGTH, memory.size());
        }
    }

    @Test
    void shouldCopyAnyRange() {
        byte[] bytes = {1, 2, 3, 4, 5};
        try (MappedMedium medium = medium(null); Arena arena = Arena.ofConfined()) {
            Memory memory = new MappedMemory(medium.segment(), FlushMethod.NONE);
            memory.copyIn(bytes, 1, LENGTH - 3, 3);
            byte[] copy = new byte[4];
            memory.copyOut(LENGTH - 3, copy, 1, 3);
            assertArrayEquals(new byte[] {0, 2, 3, 4}, copy);
            MemorySegment segment = arena.allocate(4);
            memory.copyOut(LENGTH - 2, segment, 2, 2);
            assertArrayEquals(new byte[] {0, 0, 3, 4}, segment.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @ParameterizedTest
    @EnumSource(FlushMethod.class)
    void shouldFlushAnyRangeInsideAndNothingElse(FlushMethod method) {
        try (MappedMedium medium = medium(null)) {
            Memory memory = new MappedMemory(medium.segment(), method);
            for (long offset : new long[] {0, 1, 64, 4095, 4096, LENGTH - 1, LENGTH}) {
                for (long length : new long[] {0, 1, 64, 4097, LENGTH}) {
                    if (offset + length <= LENGTH) {
                        memory.stored(offset, length);
                        memory.flush(offset, length);
                    } else {
                        assertThrows(IndexOutOfBoundsException.class, () -> memory.flush(offset, length));
                    }
                }
            }
            memory.fence();
            assertThrows(IndexOutOfBoundsException.class, () -> memory.flush(-1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.flush(1, -1));
        }
    }

    @ParameterizedTest
    @EnumSource(FlushMethod.class)
    void shouldThrowAfterClose(FlushMethod method) {
        MappedMedium medium = medium(null);
        Memory memory = new MappedMemory(medium.segment(), method);
        medium.close();
        assertThrows(IllegalStateException.class, () -> memory.getLong(0));
        assertThrows(IllegalStateException.class, () -> memory.getLongAcquire(0));
        assertThrows(IllegalStateException.class, () -> memory.putLong(0, 1));
        assertThrows(IllegalStateException.class, () -> memory.putLongRelease(0, 1));
        assertThrows(IllegalStateException.class, () -> memory.copyIn(new byte[1], 0, 0, 1));
        assertThrows(IllegalStateException.class, () -> memory.copyOut(0, new byte[1], 0, 1));
        assertThrows(IllegalStateException.class, () -> memory.flush(0, 1));
    }

    @ParameterizedTest
    @EnumSource(FlushMethod.class)
    void shouldAllocateNothingOnceCompiled(FlushMethod method) {
        // memory without a file: the system call is the same, but no disk makes the many rounds long
        try (Arena arena = Arena.ofShared()) {
            Memory memory = new MappedMemory(AnonymousMemory.reserve(LENGTH, arena), method);
            byte[] bytes = new byte[100];
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 200 && allocated > 0; round++) {
                long before = AllocatedBytes.ofThisThread();
                exercise(memory, bytes, 20_000);
                allocated = AllocatedBytes.ofThisThread() - before;
            }
            assertEquals(0, allocated);
        }
    }

    private static void exercise(Memory memory, byte[] bytes, int times) {
        for (int i = 0; i < times; i++) {
            memory.copyIn(bytes, 0, 64, bytes.length);
            memory.putLong(0, memory.getLong(8) + i);
            memory.putLongRelease(8, memory.getLongAcquire(0));
            memory.copyOut(64, bytes, 0, bytes.length);
            memory.flush(0, 164);
            memory.fence();
        }
    }

    @ParameterizedTest
    @CsvSource({"PROCESS,NONE", "KERNEL,NONE", "PLATFORM,CACHE_LINES"})
    void shouldFlushDaxMemoryForPlatformOnly(FailureDomain domain, FlushMethod method) {
        try (MappedMedium medium = medium(FailureDomain.PLATFORM)) {
            assertEquals(method, MappedMemory.of(medium, domain).method());
        }
    }

    @Test
    void shouldSyncOrdinaryFileForKernelAndPlatform() throws Exception {
        Path disk = Files.createDirectories(Path.of("target/test-media"));
        Path file = Files.createTempFile(disk, "memory", "");
        try (MappedMedium medium = MappedMedium.open(Medium.file(file, LENGTH), true)) {
            if (medium.strongestDomain() == FailureDomain.PLATFORM) {
                assertEquals(FlushMethod.NONE, MappedMemory.of(medium, FailureDomain.PROCESS).method());
                assertEquals(FlushMethod.PAGES, MappedMemory.of(medium, FailureDomain.KERNEL).method());
                assertEquals(FlushMethod.PAGES, MappedMemory.of(medium, FailureDomain.PLATFORM).method());
            } else { // built on tmpfs
                assertEquals(FlushMethod.NONE, MappedMemory.of(medium, FailureDomain.PROCESS).method());
            }
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void shouldRefuseDomainThatTheMediumCannotGive() {
        try (MappedMedium medium = medium(FailureDomain.KERNEL)) {
            RegionStoreException refusal = assertThrows(RegionStoreException.class,
                    () -> MappedMemory.of(medium, FailureDomain.PLATFORM));
            assertEquals(ErrorCode.DOMAIN_UNSUPPORTED, refusal.code());
            assertTrue(refusal.getMessage().contains("vouched for up to KERNEL"), refusal.getMessage());
        }
    }

    @Test
    void shouldRefuseMemoryThatIsNotMapped() {
        assertThrows(IllegalArgumentException.class,
                () -> new MappedMemory(MemorySegment.ofArray(new byte[64]), FlushMethod.NONE));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment odd = arena.allocate(64, 8).asSlice(1);
            assertThrows(IllegalArgumentException.class, () -> new MappedMemory(odd, FlushMethod.NONE));
        }
    }
}
