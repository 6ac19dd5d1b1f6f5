package io.regionstore.proof.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.Verdict;
import io.regionstore.engine.SimulatedMedia;
import io.regionstore.proof.Crash;
import io.regionstore.proof.CrashImages;
import io.regionstore.proof.Image;
import io.regionstore.proof.Machine;
import io.regionstore.proof.Trace;
import io.regionstore.spi.StoreProvider.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A create that a crash cuts short can be begun again, and what an earlier tenant left does no harm. */
class CreateTest {
    private static Machine blankExceptForAnEarlierTenant() {
        Image image = Image.blank(1024, 28 * 1024);
        new Random(1).longs(64).forEach(n -> image.metadata()[(int) (3072 + (n >>> 1) % 256)] = n | 1);
        return new Machine(image, 1);
    }

    private static void requireUsable(Image image, int boot, FailureDomain domain, String where) {
        Machine machine = new Machine(image, boot);
        try (RegionStore store = openOrCreate(machine, domain)) {
            assertEquals(0, store.size(), where);
            assertTrue(store.put(1, java.lang.foreign.MemorySegment.ofArray(new byte[9])) > 0, where);
        } catch (io.regionstore.RegionStoreException e) {
            throw new AssertionError(where + ": " + e.getMessage(), e);
        }
    }

    /** Until create says that it has begun, what an earlier tenant left is not ours: only create may clear it. */
    private static RegionStore openOrCreate(Machine machine, FailureDomain domain) {
        try {
            return SimulatedMedia.open(machine, domain, Mode.OPEN_OR_CREATE);
        } catch (io.regionstore.RegionStoreException e) {
            assertEquals(io.regionstore.ErrorCode.METADATA_FOREIGN, e.code(), e.getMessage());
            return SimulatedMedia.open(machine, domain, Mode.CREATE);
        }
    }

    @Test
    void shouldCreateAgainAfterACrashAtAnyStoreOfCreate() {
        Machine machine = blankExceptForAnEarlierTenant();
        SimulatedMedia.open(machine, FailureDomain.KERNEL, Mode.CREATE).close();
        Trace trace = machine.trace();
        for (int p = 0; p <= trace.size(); p++) {
            requireUsable(trace.visible(p), 2, FailureDomain.KERNEL, "program order, position " + p);
        }
    }

    @Test
    void shouldCreateAgainAfterAPowerLossAtAnyMomentOfCreate() {
        Machine machine = blankExceptForAnEarlierTenant();
        RegionStore store = SimulatedMedia.open(machine, FailureDomain.PLATFORM, Mode.CREATE);
        assertEquals(Verdict.CREATED, store.recovery().verdict());
        store.close();
        Trace trace = machine.trace();
        CrashImages walk = new CrashImages(trace, new Random(1));
        List<Integer> points = new ArrayList<>();
        for (int p = 0; p < trace.size(); p++) {
            if (trace.kind(p) == Trace.Kind.FENCE) {
                points.add(p);
            }
        }
        points.add(trace.size());
        for (int p : points) {
            walk.advanceTo(p);
            walk.forEach(Crash.PLATFORM, 128,
                    image -> requireUsable(image, 2, FailureDomain.PLATFORM, "lines, position " + p));
        }
    }
}
