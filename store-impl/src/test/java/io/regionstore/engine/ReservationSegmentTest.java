package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.Reservation;
import io.regionstore.Verdict;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reservation's segments end with it, so that no late write changes a record. */
class ReservationSegmentTest {
    private static final List<Function<Reservation, MemorySegment>> KINDS =
            List.of(Reservation::segment, Reservation::sharedSegment);
    private static final byte[] PAYLOAD = {5, 5, 5, 5, 5, 5, 5, 5};

    @TempDir
    private Path home;

    private RegionStore create() {
        return StoreSetup.IN_PLACE_PROCESS.builder(home, 1 << 20, 64).create();
    }

    private static void requireDead(MemorySegment segment, ByteBuffer buffer) {
        assertThrows(IllegalStateException.class, () -> segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
        assertThrows(IllegalStateException.class, () -> segment.asSlice(4).get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, () -> buffer.put(0, (byte) 1));
    }

    @Test
    void shouldEndItsSegmentsWithCommitAbandonCloseAndTheStore() {
        for (Function<Reservation, MemorySegment> kind : KINDS) {
            List<Consumer<Reservation>> ends = List.of(r -> r.commit(1), r -> r.commit(MemorySegment.ofArray(new byte[3])),
                    Reservation::abandon, Reservation::close);
            try (RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(home, 1 << 20, 64).openOrCreate()) {
                for (Consumer<Reservation> end : ends) {
                    Reservation reservation = store.reserve(8, 8);
                    MemorySegment segment = kind.apply(reservation);
                    ByteBuffer buffer = segment.asByteBuffer();
                    segment.fill((byte) 5);
                    end.accept(reservation);
                    requireDead(segment, buffer);
                }
                byte[] found = new byte[8];
                assertEquals(8, store.get(1, MemorySegment.ofArray(found), 0));
                assertArrayEquals(PAYLOAD, found);
            }
            RegionStore store = StoreSetup.IN_PLACE_PROCESS.builder(home, 1 << 20, 64).open();
            assertEquals(Verdict.CLEAN, store.recovery().verdict());
            Reservation reservation = store.reserve(8, 8);
            MemorySegment segment = kind.apply(reservation);
            ByteBuffer buffer = segment.asByteBuffer();
            store.close();
            requireDead(segment, buffer);
            reservation.close();
        }
    }

    @Test
    void shouldGiveANewSegmentAfterACommitThatFailed() {
        try (RegionStore store = create()) {
            long deleted = 100;
            for (Function<Reservation, MemorySegment> kind : KINDS) {
                try (Reservation reservation = store.reserve(8, 8)) {
                    MemorySegment first = kind.apply(reservation);
                    first.fill((byte) 5);
                    assertThrows(RegionStoreException.class, () -> {
                        for (long key = 100; ; key++) {
                            store.put(key, MemorySegment.ofArray(new byte[1])); // takes all slots
                        }
                    });
                    RegionStoreException full = assertThrows(RegionStoreException.class, () -> reservation.commit(9));
                    assertEquals(ErrorCode.METADATA_FULL, full.code());
                    requireDead(first, first.asByteBuffer());
                    MemorySegment again = kind.apply(reservation);
                    assertNotSame(first, again);
                    assertArrayEquals(PAYLOAD, again.toArray(ValueLayout.JAVA_BYTE), "what was filled in before");
                    again.set(ValueLayout.JAVA_BYTE, 0, (byte) 6);
                    store.delete(deleted++);
                    assertTrue(reservation.commit(9) > 0);
                    requireDead(again, again.asByteBuffer());
                }
            }
        }
    }

    private static <T> T onAnotherThread(java.util.concurrent.Callable<T> call) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.ofPlatform().start(task).join();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            throw new AssertionError(e.getCause());
        }
    }

    @Test
    void shouldLetOnlyTheThreadOfASegmentEndItsUse() throws InterruptedException {
        try (RegionStore store = create()) {
            Reservation reservation = store.reserve(8, 8);
            MemorySegment segment = reservation.segment();
            segment.fill((byte) 5);
            assertThrows(WrongThreadException.class, () -> onAnotherThread(() -> segment.get(ValueLayout.JAVA_BYTE, 0)));
            for (Runnable end : List.<Runnable>of(() -> reservation.commit(1), reservation::abandon)) {
                RegionStoreException refused = assertThrows(RegionStoreException.class, () -> onAnotherThread(() -> {
                    end.run();
                    return null;
                }));
                assertEquals(ErrorCode.INVALID_ARGUMENT, refused.code());
                assertTrue(refused.getMessage().contains("sharedSegment()"), refused.getMessage());
            }
            segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 5);
            assertTrue(reservation.commit(1) > 0);
            requireDead(segment, segment.asByteBuffer());
        }
    }

    @Test
    void shouldLetOthersFillASharedOneAndCommitForAThreadThatEnded() throws InterruptedException {
        try (RegionStore store = create()) {
            Reservation shared = store.reserve(8, 8);
            MemorySegment segment = shared.sharedSegment();
            onAnotherThread(() -> segment.fill((byte) 5));
            long version = onAnotherThread(() -> shared.commit(1));
            assertEquals(version, store.version(1));
            requireDead(segment, segment.asByteBuffer());
            Reservation left = onAnotherThread(() -> {
                Reservation made = store.reserve(8, 8);
                made.segment().fill((byte) 5);
                return made;
            });
            assertTrue(left.commit(2) > 0, "its thread has ended");
            byte[] found = new byte[8];
            store.get(2, MemorySegment.ofArray(found), 0);
            assertArrayEquals(PAYLOAD, found);
        }
    }

    @Test
    void shouldNotCommitWhileASystemCallFillsIt() throws Exception {
        try (RegionStore store = create()) {
            Reservation reservation = store.reserve(8, 8);
            Pipe pipe = Pipe.open();
            ByteBuffer buffer = reservation.sharedSegment().asByteBuffer();
            Thread reader = Thread.ofPlatform().daemon().start(() -> {
                try {
                    pipe.source().read(buffer);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            RegionStoreException busy = null;
            while (busy == null) {
                try {
                    awaitNative(reader);
                    reservation.commit(1);
                } catch (RegionStoreException e) {
                    busy = e;
                }
            }
            assertEquals(ErrorCode.INVALID_ARGUMENT, busy.code());
            pipe.sink().write(ByteBuffer.wrap(PAYLOAD));
            reader.join();
            assertTrue(reservation.commit(1) > 0);
            byte[] found = new byte[8];
            store.get(1, MemorySegment.ofArray(found), 0);
            assertArrayEquals(PAYLOAD, found);
        }
    }

    /** Until a thread is in a read that waits. */
    static void awaitNative(Thread reader) {
        while (java.util.Arrays.stream(reader.getStackTrace()).noneMatch(frame -> frame.getMethodName().equals("read0"))) {
            Thread.onSpinWait();
        }
    }
}
