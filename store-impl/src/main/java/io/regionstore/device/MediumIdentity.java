package io.regionstore.device;

/**
 * Which bytes a mapped medium is.
 *
 * @param kind          what it is
 * @param path          absolute; a device's name may be another after the next boot
 * @param physicalStart physical address of the first byte of the slice, or -1 when unknown: a file, or a device whose
 *                      address the process may not read
 * @param length        bytes of the slice
 * @param deviceAlign   what the mapping is aligned to: the device's alignment, the huge page size of hugetlbfs, else
 *                      the page size
 * @param deviceId      the device's own number for a device, that of the file system for a file:
 *                      {@code major << 32 | minor}
 * @param inode         inode number
 * @param offset        of the slice in the device; 0 for a file
 */
public record MediumIdentity(MappedMedium.Kind kind, String path, long physicalStart, long length, long deviceAlign,
                             long deviceId, long inode, long offset) {
    /** @return whether some byte belongs to both */
    boolean meets(MediumIdentity other) {
        boolean device = kind == MappedMedium.Kind.DEVICE_DAX;
        if (device != (other.kind == MappedMedium.Kind.DEVICE_DAX) || deviceId != other.deviceId) {
            return false;
        }
        // two nodes of one device have different inodes
        return (device || inode == other.inode) && offset < other.offset + other.length
                && other.offset < offset + length;
    }
}
