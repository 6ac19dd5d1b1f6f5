package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The fields of a slot's words at the bounds of what they hold. */
class SlotDescriptorTest {
    private static final long MARK = 0x434F4E54_00000000L;

    @Test
    void shouldKeepExtentAndVersionApartInTheirWords() {
        for (long offset : new long[] {0, 8, (1L << 47) - 8}) {
            for (long length : new long[] {0, 1, (1 << 20) - 1, 1 << 20, 0x8000_0000L, 0xFFFF_FFFFL}) {
                for (long version : new long[] {0, 1, SlotDescriptor.MAX_VERSION}) {
                    long extent = SlotDescriptor.extentWord(offset, length);
                    long word = SlotDescriptor.versionWord(version, length, SlotDescriptor.SIMPLE);
                    String what = offset + ", " + length + ", " + version;
                    assertEquals(offset, SlotDescriptor.offset(extent), what);
                    assertEquals(length, SlotDescriptor.length(extent, word), what);
                    assertEquals(version, SlotDescriptor.version(word), what);
                    assertEquals(SlotDescriptor.SIMPLE, SlotDescriptor.kind(word), what);
                }
            }
        }
        assertEquals(15, SlotDescriptor.kind(-1));
        assertEquals(1, SlotDescriptor.length(SlotDescriptor.extentWord(0, (7L << 32) + 1),
                SlotDescriptor.versionWord(1, (7L << 32) + 1, SlotDescriptor.EXTENDED)), "the low 32 bits");
    }

    @Test
    void shouldMarkHeadsByTheLowestBitOfTheTail() {
        long tail = SlotDescriptor.tail(0x80000001, 0x80000000);
        assertEquals(0x80000001_80000001L, tail);
        assertEquals(tail, SlotDescriptor.tail(0x80000001, 0x80000001), "the checksum's lowest bit gives way");
        assertEquals(0x80000001, SlotDescriptor.payloadChecksum(tail));
        assertEquals(0x80000001, SlotTable.payloadChecksum(tail));
        assertTrue(SlotDescriptor.isHead(tail));
        assertTrue(SlotDescriptor.isHead(SlotDescriptor.tail(0, 0)));
        assertFalse(SlotDescriptor.isHead(0));
        for (int ordinal = 1; ordinal < SlotDescriptor.MAX_RUN; ordinal++) {
            assertFalse(SlotDescriptor.isHead(SlotDescriptor.continuationTail(ordinal)));
        }
    }

    @Test
    void shouldCallFreeOnlyZeroAndTheTailsOfContinuations() {
        assertTrue(SlotDescriptor.isFree(0));
        for (int ordinal = 1; ordinal <= 63; ordinal++) {
            assertEquals(MARK + 2L * ordinal, SlotDescriptor.continuationTail(ordinal));
            assertTrue(SlotDescriptor.isFree(MARK + 2L * ordinal));
            assertFalse(SlotDescriptor.isFree(MARK + 2L * ordinal + 1));
            assertFalse(SlotDescriptor.isFree(2L * ordinal));
        }
        for (long tail : new long[] {1, MARK, MARK + 128, MARK + 130, MARK + 1, MARK + 2 + (1L << 63), 0x434F4E55_00000002L}) {
            assertFalse(SlotDescriptor.isFree(tail), Long.toHexString(tail));
        }
    }

    @Test
    void shouldSetAsideTheNextPowerOfTwoForEveryLengthOfKey() {
        assertEquals(2, SlotDescriptor.runLength(0), "a long key of a payload of 4 GiB");
        for (int length = 1; length <= 1024; length++) {
            int used = 1 + (int) Math.ceil((8 + length) / 24.0);
            assertEquals(used, SlotDescriptor.slotsUsed(length));
            int run = SlotDescriptor.runLength(length);
            assertTrue(Integer.bitCount(run) == 1 && run >= used && run / 2 < used && run <= SlotDescriptor.MAX_RUN,
                    "run of " + run + " for " + used);
        }
    }
}
