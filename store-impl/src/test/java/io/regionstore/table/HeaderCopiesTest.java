package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two copies of a header: what is read of them, how they are written, and what a crash in a write leaves. */
class HeaderCopiesTest {
    private static final int A = 0;
    private static final int B = 4096;
    private static final int SIZE = 8192;
    private static final StoreHeader OLD = TestHeader.of(7);
    private static final StoreHeader NEW = OLD.withCeiling(4711);
    private static final List<String> WRITES_A_FIRST = List.of("flush 4096+512", "fence",
            "copy 0+512", "flush 0+512", "fence", "copy 4096+512", "flush 4096+512", "fence");
    private static final List<String> WRITES_B_FIRST = List.of("flush 0+512", "fence",
            "copy 4096+512", "flush 4096+512", "fence", "copy 0+512", "flush 0+512", "fence");

    private final List<String> notes = new ArrayList<>();

    private static RecordingMemory medium(byte[] a, byte[] b) {
        byte[] bytes = new byte[SIZE];
        System.arraycopy(a, 0, bytes, A, a.length);
        System.arraycopy(b, 0, bytes, B, b.length);
        return RecordingMemory.with(bytes);
    }

    private static HeaderCopies copies(RecordingMemory memory) {
        return new HeaderCopies(memory, "medium");
    }

    private StoreHeader read(RecordingMemory memory) {
        return copies(memory).read(notes);
    }

    // reading

    @Test
    void shouldReadTheCopyWithTheHigherSequenceAndWriteTheOtherFirst() {
        RecordingMemory memory = medium(NEW.encode(), OLD.encode());
        HeaderCopies copies = copies(memory);
        assertEquals(NEW, copies.read(notes));
        copies.write(NEW.closed(1, 0));
        assertEquals(WRITES_B_FIRST, memory.takeEvents());

        memory = medium(OLD.encode(), NEW.encode());
        copies = copies(memory);
        assertEquals(NEW, copies.read(notes));
        assertEquals(List.of(), memory.takeEvents(), "reading writes nothing");
        copies.write(NEW.closed(1, 0));
        assertEquals(WRITES_A_FIRST, memory.takeEvents());
        assertEquals(List.of(), notes);
    }

    @Test
    void shouldMendABadCopyFromTheOtherWhichIsFlushedFirst() {
        byte[] good = OLD.encode();
        RecordingMemory memory = medium(TestHeader.damaged(good, 100), good);
        HeaderCopies copies = copies(memory);
        assertEquals(OLD, copies.read(notes));
        assertTrue(notes.getFirst().startsWith("header copy A was bad and is mended from the other one"), notes::toString);
        copies.write(NEW);
        assertEquals(WRITES_A_FIRST, memory.takeEvents());

        memory = medium(good, TestHeader.damaged(good, 100));
        copies = copies(memory);
        assertEquals(OLD, copies.read(notes));
        assertTrue(notes.get(1).startsWith("header copy B was bad and is mended from the other one"), notes::toString);
        copies.write(NEW);
        assertEquals(WRITES_B_FIRST, memory.takeEvents());
        assertEquals(2, notes.size());
    }

    @ParameterizedTest
    @CsvSource({
        // f: not ours, c: damaged, v: of a later version, g: good
        "f, f, METADATA_FOREIGN", "f, c, METADATA_CORRUPT", "c, f, METADATA_CORRUPT", "c, c, METADATA_CORRUPT",
        "f, v, METADATA_VERSION", "v, f, METADATA_VERSION", "c, v, METADATA_CORRUPT", "v, c, METADATA_VERSION",
        "v, v, METADATA_VERSION", "v, g, METADATA_VERSION", "g, v, METADATA_VERSION",
    })
    void shouldSayWhatSaysMostOfTwoBadCopies(char a, char b, ErrorCode code) {
        RecordingMemory memory = medium(copy(a), copy(b));
        assertEquals(code, assertThrows(RegionStoreException.class, () -> read(memory)).code());
        assertEquals(List.of(), notes);
    }

    private static byte[] copy(char kind) {
        return switch (kind) {
            case 'f' -> new byte[512];
            case 'c' -> TestHeader.damaged(OLD.encode(), 60);
            case 'v' -> TestHeader.withInt(OLD.encode(), HeaderDescriptor.VERSION, 2);
            default -> OLD.encode();
        };
    }

    @Test
    void shouldRefuseCopiesOfTwoStores() {
        RecordingMemory memory = medium(OLD.encode(), TestHeader.of(new UUID(9, 9), 7).encode());
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> read(memory));
        assertEquals(ErrorCode.METADATA_CORRUPT, e.code());
        assertTrue(e.getMessage().contains("medium: expected two copies of one header, found instance "
                + OLD.instance() + " and instance " + new UUID(9, 9)), e::getMessage);
    }

    // blank or not

    @Test
    void shouldCallZerosBlankAndNothingElse() {
        for (int copy : new int[] {A, B}) {
            for (int at = 0; at < 512; at += 8) {
                byte[] bytes = new byte[SIZE];
                bytes[copy + at] = 1;
                assertFalse(copies(RecordingMemory.with(bytes)).isBlank(), "a byte at " + (copy + at));
            }
            byte[] behind = new byte[SIZE];
            behind[copy + 512] = 1;
            assertTrue(copies(RecordingMemory.with(behind)).isBlank(), "a byte behind copy " + copy);
        }
        assertTrue(copies(new RecordingMemory(SIZE)).isBlank());
        assertFalse(copies(new RecordingMemory(SIZE)).isUnfinished());
    }

    @Test
    void shouldKnowRegionstoreMetadataByEitherMagic() {
        byte[] damaged = TestHeader.damaged(OLD.encode(), 60);
        assertTrue(copies(medium(damaged, new byte[0])).hasMagic());
        assertTrue(copies(medium(new byte[0], damaged)).hasMagic());
        assertTrue(copies(medium(damaged, damaged)).hasMagic());
        assertFalse(copies(medium(new byte[] {1}, new byte[] {1})).hasMagic());
    }

    @Test
    void shouldNotTakeAStoreWithADamagedMagicForACreateCutShort() {
        byte[] creating = TestHeader.withLong(OLD.encode(), 0, HeaderDescriptor.CREATING);
        assertTrue(copies(medium(creating, new byte[0])).isUnfinished());
        assertTrue(copies(medium(creating, new byte[0])).isBlank());
        assertTrue(copies(medium(creating, TestHeader.damaged(creating, 60))).isUnfinished(), "an earlier tenant's bytes");
        assertFalse(copies(medium(creating, OLD.encode())).isUnfinished(), "the second copy is whole");
        assertFalse(copies(medium(creating, OLD.encode())).isBlank());
        assertFalse(copies(medium(creating, TestHeader.damaged(OLD.encode(), 60))).isUnfinished(), "or has the magic");
        assertFalse(copies(medium(creating, TestHeader.damaged(OLD.encode(), 3))).isUnfinished(), "or all but the magic");
        assertFalse(copies(medium(OLD.encode(), new byte[0])).isUnfinished());
    }

    // writing

    @Test
    void shouldWriteOneCopyAfterTheOtherEachFenced() {
        RecordingMemory memory = new RecordingMemory(SIZE);
        copies(memory).write(OLD);
        assertEquals(WRITES_A_FIRST, memory.takeEvents());
        assertEquals(OLD, read(memory));
        assertEquals(List.of(), notes);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "true, false"})
    void shouldHaveTheOldOrTheNewHeaderAfterACrashAnywhereInAWrite(boolean goodA, boolean goodB) {
        byte[] good = OLD.encode();
        byte[] bad = TestHeader.damaged(good, 60);
        RecordingMemory memory = medium(goodA ? good : bad, goodB ? good : bad);
        HeaderCopies copies = copies(memory);
        assertEquals(OLD, copies.read(notes));
        copies.write(NEW);
        assertEquals(128, memory.images().size());
        boolean isNew = false;
        for (byte[] image : memory.images()) {
            StoreHeader found = read(RecordingMemory.with(image));
            assertEquals(isNew || found.equals(NEW) ? NEW : OLD, found, "never back to the old one");
            isNew |= found.equals(NEW);
        }
        assertTrue(isNew);
    }

    @Test
    void shouldMakeAStoreByOneStore() {
        byte[] garbage = new byte[SIZE];
        Arrays.fill(garbage, (byte) 0x5A);
        RecordingMemory memory = RecordingMemory.with(garbage);
        HeaderCopies copies = copies(memory);
        copies.beginCreate();
        assertEquals(List.of("release 0", "flush 0+8", "fence"), memory.takeEvents());
        assertTrue(copies.isUnfinished());
        copies.create(OLD);
        int stores = memory.images().size();
        assertEquals(63 + 1 + 64, stores);
        for (int i = 0; i < stores; i++) {
            HeaderCopies crashed = copies(RecordingMemory.with(memory.images().get(i)));
            assertEquals(i < 63, crashed.isUnfinished(), "after store " + i);
            assertEquals(i < 63, crashed.isBlank(), "after store " + i);
            assertEquals(i >= 63, crashed.hasMagic(), "after store " + i);
            if (i >= 63) {
                assertEquals(OLD, crashed.read(notes));
            }
        }
        assertEquals(List.of("copy 8+504", "flush 0+512", "fence", "release 0", "flush 0+8", "fence", "copy 4096+512",
                "flush 4096+512", "fence"), memory.takeEvents());
        notes.clear();
        assertEquals(OLD, read(memory));
        assertEquals(List.of(), notes);
    }

    // taking back a store that was just made

    @Test
    void shouldLeaveTheStoreOrABlankMediumWhereverTakingItBackIsCut() {
        byte[] whole = OLD.encode();
        for (byte[] second : new byte[][] {whole, new byte[0]}) { // made, or half made
            RecordingMemory memory = medium(whole, second);
            copies(memory).undoCreate();
            for (byte[] image : memory.images()) {
                HeaderCopies left = copies(RecordingMemory.with(image));
                assertTrue(left.isUnfinished() || OLD.equals(left.read(notes)));
            }
            List<String> events = memory.takeEvents();
            assertEquals(List.of("flush 4096+512", "fence"),
                    events.stream().filter(event -> event.startsWith("f")).limit(2).toList(), "first the second copy");
            assertTrue(copies(memory).isUnfinished());
            assertTrue(copies(memory).isBlank());
            copies(memory).beginCreate();
            copies(memory).create(NEW);
            assertEquals(NEW, read(memory));
        }
    }
}
