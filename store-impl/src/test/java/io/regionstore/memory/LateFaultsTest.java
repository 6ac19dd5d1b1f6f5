package io.regionstore.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Before the compilers have seen the code, and when they have made of it what they like. */
class LateFaultsTest {
    private static final int LENGTH = 1 << 20;
    private static final int CUT = 1 << 19;
    private static final int WARM_UP = 30_000;
    private static final int FAULTS = 300;

    @TempDir
    private Path folder;

    private final byte[] block = new byte[8192];
    private boolean passed;
    private long loaded;

    private interface Access {
        void to(MemorySegment memory);
    }

    private void store(MemorySegment memory) {
        memory.set(ValueLayout.JAVA_LONG, 0, 1);
    }

    private void load(MemorySegment memory) {
        loaded += memory.get(ValueLayout.JAVA_LONG, 0);
    }

    private void copyIn(MemorySegment memory) {
        MemorySegment.copy(block, 0, memory, ValueLayout.JAVA_BYTE, 0, block.length);
    }

    private void copyFewIn(MemorySegment memory) {
        MemorySegment.copy(block, 0, memory, ValueLayout.JAVA_BYTE, 0, 40);
    }

    private void copyOut(MemorySegment memory) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, block, 0, 100);
    }

    // one method for each access, so that each is compiled by itself with all that it calls

    private void storeAndRaise(MemorySegment memory) {
        store(memory);
        LateFaults.raise();
        passed = true;
    }

    private void loadAndRaise(MemorySegment memory) {
        load(memory);
        LateFaults.raise();
        passed = true;
    }

    private void copyInAndRaise(MemorySegment memory) {
        copyIn(memory);
        LateFaults.raise();
        passed = true;
    }

    private void copyFewInAndRaise(MemorySegment memory) {
        copyFewIn(memory);
        LateFaults.raise();
        passed = true;
    }

    private void copyOutAndRaise(MemorySegment memory) {
        copyOut(memory);
        LateFaults.raise();
        passed = true;
    }

    @Test
    void shouldThrowBeforeAnythingElseHappensWhateverTheCompilersMakeOfIt() {
        try (CutFile file = new CutFile(folder, LENGTH)) {
            file.cut(CUT);
            MemorySegment good = file.bytes();
            MemorySegment bad = file.bytes().asSlice(CUT);
            for (Access access : new Access[] {this::storeAndRaise, this::loadAndRaise, this::copyInAndRaise,
                    this::copyFewInAndRaise, this::copyOutAndRaise}) {
                for (int round = 0; round < 3; round++) {
                    requireEveryFault(access, bad);
                    for (int i = 0; i < WARM_UP; i++) {
                        access.to(good);
                    }
                }
                requireEveryFault(access, bad);
            }
        }
    }

    private void requireEveryFault(Access access, MemorySegment bad) {
        int thrown = 0;
        for (int i = 0; i < FAULTS; i++) {
            passed = false;
            try {
                access.to(bad);
            } catch (InternalError e) {
                thrown++;
            }
            assertEquals(false, passed, "a fault came up after the call that was to raise it");
        }
        assertEquals(FAULTS, thrown);
    }
}
