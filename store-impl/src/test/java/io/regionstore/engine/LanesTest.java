package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LanesTest {
    @Test
    void shouldNotWaitForLanesThatClosingKeeps() {
        Lanes lanes = new Lanes(1, 16);
        lanes.close();
        assertTimeoutPreemptively(Duration.ofSeconds(5), lanes::quiesce);
        RegionStoreException e = assertTimeoutPreemptively(Duration.ofSeconds(5),
                () -> assertThrows(RegionStoreException.class, () -> lanes.claim(3)));
        assertEquals(ErrorCode.CLOSED, e.code());
    }

    /** The allocators have as many; the number of processors may be another one by now. */
    @Test
    void shouldHaveAsManyLanesAsItIsTold() {
        for (int count : new int[] {1, 16, 4 * Lanes.count()}) {
            Lanes lanes = new Lanes(1, count);
            assertEquals(count, lanes.all().length);
            Lane lane = lanes.claim();
            assertSame(lanes.all()[lane.id], lane);
            lanes.release(lane);
        }
    }

    @Test
    void shouldWaitForWritesThatRun() throws Exception {
        Lanes lanes = new Lanes(1, 16);
        Lane held = lanes.claim(5);
        Thread waiter = Thread.ofPlatform().daemon().start(lanes::quiesce);
        waiter.join(50);
        assertEquals(true, waiter.isAlive());
        Thread closer = Thread.ofPlatform().daemon().start(lanes::close);
        closer.join(50);
        assertEquals(true, closer.isAlive());
        assertEquals(true, waiter.isAlive());
        lanes.release(held);
        closer.join(5000);
        waiter.join(5000);
        assertEquals(false, closer.isAlive() || waiter.isAlive());
    }
}
