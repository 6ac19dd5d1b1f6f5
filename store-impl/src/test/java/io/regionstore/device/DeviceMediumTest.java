package io.regionstore.device;

import static io.regionstore.device.FakeSysfs.ALIGN;
import static io.regionstore.device.FakeSysfs.BLOCK;
import static io.regionstore.device.FakeSysfs.MIB;
import static io.regionstore.device.FakeSysfs.NULL;
import static io.regionstore.device.FakeSysfs.NULL_NUMBER;
import static io.regionstore.device.FakeSysfs.ZERO;
import static io.regionstore.device.FakeSysfs.ZERO_NUMBER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceMediumTest {
    private static final long START = 0x1_4000_0000L;
    private static final long SIZE = 64 * MIB;

    @TempDir
    Path folder;
    private FakeSysfs sysfs;

    @BeforeEach
    void makeSysfs() throws IOException {
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
        expect(ErrorCode.NOT_FOUND, Medium.physical(START, ALIGN), "no dax devices", "memmap=", "firmware",
                "dax_hmem");
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
    void shouldNotAdviseWhatKernelsNoLongerKnow() {
        RegionStoreException e = assertThrows(RegionStoreException.class, () -> open(Medium.physical(START, ALIGN)));
        assertFalse(e.getMessage().contains("efi_fake_mem"), e.getMessage());
    }

    @Test
    void shouldSayThatContentsAreIntactWhileADeviceHasNoDriver() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE, null);
        expect(ErrorCode.WRONG_DRIVER, Medium.device(ZERO), "device_dax was expected", "bound to no driver",
                "contents are untouched", "daxctl reconfigure-device --mode=devdax dax0.0",
                "echo dax0.0 > /sys/bus/dax/drivers/device_dax/new_id", "modprobe.blacklist=kmem");
    }

    @Test
    void shouldSayThatContentsAreIntactWhileTheMemoryOfKmemIsOffline() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE, "kmem");
        sysfs.addMemoryBlock(START, "offline").addMemoryBlock(START + BLOCK, "offline");
        sysfs.addMemoryBlock(START - BLOCK, "online").addMemoryBlock(START + SIZE, "online"); // its neighbours
        expect(ErrorCode.WRONG_DRIVER, Medium.device(ZERO), "device_dax was expected", "bound to kmem",
                "memory is offline", "contents are intact", "brings back both",
                "daxctl reconfigure-device --mode=devdax dax0.0", "modprobe.blacklist=kmem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"online", "going-offline"})
    void shouldSayThatContentsAreLostWhereTheMemoryOfKmemIsOnline(String state) throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE, "kmem");
        sysfs.addMemoryBlock(START, "offline").addMemoryBlock(START + BLOCK, state);
        expect(ErrorCode.WRONG_DRIVER, Medium.device(ZERO), "bound to kmem", "memory is online", "is lost",
                "daxctl reconfigure-device --mode=devdax --force dax0.0", "not the data", "modprobe.blacklist=kmem");
    }

    @Test
    void shouldSayThatItIsNotKnownWhetherTheMemoryOfKmemIsOnline() throws IOException {
        sysfs.add("hidden", ZERO_NUMBER, null, SIZE, "kmem").addMemoryBlock(START, "offline");
        expect(ErrorCode.WRONG_DRIVER, Medium.device(ZERO), "not known", "online_memblocks", "root");
        // the address is known, but no block is shown there
        sysfs.add("dax0.0", NULL_NUMBER, START + SIZE, SIZE, "kmem");
        expect(ErrorCode.WRONG_DRIVER, Medium.device(NULL), "not known", "online_memblocks");
    }

    @Test
    void shouldNotKnowAboutBlocksWhereSysfsShowsNone() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE, "kmem");
        expect(ErrorCode.WRONG_DRIVER, Medium.device(ZERO), "not known", "online_memblocks");
    }

    @Test
    void shouldNotKnowWhatAnotherDriverDid() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE, "fsdev_dax");
        expect(ErrorCode.WRONG_DRIVER, Medium.device(ZERO), "bound to fsdev_dax", "not known",
                "daxctl reconfigure-device --mode=devdax dax0.0");
    }

    @Test
    void shouldRefuseDeviceWhoseNodeIsGoneBecauseOfItsDriver() throws IOException {
        sysfs.add("dax77.0", null, START, SIZE, "kmem").add("dax78.0", null, START + SIZE, SIZE, null);
        expect(ErrorCode.WRONG_DRIVER, Medium.device(Path.of("/dev/dax77.0")), "bound to kmem");
        expect(ErrorCode.WRONG_DRIVER, Medium.physical(START, ALIGN), "bound to kmem");
        expect(ErrorCode.WRONG_DRIVER, Medium.device(Path.of("/dev/dax78.0")), "bound to no driver");
    }

    /** The node of an unbound device is there, and opening it gives ENXIO: so does this one, in a folder of its own. */
    @Test
    void shouldRefuseDeviceWhoseNodeCannotBeOpenedBecauseOfItsDriver() throws Exception {
        Path node = folder.resolve("any-name");
        assumeTrue(new ProcessBuilder("mknod", node.toString(), "c", "250", "1048000").redirectErrorStream(true).start()
                .waitFor() == 0, "making a device node needs root");
        assumeTrue(Descriptor.tryOpen(node.toString()) == -Errno.ENXIO, "the folder allows no devices");
        expect(ErrorCode.NOT_A_DEVICE, Medium.device(node), "any-name");
        sysfs.add("dax0.0", "250:1048000", START, SIZE, null);
        expect(ErrorCode.WRONG_DRIVER, Medium.device(node), "dax0.0 is bound to no driver", "untouched");
    }

    @Test
    void shouldRefuseADeviceOfSeveralRangesAndNameThem() throws IOException {
        long second = START + 2 * SIZE;
        sysfs.add("zero", ZERO_NUMBER, START, SIZE);
        sysfs.addMapping("zero", 1, START, SIZE / 2, 0).addMapping("zero", 0, second, SIZE / 2, SIZE / 2 / 4096);
        String[] words = {"zero consists of 2 ranges: 0x140000000 to 0x141ffffff, 0x148000000 to 0x149ffffff",
                "daxctl create-device"};
        expect(ErrorCode.SEVERAL_RANGES, Medium.device(ZERO), words);
        expect(ErrorCode.SEVERAL_RANGES, new Medium.Device(ZERO, 0, ALIGN), words);
        for (long start : new long[] {START, second, second + ALIGN}) {
            expect(ErrorCode.SEVERAL_RANGES, Medium.physical(start, ALIGN), words);
            Refusal.expect(ErrorCode.SEVERAL_RANGES, () -> sysfs.devices().find(start, ALIGN), words);
        }
        expect(ErrorCode.SEVERAL_RANGES, Medium.physical(second - ALIGN, 2 * ALIGN), words);
        // the memory between the two ranges is no device's
        expect(ErrorCode.NOT_FOUND, Medium.physical(START + SIZE / 2, ALIGN),
                "no dax device holds it", "zero (2 ranges: 0x140000000 to 0x141ffffff, 0x148000000 to 0x149ffffff;");
    }

    @Test
    void shouldFindARangeBesideADeviceOfSeveralRanges() throws IOException {
        sysfs.add("dax0.0", NULL_NUMBER, START, SIZE);
        sysfs.addMapping("dax0.0", 0, START, SIZE / 2, 0).addMapping("dax0.0", 1, START + SIZE, SIZE / 2, SIZE / 2 / 4096);
        sysfs.add("zero", ZERO_NUMBER, START + SIZE / 2, SIZE / 2).addMapping("zero", 0, START + SIZE / 2, SIZE / 2, 0);
        try (MappedMedium medium = open(Medium.physical(START + SIZE / 2 + ALIGN, ALIGN))) {
            assertEquals(ZERO.toString(), medium.identity().path());
            assertEquals(ALIGN, medium.identity().offset());
        }
    }

    @Test
    void shouldTakeRangesThatContinueEachOtherForOne() throws IOException {
        sysfs.add("zero", ZERO_NUMBER, START, SIZE);
        sysfs.addMapping("zero", 0, START, ALIGN, 0).addMapping("zero", 1, START + ALIGN, SIZE - ALIGN, ALIGN / 4096);
        try (MappedMedium medium = open(Medium.physical(START, SIZE))) {
            assertEquals(START, medium.identity().physicalStart());
            assertEquals(SIZE, medium.segment().byteSize());
        }
    }

    @Test
    void shouldCountRangesWhoseAddressesAreHidden() throws IOException {
        sysfs.add("zero", ZERO_NUMBER, null, SIZE);
        sysfs.addMapping("zero", 0, null, 0, 0).addMapping("zero", 1, null, 0, 0);
        expect(ErrorCode.SEVERAL_RANGES, Medium.device(ZERO), "2 ranges", "root");
        expect(ErrorCode.PERMISSION_DENIED, Medium.physical(START, ALIGN), "root");
    }

    @Test
    void shouldRefuseADeviceWithoutMemory() throws IOException {
        sysfs.add("dax0.1", ZERO_NUMBER, START, 0);
        expect(ErrorCode.EMPTY_RANGE, Medium.device(ZERO), "the size of dax0.1 is 0", "dax0.1 (empty; driver");
        assertEquals(Optional.empty(), sysfs.devices().find(START, ALIGN));
    }

    @Test
    void shouldNotSayThatThereAreNoDevicesWhereSysfsIsHidden() {
        DaxDevices hidden = new DaxDevices(folder.resolve("nothing"), Path.of("/dev"));
        for (Medium medium : new Medium[] {Medium.device(ZERO), Medium.device(Path.of("/dev/dax77.0")),
                Medium.physical(START, ALIGN)}) {
            RegionStoreException e = assertThrows(RegionStoreException.class,
                    () -> MappedMedium.open(medium, false, null, hidden));
            assertFalse(e.getMessage().contains("no dax devices"), e.getMessage());
            assertTrue(e.getMessage().contains("nothing shows no devices to this process"), e.getMessage());
        }
    }

    @Test
    void shouldRefuseMissingDevice() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        expect(ErrorCode.NOT_FOUND, Medium.device(Path.of("/dev/dax77.0")), "/dev/dax77.0", "dax0.0 (0x140000000");
    }

    @Test
    void shouldRefuseCharacterDeviceThatIsNotDax() throws IOException {
        sysfs.add("dax0.0", ZERO_NUMBER, START, SIZE);
        expect(ErrorCode.NOT_A_DEVICE, Medium.device(NULL), "character device (1:3)", "not one that is known", "dax0.0 (0x140000000");
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
