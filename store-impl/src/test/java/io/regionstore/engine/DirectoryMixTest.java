package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.engine.StoredRecords.Expected;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files of other times and of other stores in one directory, all of them good by themselves. */
class DirectoryMixTest {
    private static final long SEED = Long.getLong("proof.seed", 20_260_105);

    private DamagedDirectory store;

    @BeforeEach
    void makeStore() {
        store = new DamagedDirectory(false, SEED); // as after a kill: nothing says how many records there were
    }

    @AfterEach
    void close() {
        store.close();
        ProofSummary.add(Field.wrongData, 0);
    }

    private ErrorCode refusal(DamagePolicy policy) {
        ProofSummary.add(Field.corruptionTrials, 1);
        return assertThrows(RegionStoreException.class, () -> store.open(policy).close()).code();
    }

    @Test
    void shouldCutNewestFrameThatIsDamagedAndSaySo() {
        List<Integer> frames = store.frames();
        int last = frames.get(frames.size() - 2);
        for (int at = last; at < frames.getLast(); at++) {
            byte old = store.files.poke(store.log, at, (byte) 0);
            store.files.poke(store.log, at, Corruption.values()[at % 8].of(old));
            int byteAt = at;
            Set<String> found = store.judge(false, () -> "byte " + byteAt + " of the newest frame");
            store.files.poke(store.log, at, old);
            assertNotNull(found, "byte " + at);
            assertTrue(store.stored.missing(found).size() <= 1, "byte " + at);
            assertTrue(store.notes.toString().contains("torn"), store.notes::toString);
        }
    }

    @Test
    void shouldRefuseOlderImageUnderTheNewestName() {
        store.files.replace(store.image, store.files.contents(store.spare));
        assertNotNull(store.judge(true, () -> "an older image"), "the spare and its logs are the store");
        store.files.replace(store.image, store.files.contents(store.spare));
        store.files.remove(store.spare);
        assertNull(store.judge(true, () -> "an older image and no spare"));
    }

    @Test
    void shouldRefuseNewestImageUnderAnOlderName() {
        store.files.replace(store.spare, store.files.contents(store.image));
        assertNotNull(store.judge(true, () -> "a newer image as spare"), "the newest one is good");
        store.files.replace(store.spare, store.files.contents(store.image));
        store.files.remove(store.image);
        assertNull(store.judge(true, () -> "a newer image as spare, and only that"));
    }

    @Test
    void shouldRefuseOlderLogBesideNewerImage() {
        store.files.putBack(store.halfWay, store.log, store.log);
        assertEquals(ErrorCode.METADATA_RESTORED, refusal(DamagePolicy.DROP));
        // accepted, every payload is compared: what is served was stored once
        store.media.acceptingCopies(true);
        assertNotNull(store.judge(false, () -> "an older log, accepted"));
    }

    @Test
    void shouldRefuseLogUnderTheNameOfAnother() {
        String earlier = store.image.replace("image", "log");
        byte[] newest = store.files.contents(store.log);
        store.files.replace(store.log, store.files.contents(earlier));
        assertNull(store.judge(true, () -> earlier + " as " + store.log));
        store.files.replace(earlier, newest);
        assertNull(store.judge(true, () -> store.log + " as " + earlier));
    }

    @Test
    void shouldRefuseDirectoryThatWasPutBackOrServeNoWrongDataIfAccepted() {
        store.files.restore(store.older);
        for (String name : store.files.names()) {
            store.files.putBack(store.older, name, name);
        }
        assertEquals(ErrorCode.METADATA_RESTORED, refusal(DamagePolicy.DROP));
        store.media.acceptingCopies(true);
        assertNotNull(store.judge(false, () -> "an older directory, accepted"));
    }

    @Test
    void shouldServeNoWrongDataAfterBootWhenOlderBytesCameBackInTheSameInodes() {
        for (MemoryDirectory.Snapshot earlier : List.of(store.older, store.halfWay)) {
            store.media.rebooted(true);
            store.files.restore(earlier); // inodes and times as they were: nothing tells but the payloads
            assertNotNull(store.judge(false, () -> "an older directory, in place"));
        }
    }

    /** Without a boot only a few payloads are compared, see "Known limits": a view's verify tells. */
    @Test
    void shouldTellByVerifyWhatOlderBytesInTheSameInodesLeftOfPayloads() {
        store.files.restore(store.halfWay);
        ProofSummary.add(Field.corruptionTrials, 1);
        int[] told = new int[2];
        try (RegionStore open = store.open(DamagePolicy.DROP); RecordView view = open.newView()) {
            for (Map.Entry<String, Expected> entry : store.stored.live.entrySet()) {
                Expected e = entry.getValue();
                if (!(e.isLong() ? open.get(e.longKey(), view) : open.get(MemorySegment.ofArray(e.key()), view))) {
                    continue;
                }
                byte[] once = store.stored.ever(entry.getKey(), view.version());
                assertNotNull(once, entry.getKey());
                boolean right = Arrays.equals(once, view.segment().toArray(ValueLayout.JAVA_BYTE));
                boolean verified = true;
                try {
                    view.verify();
                } catch (RegionStoreException damaged) {
                    assertEquals(ErrorCode.CONTENTS_DAMAGED, damaged.code());
                    verified = false;
                }
                assertEquals(right, verified, entry.getKey());
                told[right ? 0 : 1]++;
            }
        }
        assertTrue(told[0] > 500, () -> Arrays.toString(told));
    }

    @Test
    void shouldRefuseFilesOfAnotherStore() {
        try (DamagedDirectory other = new DamagedDirectory(true, SEED + 1)) {
            for (String name : List.of(store.log, store.image, store.spare, store.image.replace("image", "log"))) {
                String from = name.startsWith("log") ? other.log : other.image;
                for (String source : List.of(from, name)) {
                    if (other.files.names().contains(source)) {
                        store.files.replace(name, other.files.contents(source));
                        // one whose generation is not that of its name is damage, for which the spare stands in
                        boolean mayOpen = name.equals(store.spare) || !source.equals(name);
                        Set<String> found = store.judge(true, () -> source + " of another store as " + name);
                        assertTrue(found == null || mayOpen, () -> source + " of another store as " + name);
                    }
                }
            }
        }
    }

    @Test
    void shouldServeNothingOfAnotherStoresDirectory() {
        try (DamagedDirectory other = new DamagedDirectory(true, SEED + 1)) {
            MemorySegment.copy(store.media.region, 0, other.media.region, 0, store.media.region.byteSize());
            ProofSummary.add(Field.corruptionTrials, 2);
            RegionStoreException refused = assertThrows(RegionStoreException.class,
                    () -> other.open(DamagePolicy.REFUSE).close());
            assertTrue(refused.code() == ErrorCode.CONTENTS_DAMAGED || refused.code() == ErrorCode.CONTENTS_LOST,
                    refused::getMessage);
            try (RegionStore open = other.open(DamagePolicy.DROP)) {
                // payloads of no bytes, or of very few, may match
                Set<String> found = other.stored.readEverStored(open);
                assertTrue(found.size() < other.stored.live.size() / 5, () -> "found " + found.size());
            }
        }
    }

    @Test
    void shouldNotTakeFramesOfAnEarlierTenantBehindItsOwn() {
        try (DamagedDirectory earlier = new DamagedDirectory(true, SEED + 1)) {
            List<Integer> frames = earlier.frames();
            byte[] old = earlier.files.contents(earlier.log);
            byte[] bytes = store.files.contents(store.log);
            int end = store.frames().getLast();
            for (int i = 0; i < 40; i++) {
                byte[] dirty = bytes.clone();
                int from = frames.get(i);
                System.arraycopy(old, from, dirty, end, Math.min(frames.get(i + 20) - from, dirty.length - end));
                store.files.replace(store.log, dirty);
                int frame = i;
                assertNotNull(store.judge(true, () -> "frame " + frame + " of an earlier tenant"));
                assertTrue(store.notes.toString().contains("torn"), store.notes::toString);
            }
        }
    }

    @Test
    void shouldRefuseDirectoryWithNewerLogOfAnEarlierTenant() {
        try (DamagedDirectory earlier = new DamagedDirectory(true, SEED + 1)) {
            String left = "log-00000000000000ff";
            store.files.putBack(earlier.intact, earlier.log, left);
            assertNull(store.judge(true, () -> "a log of an earlier tenant"));
            store.files.putBack(earlier.intact, earlier.image, "image-00000000000000ff");
            assertNull(store.judge(true, () -> "an image of an earlier tenant"));
        }
    }
}
