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
            // while a device is bound to no driver, or to another, its node may be missing, or there and not open
            Optional<DaxDevice> unbound = named(node, path, result).filter(device -> !device.isMappable());
            if (unbound.isPresent()) {
                throw wrongDriver(path, unbound.get());
            }
        }
        if (result == -Errno.ENOENT) {
            throw new RegionStoreException(ErrorCode.NOT_FOUND, path + ": no such device; " + devices.describe()
                    + ". Names change from boot to boot: name the physical range instead");
        }
        return Descriptor.of(result, path);
    }

    /** The device of a node that could not be opened: by its number, or by its name where there is no node. */
    private Optional<DaxDevice> named(Path node, String path, int result) {
        return result == -Errno.ENOENT ? devices.byName(node)
                : devices.byNumber(FileStatus.at(path).specialText()).or(() -> devices.byName(node));
    }

    private DaxDevice requireDax(String path, FileStatus status) {
        if (!status.isCharacterDevice()) {
            throw new RegionStoreException(ErrorCode.NOT_A_DEVICE, path + ": a device-dax character device was"
                    + " expected, but this is " + status.typeText()
                    + (status.isRegular() ? "; for a file use Medium.file" : "") + "; " + devices.describe());
        }
        DaxDevice device = devices.byNumber(status.specialText())
                .orElseThrow(() -> new RegionStoreException(ErrorCode.NOT_A_DEVICE, path + ": a device-dax character"
                        + " device was expected, but " + status.typeText() + " is not one that is known; "
                        + devices.describe()));
        if (!device.isMappable()) {
            throw wrongDriver(path, device);
        }
        if (device.ranges().isEmpty()) {
            throw new RegionStoreException(ErrorCode.EMPTY_RANGE, path + ": expected memory, but the size of "
                    + device.name() + " is 0; name another device (" + devices.describe() + "), or give it some with"
                    + " daxctl");
        }
        if (!device.isOneRange()) {
            throw DaxDevices.severalRanges(path, device);
        }
        return device;
    }

    private RegionStoreException wrongDriver(String path, DaxDevice device) {
        boolean bound = !device.driver().equals(DaxDevice.NO_DRIVER);
        return new RegionStoreException(ErrorCode.WRONG_DRIVER, path + ": driver " + DaxDevice.DEVICE_DAX + " was"
                + " expected, but " + device.name() + " is bound to " + (bound ? device.driver() : "no driver") + ". "
                + becauseOfDriver(device));
    }

    /** What has become of the contents, and how the device comes back. */
    private String becauseOfDriver(DaxDevice device) {
        String back = "daxctl reconfigure-device --mode=devdax ";
        if (device.driver().equals(DaxDevice.NO_DRIVER)) {
            return "Its contents are untouched. Bind it, as root: `" + back + device.name() + "`, or `modprobe device_dax;"
                    + " echo " + device.name() + " > /sys/bus/dax/drivers/device_dax/new_id`; keep kmem from taking it"
                    + " (modprobe.blacklist=kmem)";
        }
        if (!device.driver().equals(DaxDevice.KMEM)) {
            return "What that driver did to its contents is not known. `" + back + device.name() + "` brings back the"
                    + " device";
        }
        return switch (devices.memoryState(device)) {
            case OFFLINE -> "Its memory is offline: unless it was online before, its contents are intact. `" + back
                    + device.name() + "` brings back both; boot with modprobe.blacklist=kmem, so that kmem does not"
                    + " take it again";
            case ONLINE -> "Its memory is online: it is system RAM now, and what the kernel used of it is lost. `" + back
                    + "--force " + device.name() + "` brings back the device, not the data; boot with"
                    + " modprobe.blacklist=kmem, so that kmem does not take it again";
            case UNKNOWN -> "Whether its memory is online is not known; `daxctl list -d " + device.name() + "`, as root,"
                    + " tells (online_memblocks). While it is offline its contents are intact, and `" + back
                    + device.name() + "` brings back both; if it is online, that brings back the device, not the data."
                    + " Boot with modprobe.blacklist=kmem, so that kmem does not take it again";
        };
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
