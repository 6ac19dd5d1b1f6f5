package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheLineWritebackTest {
    private static final int LINES = 100;

    /** Child JVM: flushes what it can reach, and says how, or why not. */
    static final class Flusher {
        private Flusher() {
        }

        public static void main(String[] arguments) {
            CacheLineWriteback.find().ifPresentOrElse(writeback -> {
                try (Arena arena = Arena.ofConfined()) {
                    flushEverything(writeback, arena.allocate(64 * LINES, 64));
                }
                System.out.println(writeback.method() + CacheLineWriteback.unavailableReason());
            }, () -> System.out.println(CacheLineWriteback.unavailableReason()));
        }
    }

    private static void flushEverything(CacheLineWriteback writeback, MemorySegment memory) {
        memory.fill((byte) 1);
        for (int length = 0; length <= memory.byteSize(); length++) {
            writeback.flush(memory.address(), length);
            writeback.flush(memory.address() + memory.byteSize() - length, length);
        }
        writeback.fence();
    }

    @Test
    void shouldReachTheInstructionsOfThisJvm() {
        CacheLineWriteback writeback = CacheLineWriteback.find().orElseThrow(
                () -> new AssertionError(CacheLineWriteback.unavailableReason()));
        assertEquals("Unsafe.writeback0", writeback.method());
        assertEquals("", CacheLineWriteback.unavailableReason());
        try (Arena arena = Arena.ofConfined()) {
            flushEverything(writeback, arena.allocate(64 * LINES, 64));
        }
    }

    @Test
    void shouldAllocateNothing() {
        CacheLineWriteback writeback = CacheLineWriteback.find().orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(64 * LINES, 64);
            flushEverything(writeback, memory);
            long before = AllocatedBytes.ofThisThread();
            flushEverything(writeback, memory);
            assertEquals(0, AllocatedBytes.ofThisThread() - before);
        }
    }

    @Test
    void shouldUsePublicMethodWhenPackageIsOnlyExported() throws IOException {
        assertEquals("Unsafe.writebackMemory",
                ChildJvm.run(List.of(ChildJvm.NATIVE, ChildJvm.EXPORTS), Map.of(), Flusher.class));
    }

    @Test
    void shouldNameFlagAndPackageWhenNothingCanBeReached() throws IOException {
        // without native access libpmem2 is out of reach too, installed or not
        String reason = ChildJvm.run(List.of(), Map.of(), Flusher.class);
        assertTrue(reason.contains("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"), reason);
        assertTrue(reason.contains("libpmem2"), reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1"})
    void shouldStayAwayFromMethodThatCrashesWithoutTheOptimizingCompiler(String flag) throws IOException {
        // without native access, so that libpmem2 cannot stand in
        String reason = ChildJvm.run(List.of(ChildJvm.OPENS, flag), Map.of(), Flusher.class);
        assertTrue(reason.contains("without its optimizing compiler") && reason.contains("libpmem2"), reason);
    }

    @Test
    void shouldUseLibraryWhereItIsInstalled() throws IOException {
        assumeTrue(isInstalled(), "libpmem2 is not installed");
        assertEquals("libpmem2", ChildJvm.run(List.of(ChildJvm.NATIVE), Map.of(), Flusher.class));
    }

    private static boolean isInstalled() {
        try {
            SymbolLookup.libraryLookup("libpmem2.so.1", Arena.ofAuto());
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
