package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Slots of the same store as they were some time ago, put back in place: their own checksums are right, their extents
 * hold other records now. What is served was stored once, under that key and version; bytes of another record never are.
 */
class OlderSlotsTest {
    private static final int SCALE = Integer.getInteger("proof.scale", 1);
    private static final long SEED = Long.getLong("proof.seed", 20_260_102);
    private static final int SLOTS = 256;
    private static final int TABLE = 24576;

    private final Map<Long, Map<Long, byte[]>> history = new HashMap<>();
    private long opened;
    private long refused;

    @Test
    void shouldServeNoBytesOfAnotherRecordWhenOlderSlotsCameBack() {
        for (int trial = 0; trial < 150 * SCALE; trial++) {
            long seed = SEED + trial;
            history.clear();
            try (MemoryMedia media = new MemoryMedia(16 << 10, TABLE + SLOTS * 32, 1)) {
                byte[] older = makeStore(media, new Random(seed));
                boolean boot = trial % 2 == 0;
                putBack(media, older, new Random(seed), boot);
                byte[] damaged = media.metadataBytes();
                for (DamagePolicy policy : DamagePolicy.values()) {
                    media.restoreMetadata(damaged);
                    judge(media.rebooted(boot), policy);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        ProofSummary.add(Field.wrongData, 0);
        assertTrue(opened > 100 && refused > 50, "opened " + opened + ", refused " + refused);
    }

    private byte[] makeStore(MemoryMedia media, Random random) {
        try (RegionStore store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, SLOTS)) {
            change(store, random, 150);
            byte[] older = media.metadataBytes();
            change(store, random, 400);
            return older;
        }
    }

    private void change(RegionStore store, Random random, int times) {
        for (int i = 0; i < times; i++) {
            long key = random.nextInt(80);
            if (random.nextInt(3) == 0) {
                store.delete(key);
            } else {
                byte[] payload = new byte[1 + random.nextInt(120)];
                random.nextBytes(payload);
                long version = store.put(key, MemorySegment.ofArray(payload));
                history.computeIfAbsent(key, k -> new HashMap<>()).put(version, payload);
            }
        }
    }

    /** In the same boot nobody compares payloads: an old slot must then show itself by an extent that is another's. */
    private static void putBack(MemoryMedia media, byte[] older, Random random, boolean boot) {
        List<long[]> live = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            long[] extent = extent(media.metadata, slot);
            if (extent != null) {
                live.add(extent);
            }
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            long[] extent = extent(MemorySegment.ofArray(older), slot);
            boolean free = extent(media.metadata, slot) == null;
            if (extent != null && free && random.nextBoolean() && (boot || live.stream().anyMatch(
                    other -> extent[0] < other[1] && other[0] < extent[1]))) {
                MemorySegment.copy(older, TABLE + slot * 32, media.metadata, ValueLayout.JAVA_BYTE, TABLE + slot * 32,
                        32);
            }
        }
    }

    /** Start and end of a live slot's extent, or null. */
    private static long[] extent(MemorySegment metadata, int slot) {
        long at = TABLE + slot * 32L;
        if ((metadata.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 24) & 1) == 0) {
            return null;
        }
        long word = metadata.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8);
        long offset = (word >>> 20) * 8;
        return new long[] {offset, offset + (word & 0xFFFFF)};
    }

    private void judge(MemoryMedia media, DamagePolicy policy) {
        ProofSummary.add(Field.corruptionTrials, 1);
        try (RegionStore store = media.open(FailureDomain.PROCESS, policy, Mode.OPEN, 0)) {
            opened++;
            readAll(store);
            // what was freed by dropping is used again, and never under a record that is there
            for (long key = 1000; key < 1020; key++) {
                byte[] payload = new byte[200];
                Arrays.fill(payload, (byte) key);
                try {
                    history.computeIfAbsent(key, k -> new HashMap<>())
                            .put(store.put(key, MemorySegment.ofArray(payload)), payload);
                } catch (RegionStoreException full) {
                    assertTrue(full.code() == ErrorCode.REGION_FULL || full.code() == ErrorCode.METADATA_FULL);
                }
            }
            readAll(store);
        } catch (RegionStoreException e) {
            assertTrue(policy == DamagePolicy.REFUSE && (e.code() == ErrorCode.CONTENTS_DAMAGED
                    || e.code() == ErrorCode.METADATA_CORRUPT), () -> e.code() + " " + e.getMessage());
            refused++;
        }
    }

    private void readAll(RegionStore store) {
        store.forEach(view -> {
            byte[] stored = history.getOrDefault(view.longKey(), Map.of()).get(view.version());
            byte[] found = view.segment().toArray(ValueLayout.JAVA_BYTE);
            ProofSummary.add(Field.wrongData, Arrays.equals(stored, found) ? 0 : 1);
            assertNotNull(stored, () -> "version " + view.version() + " of key " + view.longKey() + " was never stored");
            assertArrayEquals(stored, found, () -> "version " + view.version() + " of key " + view.longKey());
        });
    }
}
