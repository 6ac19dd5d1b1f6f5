package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.PayloadVerification;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.StoreConfig;
import io.regionstore.log.LogFile;
import io.regionstore.log.LogFiles;
import io.regionstore.log.MetadataDirectory;
import io.regionstore.proof.WrappedFiles;
import io.regionstore.spi.StoreProvider.Mode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of {@link LoggedCommit}, one by one: what is durable when the log is written, and when a call returns. */
class LoggedRulesTest {
    private static final int REGION = 64 << 10;
    private static final int PAYLOAD = 400;

    @TempDir
    Path home;

    private final MemoryMedia memory = new MemoryMedia(REGION, 4096, 1);
    private LossyMemory region;
    private int writes;
    private int writesBeforePayload;
    private boolean unsynced;

    @AfterEach
    void close() {
        memory.close();
    }

    private RegionStore open(Duration relaxed) {
        memory.through(real -> region = new LossyMemory(real));
        StoreConfig config = new StoreConfig(Medium.file(Path.of("/memory/region"), REGION),
                Medium.directory(home.resolve("metadata")), FailureDomain.PLATFORM, 256, RegionStore.GRANULE, relaxed,
                PayloadVerification.FULL, DamagePolicy.REFUSE, false, (phase, done, total) -> { });
        return StoreOpener.open(config, Mode.OPEN_OR_CREATE, new Media() {
            @Override
            public OpenMedium open(Medium medium, boolean mayCreate, OpenMedium beside) {
                return memory.open(medium, mayCreate, beside);
            }

            @Override
            public UUID boot() {
                return memory.boot();
            }

            @Override
            public LogFiles files(Path directory) {
                LogFiles files = MetadataDirectory.files(directory);
                return files == null ? null : new Watched(files);
            }
        });
    }

    private static MemorySegment payload(int value) {
        byte[] payload = new byte[PAYLOAD];
        Arrays.fill(payload, (byte) value);
        return MemorySegment.ofArray(payload);
    }

    private void requireAcknowledged(int before, String what) {
        assertTrue(writes > before && !unsynced, what + " was acknowledged before its frame was durable");
        assertEquals(0, writesBeforePayload, "a frame was written before its payload was durable");
    }

    @Test
    void shouldAcknowledgeWhatIsInTheLogDurablyAndItsPayloadBefore() {
        try (RegionStore store = open(Duration.ZERO)) {
            requireAcknowledged(0, "the header of the session");
            for (int i = 1; i < 5; i++) {
                int before = writes;
                store.put(i % 2, payload(i));
                requireAcknowledged(before, "a put");
            }
            int before = writes;
            store.delete(1);
            requireAcknowledged(before, "a delete");
        }
    }

    @Test
    void shouldReuseNoExtentBeforeTheFrameThatRetiredItIsDurable() {
        try (RegionStore store = open(Duration.ofHours(1)); RecordView view = store.newView()) {
            Set<Long> extents = new HashSet<>();
            int before = writes;
            store.put(1, payload(0));
            while (writes == before) { // until the region is full, and what was retired must be made durable
                assertTrue(store.get(1, view));
                assertTrue(extents.add(view.offset()), "an extent is used again before it is durably free");
                view.release();
                store.put(1, payload(extents.size()));
            }
            assertTrue(extents.size() > REGION / PAYLOAD / 2);
            assertTrue(store.get(1, view));
            assertTrue(extents.contains(view.offset()), "afterwards they are used again");
        }
    }

    @Test
    void shouldImageNoTableThatAWriteIsStillChanging() throws Exception {
        Lanes lanes = new Lanes(1, Lanes.count());
        LoggedCommit commits = new LoggedCommit(null, null, null, null, null, lanes, null, false, false, "none");
        Lane writing = lanes.claim();
        Thread image = Thread.ofPlatform().daemon().start(() -> commits.awaitApplied(1));
        image.join(50);
        assertTrue(image.isAlive(), "an image is written while a write has appended and not applied");
        lanes.release(writing);
        image.join();
    }

    /** Real files, and what reaches them when. */
    private final class Watched extends WrappedFiles {
        Watched(LogFiles files) {
            super(files);
        }

        private LogFile watch(LogFile file) {
            return new LogFile() {
                @Override
                public long size() throws IOException {
                    return file.size();
                }

                @Override
                public int read(ByteBuffer destination, long position) throws IOException {
                    return file.read(destination, position);
                }

                @Override
                public void write(ByteBuffer source, long position) throws IOException {
                    boolean frames = position > 0 && source.getLong(source.position()) != 0; // else room for frames
                    if (frames) {
                        writes++;
                        unsynced = true;
                        writesBeforePayload += region.isDurable(0, REGION) ? 0 : 1;
                    }
                    file.write(source, position);
                }

                @Override
                public void sync(boolean metadata) throws IOException {
                    file.sync(metadata);
                    unsynced = false;
                }

                @Override
                public void close() throws IOException {
                    file.close();
                }
            };
        }

        @Override
        public LogFile create(String name) throws IOException {
            return watch(files.create(name));
        }

        @Override
        public LogFile open(String name, boolean writable) throws IOException {
            return watch(files.open(name, writable));
        }
    }
}
