package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.DamagePolicy;
import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.PayloadVerification;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.Memory;
import io.regionstore.proof.WrappedMemory;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A damaged payload whose check opening deferred, and whose record is replaced or deleted during its first read. */
class FirstReadTest {
    private static final int REGION = 1 << 16;
    private static final int PAYLOAD = 100;
    /** Fewer than are needed for more than the first of them to be in the sample. */
    private static final int RECORDS = 30;
    private static final long KEY = 17;

    private final MemoryMedia media = new MemoryMedia(REGION, 28 << 10, 1);
    private RegionStore store;
    private Runnable beforeCheck = () -> { };
    private int checks;

    /** Calls before the payload is loaded to be compared: through an array, as its copies are not. */
    private final class Checked extends WrappedMemory {
        Checked(Memory memory) {
            super(memory);
        }

        @Override
        public void copyOut(long offset, byte[] destination, int destinationOffset, int length) {
            Runnable action = beforeCheck;
            beforeCheck = () -> { };
            checks++;
            action.run();
            memory.copyOut(offset, destination, destinationOffset, length);
        }
    }

    private static byte[] payload(int value) {
        byte[] payload = new byte[PAYLOAD];
        Arrays.fill(payload, (byte) value);
        return payload;
    }

    @BeforeEach
    void openWithADamagedRecord() {
        store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.CREATE, 64);
        for (long key = 0; key < RECORDS; key++) {
            store.put(key, MemorySegment.ofArray(payload((int) key)));
        }
        long offset;
        try (RecordView view = store.newView()) {
            assertTrue(store.get(KEY, view));
            offset = view.offset();
        }
        store.close();
        media.region.asSlice(offset, 1).fill((byte) 99);
        media.rebooted(true).verifying(PayloadVerification.SAMPLED)
                .through(memory -> memory.size() == REGION ? new Checked(memory) : memory);
        store = media.open(FailureDomain.PROCESS, DamagePolicy.REFUSE, Mode.OPEN, 64);
        checks = 0;
    }

    @AfterEach
    void close() {
        store.close();
        media.close();
    }

    @Test
    void shouldCopyTheRecordThatReplacedIt() {
        beforeCheck = () -> store.put(KEY, MemorySegment.ofArray(payload(50)));
        byte[] found = new byte[PAYLOAD];
        assertEquals(PAYLOAD, store.get(KEY, MemorySegment.ofArray(found), 0));
        assertArrayEquals(payload(50), found, "damaged bytes");
        assertEquals(1, checks);
    }

    @Test
    void shouldCopyNothingWhenItIsDeleted() {
        beforeCheck = () -> store.delete(KEY);
        assertEquals(RegionStore.ABSENT, store.get(KEY, MemorySegment.ofArray(new byte[PAYLOAD]), 0));
    }

    @Test
    void shouldNotShowItThoughItWasReplaced() {
        beforeCheck = () -> store.put(KEY, MemorySegment.ofArray(payload(50)));
        try (RecordView view = store.newView()) {
            RegionStoreException damaged = assertThrows(RegionStoreException.class, () -> store.get(KEY, view));
            assertEquals(ErrorCode.CONTENTS_DAMAGED, damaged.code());
            assertTrue(damaged.getMessage().contains("record " + KEY + " "), damaged.getMessage());
            assertFalse(view.isPresent());
            assertTrue(store.get(KEY, view), "the one that replaced it");
            view.verify();
        }
    }

    @Test
    void shouldCheckARecordOnceAndADamagedOneAtEachRead() {
        MemorySegment found = MemorySegment.ofArray(new byte[PAYLOAD]);
        for (int read = 0; read < 2; read++) {
            RegionStoreException damaged = assertThrows(RegionStoreException.class, () -> store.get(KEY, found, 0));
            assertEquals(ErrorCode.CONTENTS_DAMAGED, damaged.code());
        }
        assertEquals(2, checks);
        store.get(KEY + 1, found, 0);
        store.get(KEY + 1, found, 0);
        assertEquals(3, checks);
    }
}
