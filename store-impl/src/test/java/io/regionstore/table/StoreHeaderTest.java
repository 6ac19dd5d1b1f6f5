package io.regionstore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStoreException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a header says of its store, and which bytes are one. The layout itself is in {@link FrozenFormatTest}. */
class StoreHeaderTest {
    private static final StoreHeader HEADER = TestHeader.of(21);

    @Test
    void shouldCountSequenceAndKeepTheRestWhenTheCeilingRises() {
        assertEquals(new StoreHeader(HEADER.instance(), 22, 22, 999, 64, 32768, true, FailureDomain.KERNEL,
                HEADER.region(), HEADER.boot(), 24), HEADER.withCeiling(999));
    }

    @Test
    void shouldRecordSessionThatBegins() {
        StoreHeader.Region moved = new StoreHeader.Region(1, 2, 8, 4, 5, 6, "elsewhere");
        UUID boot = new UUID(70, 80);
        assertEquals(new StoreHeader(HEADER.instance(), 22, 23, 1023, 64, 32768, false, FailureDomain.PLATFORM, moved,
                boot, 24), HEADER.opened(FailureDomain.PLATFORM, moved, boot, 1023));
    }

    @Test
    void shouldRecordSessionThatEndedWell() {
        StoreHeader session = HEADER.opened(FailureDomain.PROCESS, HEADER.region(), HEADER.boot(), 1023);
        assertEquals(new StoreHeader(HEADER.instance(), 23, 23, 17, 64, 32768, true, FailureDomain.PROCESS,
                HEADER.region(), HEADER.boot(), 24, 5), session.closed(17, 5));
        assertEquals(StoreHeader.UNKNOWN, session.closed(17, 5).opened(FailureDomain.PROCESS, HEADER.region(),
                HEADER.boot(), 1023).records(), "a session in progress does not say");
    }

    @Test
    void shouldReadBackWhatItWroteCleanOrNot() {
        StoreHeader open = HEADER.opened(FailureDomain.PROCESS, HEADER.region(), HEADER.boot(), 0);
        assertEquals(open, StoreHeader.decode(open.encode(), "test"));
        assertEquals(HEADER, StoreHeader.decode(HEADER.encode(), "test"));
        for (int session : new int[] {1, 0x5555_5555, Integer.MAX_VALUE}) {
            assertEquals(open.withSession(session), StoreHeader.decode(open.withSession(session).encode(), "test"));
            StoreHeader closed = open.withSession(session).closed(17, 5);
            assertEquals(closed, StoreHeader.decode(closed.encode(), "test"));
            assertEquals(session, closed.session());
            assertEquals(0, closed.opened(FailureDomain.PROCESS, HEADER.region(), HEADER.boot(), 1).session());
        }
        byte[] sessionOne = TestHeader.withInt(open.encode(), HeaderDescriptor.FLAGS, 2);
        assertEquals(open.withSession(1), StoreHeader.decode(sessionOne, "test"), "clean is bit 0 alone");
    }

    @Test
    void shouldReadBackPathOfUpTo288Bytes() {
        for (int length : new int[] {0, 1, 287, 288}) {
            String path = "é".repeat(length / 2) + "p".repeat(length % 2);
            StoreHeader header = withPath(path);
            assertEquals(header, StoreHeader.decode(header.encode(), "test"));
        }
        assertEquals(withPath("p".repeat(288)), StoreHeader.decode(withPath("p".repeat(289)).encode(), "test"));
    }

    private static StoreHeader withPath(String path) {
        StoreHeader.Region r = HEADER.region();
        return HEADER.opened(FailureDomain.KERNEL, new StoreHeader.Region(r.kind(), r.physicalStart(), r.length(),
                r.deviceId(), r.inode(), r.offset(), path), HEADER.boot(), 23);
    }

    @Test
    void shouldCallBytesWithAnotherMagicForeignWhateverTheirChecksum() {
        byte[] bytes = TestHeader.withLong(HEADER.encode(), 0, HeaderDescriptor.MAGIC ^ 1);
        refused(bytes, ErrorCode.METADATA_FOREIGN, "0x31524f54534e4752", "0x31524f54534e4753");
        refused(TestHeader.damaged(bytes, 300), ErrorCode.METADATA_FOREIGN, "0x31524f54534e4752");
        refused(new byte[512], ErrorCode.METADATA_FOREIGN, "0x0000000000000000");
    }

    @Test
    void shouldNameAnotherFormatVersionUnlessTheHeaderIsDamaged() {
        byte[] later = TestHeader.withInt(HEADER.encode(), HeaderDescriptor.VERSION, 2);
        refused(later, ErrorCode.METADATA_VERSION, "version 1", "found 2");
        refused(TestHeader.damaged(later, 300), ErrorCode.METADATA_CORRUPT, "checksum");
    }

    @Test
    void shouldRefuseEveryByteDamaged() {
        byte[] bytes = HEADER.encode();
        for (int at = 8; at < bytes.length; at++) {
            refused(TestHeader.damaged(bytes, at), ErrorCode.METADATA_CORRUPT, "checksum 0x");
        }
    }

    /** The checksum is right: what is refused is a number that no store writes. */
    @ParameterizedTest
    @CsvSource({
        "140, -1", "140, 3", // domain
        "208, -1", "208, 289", // length of the path
    })
    void shouldRefuseSmallNumbersOutOfRange(int offset, int value) {
        refused(TestHeader.withInt(HEADER.encode(), offset, value), ErrorCode.METADATA_CORRUPT, "found", "" + value);
    }

    @ParameterizedTest
    @CsvSource({
        "48, -1", "48, 281474976710656", // version ceiling
        "56, 0", "56, -1", "56, 68719476737", // slots
        "128, -1", // length of the metadata
        "152, 0", "152, -8", "152, 4", "152, 12", "152, 140737488355336", // length of the region
    })
    void shouldRefuseNumbersOutOfRange(int offset, long value) {
        refused(TestHeader.withLong(HEADER.encode(), offset, value), ErrorCode.METADATA_CORRUPT, "found", "" + value);
    }

    @ParameterizedTest
    @CsvSource({
        "48, 0", "48, 281474976710655", // version ceiling
        "56, 1", "56, 68719476736", // slots
        "128, 0", // length of the metadata
        "152, 8", "152, 140737488355328", // length of the region
    })
    void shouldAcceptNumbersAtTheirBounds(int offset, long value) {
        byte[] bytes = TestHeader.withLong(HEADER.encode(), offset, value);
        StoreHeader found = StoreHeader.decode(bytes, "test");
        assertEquals(value, switch (offset) {
            case 48 -> found.versionCeiling();
            case 56 -> found.slotCapacity();
            case 128 -> found.metadataLength();
            default -> found.region().length();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldReadBackEveryDomain(int domain) {
        byte[] bytes = TestHeader.withInt(HEADER.encode(), HeaderDescriptor.DOMAIN, domain);
        assertEquals(FailureDomain.values()[domain], StoreHeader.decode(bytes, "test").domain());
    }

    private static void refused(byte[] bytes, ErrorCode code, String... said) {
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> StoreHeader.decode(bytes, "/dev/dax9.9"));
        assertEquals(code, e.code(), e::getMessage);
        assertTrue(e.getMessage().contains("/dev/dax9.9: expected "), e::getMessage);
        for (String part : said) {
            assertTrue(e.getMessage().contains(part), () -> e.getMessage() + " does not say " + part);
        }
    }
}
