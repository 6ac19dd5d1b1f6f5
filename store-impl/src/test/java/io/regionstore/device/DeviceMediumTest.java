package io.regionstore.device;

import static io.regionstore.device.FakeSysfs.ALIGN;
import static io.regionstore.device.FakeSysfs.MIB;
import static io.regionstore.device.FakeSysfs.NULL;
import static io.regionstore.device.FakeSysfs.NULL_NUMBER;
import static io.regionstore.device.FakeSysfs.ZERO;
import static io.regionstore.device.FakeSysfs.ZERO_NUMBER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceMediumTest {
    private static final long START = 0x1_4000_0000L;
    private static final long SIZE = 64 * MIB;

    @TempDir
    Path folder;
    private FakeSysfs sysfs;

    @BeforeEach
    void makeSysfs() {
        sysfs = new FakeSysfs(folder.resolve("sys"));
    }

    private MappedMedium open(Medium medium) {
        return MappedMedium.open(medium, false, null, sysfs.devices());
    }

    private void expect(ErrorCode code, Medium medium, String... words) throws IOException {
        long zero = OpenDescriptors.of(ZERO);
        long zeroMapped = OpenDescriptors.mappingsOf(ZERO);
        long none = OpenDescriptors.of(NULL);
        Refusal.expect(code, () -> open(medium), words);
        assertEquals(zero, OpenDescriptors.of(ZERO));
        assertEquals(zeroMapped, OpenDescriptors.mappingsOf(ZERO));
        assertEquals(none, OpenDescriptors.of(NULL));
    }

    @Test
    void shouldMapWholeDevice() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        long open = OpenDescriptors.of(ZERO);
        long mapped = OpenDescriptors.mappingsOf(ZERO);
        MemorySegment segment;
        try (MappedMedium medium = open(Medium.device(ZERO))) {
            segment = medium.segment();
            assertEquals(SIZE, segment.byteSize());
            segment.set(ValueLayout.JAVA_LONG, SIZE - 8, 42);
            assertEquals(42, segment.get(ValueLayout.JAVA_LONG, SIZE - 8));
            assertEquals(MappedMedium.Kind.DEVICE_DAX, medium.identity().kind());
            assertEquals(START, medium.identity().physicalStart());
            assertEquals(ALIGN, medium.identity().deviceAlign());
            assertEquals(1L << 32 | 5, medium.identity().deviceId());
            assertEquals(0, medium.identity().offset());
            assertEquals(FailureDomain.PLATFORM, medium.strongestDomain());
            assertTrue(medium.cacheLinePersist());
            assertTrue(medium.isReadable(0, SIZE));
        }
        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_LONG, 0));
        assertEquals(open, OpenDescriptors.of(ZERO));
        assertEquals(mapped, OpenDescriptors.mappingsOf(ZERO));
    }

    @Test
    void shouldMapSliceToItsEndOfTheDevice() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        try (MappedMedium medium = open(new Medium.Device(ZERO, 2 * ALIGN, Medium.TO_END))) {
            assertEquals(SIZE - 2 * ALIGN, medium.segment().byteSize());
            assertEquals(START + 2 * ALIGN, medium.identity().physicalStart());
            assertEquals(2 * ALIGN, medium.identity().offset());
        }
    }

    @Test
    void shouldHoldSlicesOfOneDeviceSeparately() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        try (MappedMedium low = open(new Medium.Device(ZERO, 0, 4 * ALIGN));
                MappedMedium high = open(new Medium.Device(ZERO, 4 * ALIGN, ALIGN))) {
            assertFalse(low.sharesBytesWith(high));
            assertFalse(high.sharesBytesWith(low));
            assertTrue(low.sharesBytesWith(low));
            expect(ErrorCode.LOCKED, new Medium.Device(ZERO, 3 * ALIGN, 2 * ALIGN),
                    "process " + ProcessHandle.current().pid(), "this JVM itself", BootId.describe());
        }
        open(new Medium.Device(ZERO, 3 * ALIGN, 2 * ALIGN)).close();
    }

    @Test
    void shouldCallOverlapOfOneStoreByItsName() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        try (MappedMedium region = open(Medium.device(ZERO))) {
            Medium metadata = new Medium.Device(ZERO, SIZE - ALIGN, ALIGN);
            Refusal.expect(ErrorCode.OVERLAP, () -> MappedMedium.open(metadata, false, region, sysfs.devices()),
                    "/dev/zero");
        }
    }

    @Test
    void shouldOpenPhysicalRangeInsideWhicheverDeviceHoldsIt() throws IOException {
        sysfs.add("dax0.0", NULL_NUMBER, 0x1_0000_0000L, SIZE);
        sysfs.add("zero", ZERO_NUMBER, START, SIZE); // named after its node, as dax devices are
        assertEquals(Optional.of(new Medium.Device(ZERO, ALIGN, ALIGN)),
                sysfs.devices().find(START + ALIGN, ALIGN));
        try (MappedMedium medium = open(Medium.physical(START + ALIGN, ALIGN))) {
            assertEquals(START + ALIGN, medium.identity().physicalStart());
            assertEquals(ALIGN, medium.identity().offset());
            assertEquals(ALIGN, medium.segment().byteSize());
        }
    }

    @Test
    void shouldSayWhichDevicesThereAreWhenNoneHoldsTheRange() throws IOException {
        expect(ErrorCode.NOT_FOUND, Medium.physical(START, ALIGN), "no dax devices", "memmap=", "efi_fake_mem=");
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        expect(ErrorCode.NOT_FOUND, Medium.physical(START + SIZE, ALIGN), "dax0.0 (0x140000000 to 0x143ffffff",
                "memmap=");
        assertEquals(Optional.empty(), sysfs.devices().find(START - ALIGN, ALIGN));
    }

    @Test
    void shouldSayThatOnlyPartOfTheRangeIsLeft() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        expect(ErrorCode.REGION_SHRUNK, Medium.physical(START, SIZE + ALIGN), "only a part", "dax0.0");
        Refusal.expect(ErrorCode.OUT_OF_BOUNDS, () -> MappedMedium.open(Medium.physical(START - ALIGN, SIZE), true, null,
                sysfs.devices()), "only a part");
    }

    @Test
    void shouldAskForRootWhereAddressesAreHidden() throws IOException {
        sysfs.add("zero", ZERO_NUMBER, null, SIZE);
        expect(ErrorCode.PERMISSION_DENIED, Medium.physical(START, ALIGN), "resource", "root");
        try (MappedMedium medium = open(Medium.device(ZERO))) { // by name it needs no address
            assertEquals(-1, medium.identity().physicalStart());
        }
    }

    @Test
    void shouldRefuseDeviceBoundToKmem() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE, "kmem");
        expect(ErrorCode.WRONG_DRIVER, Medium.device(ZERO), "device_dax was expected", "bound to kmem",
                "daxctl reconfigure-device --mode=devdax dax0.0", "not the data");
    }

    @Test
    void shouldRefuseDeviceWhoseNodeIsGoneBecauseOfItsDriver() throws IOException {
        sysfs.add("dax77.0", null, START, SIZE, "kmem").add("dax78.0", null, START + SIZE, SIZE, null);
        expect(ErrorCode.WRONG_DRIVER, Medium.device(Path.of("/dev/dax77.0")), "bound to kmem");
        expect(ErrorCode.WRONG_DRIVER, Medium.physical(START, ALIGN), "bound to kmem");
        expect(ErrorCode.WRONG_DRIVER, Medium.device(Path.of("/dev/dax78.0")), "bound to none");
    }

    @Test
    void shouldRefuseMissingDevice() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        expect(ErrorCode.NOT_FOUND, Medium.device(Path.of("/dev/dax77.0")), "/dev/dax77.0", "dax0.0 (0x140000000");
    }

    @Test
    void shouldRefuseCharacterDeviceThatIsNotDax() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        expect(ErrorCode.NOT_A_DEVICE, Medium.device(NULL), "character device (1:3)", "not a dax device");
    }

    @Test
    void shouldRefuseFileWhereDeviceIsExpected() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        expect(ErrorCode.NOT_A_DEVICE, Medium.device(file), "a regular file", "Medium.file");
        assertEquals(0, OpenDescriptors.of(file));
    }

    @Test
    void shouldRefuseDirectory() throws IOException {
        expect(ErrorCode.IS_A_DIRECTORY, Medium.device(folder), folder.toString());
        expect(ErrorCode.INVALID_ARGUMENT, Medium.directory(folder), "metadata only");
    }

    @Test
    void shouldRefuseSymbolicLinkToDevice() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        Path link = Files.createSymbolicLink(folder.resolve("link"), ZERO);
        expect(ErrorCode.SYMBOLIC_LINK, Medium.device(link), "link");
        Files.delete(link); // JUnit warns of links that lead out of its folder
    }

    @Test
    void shouldRefuseSliceThatDoesNotFit() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        expect(ErrorCode.OUT_OF_BOUNDS, new Medium.Device(ZERO, 0, SIZE + ALIGN), "dax0.0 has " + SIZE);
        expect(ErrorCode.OUT_OF_BOUNDS, new Medium.Device(ZERO, ALIGN, SIZE), "dax0.0 has " + SIZE);
        expect(ErrorCode.OUT_OF_BOUNDS, new Medium.Device(ZERO, SIZE, Medium.TO_END), "starts at " + SIZE);
        expect(ErrorCode.OUT_OF_BOUNDS, new Medium.Device(ZERO, Long.MAX_VALUE - ALIGN, ALIGN), "dax0.0");
    }

    @Test
    void shouldRefuseMisalignedSlice() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        expect(ErrorCode.MISALIGNED, new Medium.Device(ZERO, 4096, ALIGN), "multiples of " + ALIGN);
        expect(ErrorCode.MISALIGNED, new Medium.Device(ZERO, ALIGN, 4096), "multiples of " + ALIGN);
    }

    @Test
    void shouldRefuseEmptySlice() throws IOException {
        Refusal.expect(ErrorCode.EMPTY_RANGE, () -> new Medium.Device(ZERO, 0, 0), "/dev/zero");
    }

    @Test
    void shouldReleaseDescriptorAndLockWhenMappingFails() throws IOException {
        sysfs.add("dax0.0", NULL_NUMBER, START, SIZE); // opens and locks, but has no mmap
        expect(ErrorCode.NOT_A_DEVICE, Medium.device(NULL), "mmap");
        expect(ErrorCode.NOT_A_DEVICE, Medium.device(NULL), "mmap");
    }

    @Test
    void shouldListDevicesOfThisMachineWithoutFailing() {
        for (DaxDevice device : DaxDevices.list()) {
            assertTrue(device.size() > 0, device.toString());
        }
        assertTrue(new DaxDevices(folder.resolve("nothing"), folder).all().isEmpty());
    }
}
