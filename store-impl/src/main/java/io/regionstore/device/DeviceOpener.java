package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** Opens slices of dax devices. The kernel checks little: a mapping past the end succeeds and ends in SIGBUS. */
final class DeviceOpener {
    private final DaxDevices devices;
    private final MappedMedium beside;
    private final boolean unlocked;

    DeviceOpener(DaxDevices devices, MappedMedium beside, boolean unlocked) {
        this.devices = devices;
        this.beside = beside;
        this.unlocked = unlocked;
    }

    MappedMedium open(Medium.PhysicalRange range, boolean mayCreate) {
        MappedMedium medium = open(devices.require(range, mayCreate));
        long found = medium.identity().physicalStart();
        if (found != range.start()) {
            medium.close();
            throw new RegionStoreException(ErrorCode.NOT_FOUND, String.format("physical range 0x%x: %s was"
                    + " reconfigured while it was opened, and its slice starts at 0x%x now; open again", range.start(),
                    medium.identity().path(), found));
        }
        return medium;
    }

    MappedMedium open(Medium.Device medium) {
        String path = medium.path().toAbsolutePath().toString();
        try (Rollback rollback = new Rollback()) {
            Descriptor descriptor = openNode(medium.path(), path);
            rollback.onFailure(descriptor::close);
            FileStatus status = descriptor.status();
            DaxDevice device = requireDax(path, status);
            MediumIdentity identity = slice(medium, path, status, device);
            MappedMedium.requireApart(identity, beside);
            ExclusiveLock lock = ExclusiveLock.acquire(descriptor, identity.offset(), identity.length(), unlocked);
            rollback.onFailure(lock::close);
            Arena arena = Arena.ofShared();
            rollback.onFailure(arena::close);
            MemorySegment segment = Native.mmap(path, identity.length(), Native.PROT_READ | Native.PROT_WRITE,
                    Native.MAP_SHARED, descriptor.number(), identity.offset(), arena);
            rollback.forget();
            return new MappedMedium(descriptor, lock, arena, segment, identity, null, null, false);
        }
    }

    private Descriptor openNode(Path node, String path) {
        int result = Descriptor.tryOpen(path);
        if (result == -Errno.ENOENT || result == -Errno.ENXIO || result == -Errno.ENODEV) {
            // the node is there only while the device is bound to device_dax
            Optional<DaxDevice> unbound = devices.byName(node).filter(device -> !device.isMappable());
            if (unbound.isPresent()) {
                throw wrongDriver(path, unbound.get());
            }
        }
        if (result == -Errno.ENOENT) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, path + ": no such device; this kernel has "
                    + devices.describe() + ". Names change from boot to boot: name the physical range instead");
        }
        return Descriptor.of(result, path);
    }

    private DaxDevice requireDax(String path, FileStatus status) {
        if (!status.isCharacterDevice()) {
            throw new RegionStoreException(ErrorCode.NOT_A_DEVICE, path + ": a device-dax character device was"
                    + " expected, but this is " + status.typeText()
                    + (status.isRegular() ? "; for a file use Medium.file" : "") + ". This kernel has "
                    + devices.describe());
        }
        DaxDevice device = devices.byNumber(status.specialText())
                .orElseThrow(() -> new RegionStoreException(ErrorCode.NOT_A_DEVICE, path + ": a device-dax character"
                        + " device was expected, but " + status.typeText() + " is not a dax device. This kernel has "
                        + devices.describe()));
        if (!device.isMappable()) {
            throw wrongDriver(path, device);
        }
        return device;
    }

    private static RegionStoreException wrongDriver(String path, DaxDevice device) {
        return new RegionStoreException(ErrorCode.WRONG_DRIVER, path + ": driver " + DaxDevice.DEVICE_DAX + " was"
                + " expected, but " + device.name() + " is bound to " + device.driver()
                + (device.driver().equals("kmem") ? ": it is system RAM now" : "") + "; `daxctl reconfigure-device"
                + " --mode=devdax " + device.name() + "` brings back the device, not the data");
    }

    private static MediumIdentity slice(Medium.Device medium, String path, FileStatus status, DaxDevice device) {
        long offset = medium.offset();
        long length = medium.length() == Medium.TO_END ? device.size() - offset : medium.length();
        if (offset >= device.size() || length > device.size() - offset) {
            throw new RegionStoreException(ErrorCode.OUT_OF_BOUNDS, path + ": the slice "
                    + (medium.length() == Medium.TO_END ? "starts at " + offset : "of " + length + " bytes at "
                    + offset + " ends at " + (offset + length)) + ", but " + device.name() + " has " + device.size()
                    + " bytes; take a smaller slice");
        }
        if (offset % device.align() != 0 || length % device.align() != 0) {
            throw new RegionStoreException(ErrorCode.MISALIGNED, path + ": offset " + offset + " and length " + length
                    + " must be multiples of " + device.align() + ", the alignment of " + device.name());
        }
        long start = device.start() == -1 ? -1 : device.start() + offset;
        return new MediumIdentity(MappedMedium.Kind.DEVICE_DAX, path, start, length, device.align(), status.special(),
                status.inode(), offset);
    }
}
