package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.FailureDomain;
import io.regionstore.RegionStoreException;
import io.regionstore.table.HeaderCopies;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.StoreHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rules of the two header copies: the newer one counts, and at every moment one is good. */
class HeaderRulesTest {
    private static final int SIZE = (int) HeaderDescriptor.COPY_B + HeaderDescriptor.LENGTH;
    private static final int COPY_A = (int) HeaderDescriptor.COPY_A;
    private static final int COPY_B = (int) HeaderDescriptor.COPY_B;

    private static StoreHeader header(long sequence) {
        return new StoreHeader(new UUID(1, 2), sequence, 1, sequence, 64, 1 << 20, false, FailureDomain.PLATFORM,
                new StoreHeader.Region(0, -1, 4096, 1, 1, 0, "region"), new UUID(3, 4), 0);
    }

    private static byte[] medium(StoreHeader a, StoreHeader b) {
        byte[] bytes = new byte[SIZE];
        if (a != null) {
            System.arraycopy(a.encode(), 0, bytes, COPY_A, HeaderDescriptor.LENGTH);
        }
        if (b != null) {
            System.arraycopy(b.encode(), 0, bytes, COPY_B, HeaderDescriptor.LENGTH);
        }
        return bytes;
    }

    private static long sequenceFound(byte[] bytes) {
        try {
            return new HeaderCopies(LossyMemory.of(bytes), "metadata").read(new ArrayList<>()).sequence();
        } catch (RegionStoreException e) {
            throw new AssertionError("no good copy is left", e);
        }
    }

    @Test
    void shouldTakeTheNewerCopy() {
        assertEquals(6, sequenceFound(medium(header(5), header(6))));
        assertEquals(6, sequenceFound(medium(header(6), header(5))));
    }

    @Test
    void shouldHaveOneGoodCopyAtEveryMomentOfAnUpdateThatMendsTheOther() {
        for (boolean first : new boolean[] {true, false}) {
            byte[] before = medium(first ? null : header(5), first ? header(5) : null);
            requireGoodCopyThroughout(new LossyMemory(LossyMemory.of(before)));
        }
    }

    @Test
    void shouldHaveOneGoodCopyAtEveryMomentAlsoIfThatWasReadFromAKilledWritersCache() {
        byte[] torn = header(5).encode();
        torn[200] ^= 1;
        byte[] durable = medium(null, header(4));
        System.arraycopy(torn, 0, durable, COPY_A, torn.length);
        LossyMemory memory = new LossyMemory(LossyMemory.of(durable));
        memory.copyIn(header(5).encode(), 0, COPY_A, HeaderDescriptor.LENGTH); // stored, never flushed
        requireGoodCopyThroughout(memory);
    }

    private static void requireGoodCopyThroughout(LossyMemory memory) {
        Random random = new Random(1);
        HeaderCopies copies = new HeaderCopies(memory, "metadata");
        copies.read(new ArrayList<>());
        memory.beforeFence(() -> {
            for (int image = 0; image < 40; image++) {
                sequenceFound(memory.afterPowerLoss(random));
            }
            sequenceFound(memory.durable());
        });
        copies.write(header(7));
        assertEquals(7, sequenceFound(memory.durable()));
    }

    @Test
    void shouldBeBlankOrWholeAtEveryMomentOfACreate() {
        List<byte[]> images = new ArrayList<>();
        LossyMemory memory = new LossyMemory(LossyMemory.of(new byte[SIZE]));
        Random random = new Random(1);
        memory.beforeFence(() -> {
            for (int image = 0; image < 40; image++) {
                images.add(memory.afterPowerLoss(random));
            }
        });
        HeaderCopies copies = new HeaderCopies(memory, "metadata");
        copies.beginCreate();
        copies.create(header(1));
        images.add(memory.durable());
        int whole = 0;
        for (byte[] image : images) {
            if (!new HeaderCopies(LossyMemory.of(image), "metadata").isBlank()) {
                assertEquals(1, sequenceFound(image));
                whole++;
            }
        }
        assertTrue(whole > 0 && whole < images.size());
    }
}
