package io.regionstore.device;

import static io.regionstore.device.FakeSysfs.ALIGN;
import static io.regionstore.device.FakeSysfs.MIB;
import static io.regionstore.device.FakeSysfs.ZERO;
import static io.regionstore.device.FakeSysfs.ZERO_NUMBER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of who used a device, and what becomes of them when ranges overlap, records are damaged, or nobody may write. */
class OwnerRegistryTest {
    private static final RegionOwner FIRST = new RegionOwner(new UUID(1, 1), 11, 1_000, "/metadata/first");
    private static final RegionOwner SECOND = new RegionOwner(new UUID(2, 2), 22, 2_000, "/dev/dax1.0 at 0, 2097152 bytes");
    private static final RegionOwner THIRD = new RegionOwner(new UUID(3, 3), 33, 3_000, "third=3");

    @TempDir
    Path folder;

    private OwnerRegistry registry() {
        return OwnerRegistry.in(folder.resolve("owners"));
    }

    private static OwnerRegistry.Range range(long start, long length) {
        return new OwnerRegistry.Range("physical", start, length);
    }

    private UUID ownerOf(long start, long length) {
        return registry().latest(range(start, length)).map(RegionOwner::instance).orElse(null);
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("owners"))) {
            return files.count();
        }
    }

    @Test
    void shouldFindWhatWasWritten() throws IOException {
        assertEquals(Optional.empty(), registry().latest(range(0, 100)), "no directory yet");
        registry().write(range(0, 100), FIRST);
        assertEquals(Optional.of(FIRST), registry().latest(range(0, 100)));
        assertEquals(Optional.of(FIRST), registry().latest(range(99, 1)));
        assertEquals(Optional.empty(), registry().latest(range(100, 1)));
        assertEquals(Optional.empty(), registry().latest(new OwnerRegistry.Range("dax0.0-100", 0, 100)));
        registry().write(range(0, 100), SECOND);
        assertEquals(Optional.of(SECOND), registry().latest(range(0, 100)));
        assertEquals(1, files());
    }

    @Test
    void shouldNameTheLatestOfStoresWhoseRangesOverlap() throws IOException {
        registry().write(range(0, 50), FIRST);
        registry().write(range(50, 50), SECOND);
        registry().write(range(25, 50), THIRD);
        assertEquals(THIRD.instance(), ownerOf(0, 50));
        assertEquals(THIRD.instance(), ownerOf(50, 50));
        assertEquals(FIRST.instance(), ownerOf(0, 25));
        registry().write(range(0, 50), FIRST); // takes it back: what the third did to the second is still known
        assertEquals(FIRST.instance(), ownerOf(0, 50));
        assertEquals(THIRD.instance(), ownerOf(50, 50));
        assertEquals(FIRST.instance(), ownerOf(25, 50));
        assertEquals(3, files());
    }

    @Test
    void shouldReplaceTheRecordsOfRangesInsideAnother() throws IOException {
        registry().write(range(0, 50), FIRST);
        registry().write(range(50, 50), SECOND);
        registry().write(range(0, 100), THIRD);
        assertEquals(1, files());
        assertEquals(THIRD.instance(), ownerOf(10, 1));
    }

    @Test
    void shouldBeTheLatestThoughTheClockWasSetBack() {
        registry().write(range(0, 50), THIRD);
        registry().write(range(10, 80), FIRST);
        assertEquals(FIRST.instance(), ownerOf(0, 50));
    }

    @Test
    void shouldTakeADamagedRecordForNone() throws IOException {
        registry().write(range(0, 100), FIRST);
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("owners"))) {
            file = files.findFirst().orElseThrow();
        }
        String good = Files.readString(file);
        for (int length = 0; length < good.length(); length++) {
            Files.writeString(file, good.substring(0, length));
            assertTrue(ownerOf(0, 100) == null || length > good.lastIndexOf("length="), good.substring(0, length));
        }
        Files.writeString(file, good.replace("regionstore-owner=1", "regionstore-owner=2"));
        assertEquals(null, ownerOf(0, 100));
        Files.write(file, new byte[] {(byte) 0xff, 0, (byte) 0xfe});
        assertEquals(null, ownerOf(0, 100));
        registry().write(range(0, 100), SECOND);
        assertEquals(SECOND.instance(), ownerOf(0, 100));
    }

    @Test
    void shouldKeepTheEarlierRecordWhenWritingIsCut() throws IOException {
        registry().write(range(0, 100), FIRST);
        Files.writeString(folder.resolve("owners/physical-0-64.owner.tmp"), "regionstore-owner=1\ninst");
        assertEquals(FIRST.instance(), ownerOf(0, 100));
        registry().write(range(0, 100), SECOND);
        assertEquals(SECOND.instance(), ownerOf(0, 100));
        assertEquals(1, files());
    }

    @Test
    void shouldSayWhereItCannotBeWritten() throws IOException {
        Files.createFile(folder.resolve("owners"));
        Refusal.expect(ErrorCode.IO_ERROR, () -> registry().write(range(0, 100), FIRST), folder.toString(),
                OwnerRegistry.PROPERTY);
        assertEquals(Optional.empty(), registry().latest(range(0, 100)));
    }

    @Test
    void shouldReadBackAnyMetadataName() {
        for (String name : new String[] {"/m", "", "a=b=c", "/new\nline", "/x".repeat(5000)}) {
            RegionOwner owner = new RegionOwner(new UUID(4, 4), Integer.MAX_VALUE, Long.MAX_VALUE, name);
            RegionOwner read = RegionOwner.decode(owner.encode()).orElseThrow();
            assertEquals(owner.instance(), read.instance());
            assertEquals(owner.session(), read.session());
            assertTrue(read.encode().length() < 2400);
        }
    }

    private Optional<RegionOwner> ownerOf(FakeSysfs sysfs, Medium.Device slice) {
        try (MappedMedium medium = MappedMedium.open(slice, false, null, sysfs.devices())) {
            return medium.owner(registry());
        }
    }

    @Test
    void shouldKnowADeviceByItsPhysicalRangeWhateverItsNameIs() throws IOException {
        FakeSysfs sysfs = new FakeSysfs(folder.resolve("sys")).add("dax0.0", ZERO_NUMBER, 1L << 32, 64 * MIB);
        try (MappedMedium medium = MappedMedium.open(new Medium.Device(ZERO, 2 * ALIGN, ALIGN), false, null,
                sysfs.devices())) {
            assertEquals(Optional.empty(), medium.owner(registry()));
            medium.own(FIRST, true, registry());
            assertEquals(Optional.of(FIRST), medium.owner(registry()));
        }
        assertEquals(Optional.of(FIRST), ownerOf(sysfs, Medium.device(ZERO)));
        assertEquals(Optional.empty(), ownerOf(sysfs, new Medium.Device(ZERO, 0, 2 * ALIGN)));
        // after a boot the device begins elsewhere, and the slice has another offset in it
        FakeSysfs next = new FakeSysfs(folder.resolve("next")).add("dax7.0", ZERO_NUMBER, (1L << 32) + ALIGN, 64 * MIB);
        assertEquals(Optional.of(FIRST), ownerOf(next, new Medium.Device(ZERO, ALIGN, ALIGN)));
        assertEquals(Optional.empty(), ownerOf(next, new Medium.Device(ZERO, 2 * ALIGN, ALIGN)));
    }

    @Test
    void shouldKnowADeviceByItsNameWhereAddressesAreHidden() throws IOException {
        FakeSysfs sysfs = new FakeSysfs(folder.resolve("sys")).add("zero", ZERO_NUMBER, null, 64 * MIB);
        try (MappedMedium medium = MappedMedium.open(Medium.device(ZERO), false, null, sysfs.devices())) {
            medium.own(FIRST, true, registry());
        }
        assertEquals(Optional.of(FIRST), ownerOf(sysfs, new Medium.Device(ZERO, ALIGN, ALIGN)));
    }
}
