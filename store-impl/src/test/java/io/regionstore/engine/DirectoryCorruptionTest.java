package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.testing.ProofSummary;
import io.regionstore.testing.ProofSummary.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Bytes of images and logs damaged under a whole store that was closed: all records, or a typed refusal that changes
 * nothing. Headers are damaged in every byte and all ten ways at any scale. Frames of a log of more than 64 KiB, and blocks
 * of an image of two, are damaged in every byte and all ten ways with {@code -Dproof.scale=10} and more; at scale 1 it is
 * one in {@value #FRAME_STRIDE} of these pairs of byte and way for frames, and one in {@value #BLOCK_STRIDE} for blocks: in
 * every slot and in every word of a frame some, all ways in turn.
 */
class DirectoryCorruptionTest {
    private static final int SCALE = Integer.getInteger("proof.scale", 1);
    private static final long SEED = Long.getLong("proof.seed", 20_260_103);
    /** No multiple of ten nor of a frame's words: all ways and all bytes come up. */
    private static final int FRAME_STRIDE = 41;
    private static final int BLOCK_STRIDE = 81;
    /** A store's own tables aside, opening reads into fixed buffers. */
    private static final long MOST_HEAP = 16 << 20;

    private static DamagedDirectory store;

    @BeforeAll
    static void makeStore() {
        store = new DamagedDirectory(true, SEED);
    }

    @AfterEach
    void putBack() {
        store.files.restore(store.intact);
        assertTrue(store.heap < MOST_HEAP, () -> "one open took " + store.heap + " bytes of heap");
        ProofSummary.add(Field.wrongData, 0);
    }

    @AfterAll
    static void close() {
        System.out.printf("corruption: directory, %d opens, %d refused, at most %d bytes of heap%n", store.trials,
                store.refused, store.heap);
        store.close();
    }

    private static int stride(int atScaleOne) {
        return SCALE >= 10 ? 1 : Math.max(1, atScaleOne / SCALE);
    }

    /** Damages the bytes of a file in one pair of byte and way out of so many; what opens is counted. */
    private static int openedOf(String file, int from, int to, int stride) {
        int opened = 0;
        for (long pair = from * 10L; pair < to * 10L; pair += stride) {
            opened += store.judgeByte(file, (int) (pair / 10), Corruption.values()[(int) (pair % 10)]) ? 0 : 1;
        }
        return opened;
    }

    @Test
    void shouldRefuseEveryByteOfHeadersOfLogs() {
        for (String log : List.of(store.log, store.image.replace("image", "log"))) {
            assertEquals(0, openedOf(log, 0, DamagedDirectory.LOG_HEADER, 1), log);
        }
    }

    @Test
    void shouldRefuseEveryByteOfFramesThatWereDurable() {
        List<Integer> frames = store.frames();
        int last = frames.get(frames.size() - 2);
        assertEquals(0, openedOf(store.log, DamagedDirectory.LOG_HEADER, last, stride(FRAME_STRIDE)));
        // the last frame says that the store was closed: without it, it opens as after a crash
        int end = frames.getLast();
        int pairs = openedOf(store.log, last, end, 7);
        assertTrue(pairs > 0 && pairs <= (end - last) * 10 / 7 + 1, () -> "opened " + pairs);
    }

    @Test
    void shouldNotMindBytesBehindTheFrames() {
        int end = store.frames().getLast();
        for (int at = end; at < end + 512; at += 5) {
            assertTrue(!store.judgeByte(store.log, at, Corruption.ONES), "byte " + at);
        }
    }

    @Test
    void shouldRefuseEveryByteOfImageWithoutSpare() {
        store.files.remove(store.spare);
        MemoryDirectory.Snapshot withoutSpare = store.files.snapshot();
        int length = store.files.contents(store.image).length;
        for (long pair = 0; pair < length * 10L;
                pair += pair < DamagedDirectory.IMAGE_HEADER * 10 ? 1 : stride(BLOCK_STRIDE)) {
            store.files.restore(withoutSpare);
            int at = (int) (pair / 10);
            assertTrue(store.judgeByte(store.image, at, Corruption.values()[(int) (pair % 10)]), "byte " + at);
        }
    }

    @Test
    void shouldUseSpareForDamagedImage() {
        int length = store.files.contents(store.image).length;
        Random random = new Random(SEED);
        for (int trial = 0; trial < 150 * SCALE; trial++) {
            int at = random.nextInt(trial % 2 == 0 ? DamagedDirectory.IMAGE_HEADER : length);
            Corruption way = Corruption.values()[random.nextInt(8)];
            assertTrue(!store.judgeByte(store.image, at, way), () -> "byte " + at + ", seed " + SEED);
            assertTrue(store.notes.toString().contains("the newest image is damaged"), store.notes::toString);
        }
    }

    @Test
    void shouldServeAllOrNothingForAnyFewBytesOfAnyFile() {
        Random random = new Random(SEED);
        List<Integer> frames = store.frames();
        for (int trial = 0; trial < 300 * SCALE; trial++) {
            StringBuilder where = new StringBuilder("seed " + SEED);
            for (int n = random.nextInt(6); n >= 0; n--) {
                String file = List.of(store.log, store.image, store.spare).get(random.nextInt(3));
                byte[] bytes = store.files.contents(file);
                // without the two newest frames at once nobody can tell that there were more
                int length = file.equals(store.log) ? frames.get(frames.size() - 2) : bytes.length;
                int at = random.nextInt(length);
                int count = 1 + random.nextInt(Math.min(64, length - at));
                byte[] noise = new byte[count];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, at, count);
                store.files.replace(file, bytes);
                where.append(", ").append(count).append(" bytes at ").append(at).append(" of ").append(file);
            }
            store.judge(true, where::toString);
        }
    }

    @Test
    void shouldRefuseLogCutToAnyLength() {
        byte[] whole = store.files.contents(store.log);
        for (int length = 0; length < whole.length; length += length < 1024 ? 1 : 97) {
            cut(store.log, whole, length);
        }
        cut(store.log, whole, whole.length - 1);
    }

    private static void cut(String file, byte[] whole, int length) {
        store.files.replace(file, Arrays.copyOf(whole, length));
        assertNull(store.judge(true, () -> file + " cut to " + length), () -> file + " cut to " + length);
    }

    @Test
    void shouldRefuseImageOfAnyOtherLengthWithoutSpare() {
        byte[] whole = store.files.contents(store.image);
        for (int length = 0; length <= whole.length + 64; length += length < 1200 || length > whole.length - 64 ? 1 : 499) {
            if (length != whole.length) {
                store.files.remove(store.spare);
                cut(store.image, whole, length);
            }
        }
    }

    @Test
    void shouldRefuseFramesThatWereSwappedCopiedOrTakenOut() {
        Random random = new Random(SEED);
        List<Integer> frames = store.frames();
        byte[] whole = store.files.contents(store.log);
        for (int trial = 0; trial < 400 * SCALE; trial++) {
            int i = random.nextInt(frames.size() - 3);
            int j = i + 1 + random.nextInt(trial % 4 == 0 ? 1 : frames.size() - 3 - i);
            byte[] a = Arrays.copyOfRange(whole, frames.get(i), frames.get(i + 1));
            byte[] b = Arrays.copyOfRange(whole, frames.get(j), frames.get(j + 1));
            byte[] between = Arrays.copyOfRange(whole, frames.get(i + 1), frames.get(j));
            byte[] none = new byte[0];
            byte[] instead = switch (trial % 5) {
                case 0 -> concat(b, between, a);
                case 1 -> concat(a, between, a);
                case 2 -> concat(b, between, b);
                case 3 -> concat(a, a, between, b);
                default -> concat(none, between, b);
            };
            byte[] rest = Arrays.copyOfRange(whole, frames.get(j + 1), whole.length);
            byte[] head = Arrays.copyOf(whole, frames.get(i));
            store.files.replace(store.log, Arrays.copyOf(concat(head, instead, rest), whole.length));
            String where = "frames " + i + " and " + j + ", kind " + trial % 5 + ", seed " + SEED;
            assertNull(store.judge(true, () -> where), where);
        }
    }

    private static byte[] concat(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @Test
    void shouldRefuseBlocksThatWereSwappedOrCopied() {
        byte[] whole = store.files.contents(store.image);
        int one = store.blocks().get(0);
        int two = store.blocks().get(1);
        int length = DamagedDirectory.blockLength(whole, one);
        assertEquals(length, DamagedDirectory.blockLength(whole, two));
        for (int[] sources : new int[][] {{one, one}, {two, two}, {two, one}}) {
            byte[] bytes = whole.clone();
            System.arraycopy(whole, sources[0], bytes, one, length);
            System.arraycopy(whole, sources[1], bytes, two, length);
            store.files.replace(store.image, bytes);
            String where = "blocks from " + sources[0] + " and " + sources[1];
            assertNotNull(store.judge(true, () -> where), "the spare stands in");
            store.files.replace(store.image, bytes);
            store.files.remove(store.spare);
            assertNull(store.judge(true, () -> where), where);
        }
    }
}
