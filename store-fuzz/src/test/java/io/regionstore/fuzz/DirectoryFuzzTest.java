package io.regionstore.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.log.ImageSource;
import io.regionstore.log.MetadataDirectory;
import io.regionstore.log.Options;
import io.regionstore.log.Replay;
import io.regionstore.proof.FileState;
import io.regionstore.proof.SimulatedFiles;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;

/** Images and logs with any damage, or of any bytes, checksums mended or not: replay ends soon, typed, within bounds. */
class DirectoryFuzzTest {
    private static final UUID INSTANCE = new UUID(3, 4);
    private static final Options OPTIONS = Options.DEFAULT.withSizes(4096, 4096);
    private static final int SLOTS = 256;
    private static FileState intact;

    @BeforeAll
    static void makeStore() {
        intact = new FileState();
        MemorySegment header = MemorySegment.ofArray(new byte[512]);
        try (MetadataDirectory directory = MetadataDirectory.create(files(intact), INSTANCE, SLOTS, header,
                OPTIONS)) {
            directory.start();
            commit(directory, 0);
            directory.writeImage(new Image());
            for (int i = 1; i < 6; i++) {
                commit(directory, i);
            }
            directory.appendHeader(header);
        }
    }

    private static SimulatedFiles files(FileState state) {
        return new SimulatedFiles(state, event -> { });
    }

    private static void commit(MetadataDirectory directory, int i) {
        byte[] slot = new byte[32];
        java.util.Arrays.fill(slot, (byte) (i + 1));
        directory.awaitDurable(directory.append(MemorySegment.ofArray(slot), 0, i, 1, i - 1));
    }

    private static final class Image implements ImageSource {
        @Override
        public void awaitApplied(long lsn) {
            // nothing else runs
        }

        @Override
        public long tableSlots() {
            return SLOTS;
        }

        @Override
        public long usedSlots() {
            return SLOTS;
        }

        @Override
        public void copy(long firstSlot, MemorySegment destination) {
            destination.fill((byte) 7);
        }
    }

    @FuzzTest(maxDuration = "15s")
    void replay(byte[] data) {
        if (data.length < 3) {
            return;
        }
        FileState state = intact.copy();
        List<String> names = state.names().stream().sorted().toList();
        String name = names.get((data[0] & 0xFF) % names.size());
        byte[] bytes = state.bytes(state.inode(name)).clone();
        boolean image = name.startsWith("image");
        Checksums.damage(bytes, data, 3);
        if ((data[1] & 1) != 0) {
            mendHeader(bytes, image);
        }
        if ((data[1] & 2) != 0) {
            mendBody(bytes, image, Long.parseUnsignedLong(name.substring(name.indexOf('-') + 1), 16));
        }
        int length = (data[1] & 4) != 0 ? (data[2] & 0xFF) * bytes.length / 255 : bytes.length;
        state.damage(name, java.util.Arrays.copyOf(bytes, length));
        try {
            MetadataDirectory.open(files(state), new Bounds(), OPTIONS.withAcceptRestored((data[1] & 8) != 0)).close();
        } catch (RegionStoreException e) {
            assertTrue(e.code().name().startsWith("METADATA_"), () -> e.code() + ": " + e.getMessage());
        }
    }

    private static void mendHeader(byte[] bytes, boolean image) {
        Checksums.put(bytes, 8, bytes, 12, (image ? 1024 : 512) - 12);
    }

    /** Frames of a log, or blocks of an image, as long as their lengths make sense. */
    private static void mendBody(byte[] bytes, boolean image, long generation) {
        byte[] id = new byte[24];
        ByteBuffer.wrap(id).order(ByteOrder.LITTLE_ENDIAN).putLong(INSTANCE.getMostSignificantBits())
                .putLong(INSTANCE.getLeastSignificantBits()).putLong(generation);
        int seed = Checksums.of(id, 0, 24);
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = image ? 1024 : 512; at + 16 <= bytes.length; ) {
            int length = b.getInt(at + 4);
            long whole = image ? 16 + 32L * length : length;
            if (whole < 16 || whole > bytes.length - at) {
                return;
            }
            b.putInt(at, Checksums.of(bytes, at + 4, (int) whole - 4) ^ seed);
            at += (int) whole;
        }
    }

    /** Takes what a table would: never more than the slots it was told to have, and some growth. */
    private static final class Bounds implements Replay {
        private long slots;

        @Override
        public void begin(long tableSlots, MemorySegment header) {
            slots = tableSlots;
            assertTrue(tableSlots > 0, () -> "a table of " + tableSlots);
        }

        @Override
        public void slots(long firstSlot, MemorySegment bytes) {
            assertTrue(firstSlot >= 0 && firstSlot + bytes.byteSize() / 32 <= slots, () -> "slot " + firstSlot);
        }

        @Override
        public void write(long firstSlot, MemorySegment bytes) {
            requireSlot(firstSlot);
            assertTrue(bytes.byteSize() > 0 && bytes.byteSize() % 32 == 0);
        }

        @Override
        public void retire(long slot) {
            requireSlot(slot);
        }

        private static void requireSlot(long slot) {
            if (slot < 0) { // a table refuses what is past its end, since only it knows how far it can grow
                throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, "slot " + slot);
            }
        }

        @Override
        public void header(MemorySegment header) {
            assertTrue(header.byteSize() == 512);
        }
    }
}
