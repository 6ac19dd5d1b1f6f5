package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.table.SlotReader.State;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which bytes are a record: 128 slots that fill their medium, of a region of 2^20 bytes. */
class SlotReaderTest {
    private static final long SEED = 77;
    private static final long REGION = 1 << 20;
    private static final int SLOTS = 128;

    private final RecordingMemory memory = new RecordingMemory(SLOTS * 32);
    private final SlotTable table = new SlotTable(memory, 0, SLOTS);
    /** Nothing may be written while it is in use: {@link #put} makes another one. */
    private SlotReader reader = new SlotReader(table, SEED, REGION);
    private final SlotImage image = new SlotImage(SEED);

    private void put(long slot, int keyLength, long offset, long length) {
        if (keyLength == 0) {
            image.longKey(4711, length);
        } else {
            image.bytesKey(SlotTableTest.copy(new byte[keyLength]), 4711);
        }
        image.seal(slot, 5, offset, length, 0x91223344);
        table.write(slot, image);
        reader = new SlotReader(table, SEED, REGION);
    }

    @Test
    void shouldStepOverFreeSlotsButOverNothingElse() {
        put(20, 0, 80, 4);
        memory.putLong(40 * 32 + 24, 6);
        assertEquals(State.FREE, reader.read(0));
        assertEquals(20, reader.runLength());
        assertEquals(State.FREE, reader.read(21));
        assertEquals(40 - 21, reader.runLength());
        assertEquals(State.INVALID, reader.read(40));
        assertEquals(State.FREE, reader.read(41));
        assertEquals(64 - 41, reader.runLength());
    }

    private void assertInvalid(long slot, String what) {
        assertEquals(State.INVALID, reader.read(slot), what);
        assertEquals(1, reader.runLength(), "no slot is stepped over: " + what);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 17, 40, 41, 1024})
    void shouldReadARecordThatIsWhole(int keyLength) {
        put(64, keyLength, 800, 3);
        assertEquals(State.RECORD, reader.read(64));
        assertEquals(keyLength, reader.keyLength());
        assertEquals(800, reader.offset());
        assertEquals(3, reader.length());
        assertEquals(0x91223344, reader.payloadChecksum());
        assertEquals(keyLength == 0 ? 1 : image.runLength(), reader.runLength());
    }

    @Test
    void shouldReadARecordAfterARunAsIfThereHadBeenNone() {
        put(64, 100, 800, 3);
        put(2, 0, 80, 4);
        assertEquals(State.RECORD, reader.read(64));
        assertEquals(State.RECORD, reader.read(2));
        assertEquals(0, reader.keyLength());
        assertEquals(1, reader.runLength());
        assertEquals(State.FREE, reader.read(5));
        assertEquals(64 - 5, reader.runLength());
    }

    @Test
    void shouldReadALargePayloadUnderALongKey() {
        SlotReader large = new SlotReader(table, SEED, 1L << 47);
        put(2, 0, 8, (5L << 32) + 6);
        assertEquals(State.RECORD, large.read(2));
        assertEquals((5L << 32) + 6, large.length());
        assertEquals(0, large.keyLength());
        assertEquals(2, large.runLength());
        assertInvalid(2, "it ends behind a region of 1 MiB");
    }

    @Test
    void shouldCallSlotsAndRemainsOfRunsFreeAndEveryOtherTailInvalid() {
        assertEquals(State.FREE, reader.read(0));
        put(64, 100, 800, 3);
        table.retire(64);
        for (int slot = 64; slot < 72; slot++) {
            assertEquals(State.FREE, reader.read(slot), "slot " + slot);
            assertEquals(slot < 69 ? 1 : SLOTS - slot, reader.runLength(), "remains are stepped on: slot " + slot);
        }
        memory.putLong(24, 2);
        assertInvalid(0, "a tail that no slot is given");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 30, 41})
    void shouldNotReadARecordWithAnyBitTurned(int keyLength) {
        put(64, keyLength, 800, 3);
        int slots = image.slots();
        byte[] bytes = memory.bytes();
        for (int bit = 64 * 32 * 8; bit < (64 + slots) * 32 * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertInvalid(64, "bit " + bit);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertEquals(State.RECORD, reader.read(64));
    }

    @Test
    void shouldNotReadARecordOfAnotherStoreOrAtAnotherPlace() {
        put(64, 0, 800, 3);
        assertEquals(State.INVALID, new SlotReader(table, SEED + 1, REGION).read(64));
        table.restore(66, image.segment().asSlice(0, 32));
        assertInvalid(66, "sealed for slot 64");
    }

    @Test
    void shouldAcceptARunOnlyWhereARunMayBegin() {
        for (int slot : new int[] {0, 4, 60, 124}) {
            put(slot, 30, 800, 3);
            assertEquals(State.RECORD, reader.read(slot));
        }
        for (int slot : new int[] {1, 2, 3, 98, 122}) {
            put(slot, 30, 800, 3);
            assertInvalid(slot, "slot " + slot + " of a run of 4");
        }
    }

    @Test
    void shouldStayInsideTheTable() {
        // a table of 65 slots in a medium of 65: the run at 64 has no room, nor has its first continuation
        RecordingMemory small = new RecordingMemory(65 * 32);
        SlotTable odd = new SlotTable(small, 0, 65);
        image.bytesKey(SlotTableTest.copy(new byte[1]), 4711);
        image.seal(64, 5, 800, 3, 1);
        small.copyIn(image.segment().asSlice(0, 32).toArray(ValueLayout.JAVA_BYTE), 0, 64 * 32, 32);
        assertEquals(State.INVALID, new SlotReader(odd, SEED, REGION).read(64));
        // 66 slots: a run of 3 slots in 4 has its head and a continuation there
        SlotTable cut = new SlotTable(memory, 0, 66);
        put(64, 30, 800, 3);
        assertEquals(State.RECORD, reader.read(64));
        assertEquals(State.INVALID, new SlotReader(cut, SEED, REGION).read(64));
        assertEquals(State.INVALID, new SlotReader(new SlotTable(memory, 0, 67), SEED, REGION).read(64));
        assertEquals(State.RECORD, new SlotReader(new SlotTable(memory, 0, 68), SEED, REGION).read(64));
    }

    /** Slots are looked at 64 at a time; nothing is looked for behind the last of them. */
    @Test
    void shouldRefuseARunAtTheLastOfManySlots() {
        put(63, 0, 800, 3);
        assertEquals(State.RECORD, reader.read(63));
        memory.putLong(63 * 32 + 16, memory.getLong(63 * 32 + 16) & ~0xFL | SlotDescriptor.EXTENDED);
        assertInvalid(63, "the kind of a head with continuations");
    }

    @Test
    void shouldRefuseARunInWhichAnotherSlotLooksLikeAHead() {
        for (int slot : new int[] {65, 66, 67}) {
            put(64, 30, 800, 3);
            long before = table.tail(slot);
            memory.putLong(slot * 32 + 24, before | 1);
            assertInvalid(64, "slot " + slot);
            memory.putLong(slot * 32 + 24, before);
        }
        memory.putLong(67 * 32 + 24, SlotDescriptor.continuationTail(3));
        assertEquals(State.RECORD, reader.read(64), "the remains of a longer run");
        memory.putLong(66 * 32 + 24, 0);
        assertInvalid(64, "a continuation is missing");
        memory.putLong(66 * 32 + 24, SlotDescriptor.continuationTail(1));
        assertInvalid(64, "a continuation is there twice");
    }

    @Test
    void shouldRefuseKeysThatAreTooLong() {
        put(64, 1025, 800, 3);
        assertInvalid(64, "1,025 bytes");
    }

    @Test
    void shouldRefuseKindsThatThereAreNot() {
        for (int kind = 0; kind < 16; kind++) {
            long versionWord = SlotDescriptor.versionWord(5, 3, kind);
            long extentWord = SlotDescriptor.extentWord(800, 3);
            SlotChecksum checksum = new SlotChecksum(SEED);
            long tail = checksum.tail(2, 4711, extentWord, versionWord, 9, 0);
            memory.putLong(64, 4711);
            memory.putLong(72, extentWord);
            memory.putLong(80, versionWord);
            memory.putLong(88, tail);
            assertEquals(kind == SlotDescriptor.SIMPLE ? State.RECORD : State.INVALID, reader.read(2), "kind " + kind);
        }
    }

    @Test
    void shouldRefuseExtentsOutsideTheRegion() {
        put(0, 0, REGION - 8, 8);
        assertEquals(State.RECORD, reader.read(0));
        put(0, 0, REGION - 8, 9);
        assertInvalid(0, "a byte too long");
        put(0, 0, REGION, 0);
        assertEquals(State.RECORD, reader.read(0), "no byte at the end");
        put(0, 0, REGION + 8, 0);
        assertInvalid(0, "no byte behind the end");
        put(2, 10, 0, Long.MIN_VALUE + 1);
        assertInvalid(2, "a length of 64 bits");
        put(2, 10, 0, 0);
        assertEquals(State.RECORD, reader.read(2));
        assertEquals(0, reader.length());
    }
}
