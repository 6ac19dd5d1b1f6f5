package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Verdict;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closing what somebody still uses, or what throws. */
class CloseTest {
    @TempDir
    private Path home;

    @Test
    void shouldWaitForASystemCallThatReadsAViewsBuffer() throws Exception {
        RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(home, 4 << 20, 64).create();
        store.put(1, MemorySegment.ofArray(new byte[2 << 20])); // more than a pipe takes
        RecordView view = store.newView();
        assertTrue(store.get(1, view));
        Pipe pipe = Pipe.open();
        ByteBuffer buffer = view.segment().asByteBuffer();
        Thread writer = Thread.ofPlatform().daemon().start(() -> {
            try {
                pipe.sink().write(buffer);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        while (java.util.Arrays.stream(writer.getStackTrace()).noneMatch(frame -> frame.getMethodName().equals("write0"))) {
            Thread.onSpinWait();
        }
        Thread closer = Thread.ofPlatform().daemon().start(store::close);
        while (closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        RegionStoreException locked = assertThrows(RegionStoreException.class,
                () -> StoreSetup.IN_PLACE_PROCESS.builder(home, 4 << 20, 64).open());
        assertEquals(ErrorCode.LOCKED, locked.code());
        ByteBuffer sunk = ByteBuffer.allocate(1 << 16);
        for (int read = 0; read < 2 << 20; sunk.clear()) {
            read += pipe.source().read(sunk);
        }
        writer.join();
        closer.join();
        try (RegionStore again = StoreSetup.IN_PLACE_PROCESS.builder(home, 4 << 20, 64).open()) {
            assertEquals(Verdict.CLEAN, again.recovery().verdict());
        }
    }

    @Test
    void shouldCloseTheRestWhateverOneThrowsAndTryThatOneAgain() {
        for (Throwable thrown : List.of(new IllegalStateException("acquired"), new OutOfMemoryError("none left"),
                new StackOverflowError(), new Exception("checked"))) {
            Resources resources = new Resources();
            List<String> closed = new ArrayList<>();
            Throwable[] next = {thrown};
            resources.add(() -> closed.add("first"));
            resources.add(() -> {
                if (next[0] instanceof Error e) {
                    throw e;
                } else if (next[0] instanceof Exception e) {
                    throw e;
                }
                closed.add("second");
            });
            resources.add(() -> closed.add("third"));
            Throwable told = assertThrows(Throwable.class, resources::close);
            assertTrue(told == thrown || told.getCause() == thrown, told.toString());
            assertEquals(List.of("third", "first"), closed);
            assertThrows(Throwable.class, resources::close);
            next[0] = null;
            resources.close();
            resources.close();
            assertEquals(List.of("third", "first", "second"), closed);
        }
    }

    @Test
    void shouldTellAllThatWasThrown() {
        Resources resources = new Resources();
        IllegalStateException same = new IllegalStateException("same");
        Error other = new Error("other");
        resources.add(() -> {
            throw same;
        });
        resources.add(() -> {
            throw other;
        });
        resources.add(() -> {
            throw same;
        });
        assertEquals(same, assertThrows(IllegalStateException.class, resources::close));
        assertEquals(List.of(other), List.of(same.getSuppressed()));
    }
}
