package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.spi.StoreProvider.Mode;
import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * A store whose metadata is in a directory, in memory: an official image of two blocks and its spare, one log between
 * them for each of nine sessions, and a last log of more than 64 KiB of frames; damaged again and again, and the
 * judgement of what the engine makes of each damage.
 */
final class DamagedDirectory implements AutoCloseable {
    static final int LOG_HEADER = 512;
    static final int IMAGE_HEADER = 1024;
    private static final int REGION = 512 << 10;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    final MemoryMedia media;
    final MemoryDirectory files = new MemoryDirectory();
    final StoredRecords stored = new StoredRecords();
    /** As the last session began: the newest image is official, the last log empty. */
    final MemoryDirectory.Snapshot older;
    /** Half way through the last session. */
    final MemoryDirectory.Snapshot halfWay;
    final MemoryDirectory.Snapshot intact;
    /** Names of the last log, the newest image and the one before. */
    final String log;
    final String image;
    final String spare;
    long trials;
    long refused;
    /** Most bytes of heap that one open took. */
    long heap;
    List<String> notes = List.of();

    /**
     * @param closed whether the last session closed, or is left as by a kill
     * @param seed   of the records
     */
    DamagedDirectory(boolean closed, long seed) {
        media = new MemoryMedia(REGION, 8, 1).inDirectory(files);
        Random random = new Random(seed);
        try (RegionStore store = open(DamagePolicy.REFUSE, Mode.CREATE)) {
            stored.fill(store, random, 2300);
        }
        for (int session = 2; session <= 9; session++) { // each adds a log; for so many an image is due
            openQuietly().close();
        }
        try (RegionStore store = openQuietly()) {
            stored.fill(store, random, 40);
        }
        MemoryDirectory.Snapshot left;
        try (RegionStore store = openQuietly()) {
            older = files.snapshot();
            stored.fill(store, random, 250);
            halfWay = files.snapshot();
            stored.fill(store, random, 500);
            left = files.snapshot();
        }
        intact = closed ? files.snapshot() : left;
        log = files.names().stream().filter(name -> name.startsWith("log-")).toList().getLast();
        List<String> images = files.names().stream().filter(name -> name.startsWith("image-")).toList();
        assertEquals(2, images.size(), images::toString);
        image = images.getLast();
        spare = images.getFirst();
        assertTrue(frames().getLast() > 64 << 10, () -> "frames up to " + frames().getLast());
        assertEquals(2, blocks().size());
    }

    /** Opens, and waits until the image, if one is due, is written. */
    private RegionStore openQuietly() {
        RegionStore store = open(DamagePolicy.REFUSE);
        ((Engine) store).commits().awaitQuiet();
        return store;
    }

    private RegionStore open(DamagePolicy policy, Mode mode) {
        return media.open(FailureDomain.PROCESS, policy, mode, mode == Mode.CREATE ? 4096 : 0);
    }

    RegionStore open(DamagePolicy policy) {
        return open(policy, Mode.OPEN);
    }

    /** @return offsets of the last log's frames, and of the end of the last one */
    List<Integer> frames() {
        return frames(files.contents(log));
    }

    private static List<Integer> frames(byte[] log) {
        List<Integer> offsets = new ArrayList<>(List.of(LOG_HEADER));
        for (int at = LOG_HEADER; frameLength(log, at) != 0; offsets.add(at)) {
            at += frameLength(log, at);
        }
        return offsets;
    }

    /** @return offsets of the newest image's blocks */
    List<Integer> blocks() {
        byte[] bytes = files.contents(image);
        List<Integer> offsets = new ArrayList<>();
        for (int at = IMAGE_HEADER; at < bytes.length; at += blockLength(bytes, at)) {
            offsets.add(at);
        }
        return offsets;
    }

    static int blockLength(byte[] image, int at) {
        return 16 + 32 * ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
    }

    static int frameLength(byte[] log, int at) {
        return ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
    }

    /** Makes the checksum of a file's header right again, so that damage to its fields is reached. */
    static void seal(byte[] file, int headerLength) {
        CRC32C crc = new CRC32C();
        crc.update(file, 12, headerLength - 12);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, (int) crc.getValue());
    }

    /**
     * Damages one byte, judges and undoes the damage.
     *
     * @return whether it was refused; true, too, if the byte stayed what it was and there was nothing to judge
     */
    boolean judgeByte(String file, int at, Corruption way) {
        byte old = files.poke(file, at, (byte) 0);
        byte damaged = way.of(old);
        files.poke(file, at, damaged);
        try {
            return damaged == old || judge(true, () -> way + " of byte " + at + " of " + file) == null;
        } finally {
            files.poke(file, at, old);
        }
    }

    /**
     * Opens the damaged store and judges: refused as what it is, with nothing changed, or all it should have. Then the
     * files are put back.
     *
     * @param whole whether all records must be there if it opens; else any that were stored at some time
     * @param where said when something is wrong
     * @return the records that were found, or null where it was refused
     */
    Set<String> judge(boolean whole, Supplier<String> where) {
        trials++;
        ProofSummary.add(Field.corruptionTrials, 1);
        long changes = files.changes();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        try (RegionStore store = open(DamagePolicy.DROP)) {
            heap = Math.max(heap, THREADS.getCurrentThreadAllocatedBytes() - allocated);
            notes = store.recovery().notes();
            Set<String> found = whole ? stored.readAll(store) : stored.readEverStored(store);
            assertTrue(!whole || found.size() == stored.live.size(), () -> stored.missing(found).size() + " are missing");
            return found;
        } catch (RegionStoreException e) {
            refused++;
            heap = Math.max(heap, THREADS.getCurrentThreadAllocatedBytes() - allocated);
            if (!e.code().name().startsWith("METADATA_")) {
                throw new AssertionError(where.get() + ": " + e.code(), e);
            }
            assertEquals(changes, files.changes(), () -> where.get() + ": a refusal changes nothing");
            assertEquals(0, media.open(), where);
            return null;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(where.get() + ": " + e.getMessage(), e);
        } finally {
            files.restore(intact);
        }
    }

    @Override
    public void close() {
        media.close();
    }
}
