package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who used a medium last: kept outside its bytes. A file has the extended attribute {@value #ATTRIBUTE}; it goes with the
 * file when that is renamed, and with a copy that keeps attributes ({@code cp -a}). A dax device, or a file without
 * attributes (hugetlbfs; tmpfs before Linux 6.6), has an entry in an {@link OwnerRegistry}: a device by its physical range
 * or, where that cannot be read, by its name and size; a file by file system, inode and time of birth, without which a new
 * file with an old number could not be told from the old one.
 */
final class Ownership {
    private static final String ATTRIBUTE = "user.regionstore.owner";
    private static final int MAX_VALUE = 8192;

    private final Descriptor descriptor;
    private final MediumIdentity identity;
    private final OwnerRegistry registry;

    Ownership(Descriptor descriptor, MediumIdentity identity, OwnerRegistry registry) {
        this.descriptor = descriptor;
        this.identity = identity;
        this.registry = registry;
    }

    /**
     * @return the record, or empty if there is none
     * @throws RegionStoreException as errno says: whether there is one is not known
     */
    Optional<RegionOwner> read() {
        if (isDevice()) {
            return registry.latest(deviceRange());
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(MAX_VALUE);
            int result = Native.fgetxattr(descriptor.number(), ATTRIBUTE, value);
            if (result == -Errno.EOPNOTSUPP) {
                return fileRange().flatMap(registry::latest);
            }
            if (result == -Errno.ENODATA || result == -Errno.ERANGE) { // none, or so long that it is nobody's
                return Optional.empty();
            }
            if (result < 0) {
                throw Errno.failure("fgetxattr of " + ATTRIBUTE, descriptor.resource(), -result);
            }
            return RegionOwner.decode(new String(value.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE),
                    StandardCharsets.UTF_8));
        }
    }

    /**
     * Replaces the record: after a crash the earlier one is there, or this one.
     *
     * @param durably whether it must survive the kernel; ignored by a registry, which always does
     * @throws RegionStoreException as errno says; the earlier record stands
     */
    void write(RegionOwner owner, boolean durably) {
        if (isDevice()) {
            registry.write(deviceRange(), owner);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_BYTE, owner.bytes());
            int result = Native.fsetxattr(descriptor.number(), ATTRIBUTE, value);
            if (result == -Errno.EOPNOTSUPP) {
                registry.write(fileRange().orElseThrow(() -> new RegionStoreException(ErrorCode.IO_ERROR,
                        descriptor.resource() + ": its file system keeps no extended attributes and no times of birth;"
                                + " see to it that only one store uses the file")), owner);
            } else if (result < 0) {
                throw Errno.failure("fsetxattr of " + ATTRIBUTE, descriptor.resource(), -result);
            } else if (durably) {
                descriptor.sync();
            }
        }
    }

    private boolean isDevice() {
        return identity.kind() == MappedMedium.Kind.DEVICE_DAX;
    }

    private OwnerRegistry.Range deviceRange() {
        if (identity.physicalStart() >= 0) {
            return new OwnerRegistry.Range("physical", identity.physicalStart(), identity.length());
        }
        String number = (identity.deviceId() >>> 32) + ":" + (int) identity.deviceId();
        long size = DaxDevices.SYSTEM.byNumber(number).map(DaxDevice::size).orElse(0L);
        return new OwnerRegistry.Range(Path.of(identity.path()).getFileName() + "-" + size, identity.offset(),
                identity.length());
    }

    private Optional<OwnerRegistry.Range> fileRange() {
        FileStatus status = descriptor.status();
        if (!status.hasBirth()) {
            return Optional.empty();
        }
        return Optional.of(new OwnerRegistry.Range(String.format("file-%x-%x-%x.%x", status.device(), status.inode(),
                status.birthSeconds(), status.birthNanos()), 0, identity.length()));
    }
}
