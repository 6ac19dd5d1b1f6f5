package io.regionstore;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where bytes are kept: what a region or its metadata is opened on. Offsets and lengths are in bytes. A medium is only
 * a description; nothing is touched before {@code create} or {@code open}.
 */
public sealed interface Medium {
    /** A length that means: to the end of the device or of the existing file. */
    long TO_END = -1;

    /**
     * A device-dax character device, such as {@code /dev/dax0.0}, or a slice of one.
     *
     * @param path   the device; symbolic links are refused
     * @param offset the start of the slice, a multiple of the device's alignment
     * @param length the length of the slice, a positive multiple of the device's alignment, or {@link #TO_END}
     */
    record Device(Path path, long offset, long length) implements Medium {
        /** Checks the values that need no device. */
        public Device {
            Objects.requireNonNull(path, "path");
            requireRange(path.toString(), offset, length);
        }

        /**
         * @param sliceOffset bytes from the start of this slice
         * @param sliceLength bytes, or {@link #TO_END}
         * @return a slice of this slice
         */
        public Device slice(long sliceOffset, long sliceLength) {
            requireRange(path.toString(), sliceOffset, sliceLength);
            if (length != TO_END && sliceLength != TO_END && sliceOffset + sliceLength > length) {
                throw new RegionStoreException(ErrorCode.OUT_OF_BOUNDS, path + ": slice " + sliceOffset + "+"
                        + sliceLength + " ends past the " + length + " bytes it is taken from");
            }
            long left = length == TO_END ? TO_END : length - sliceOffset;
            return new Device(path, Math.addExact(offset, sliceOffset), sliceLength == TO_END ? left : sliceLength);
        }

        /** @return for messages: the path, and which slice of the device */
        @Override
        public String toString() {
            return path + (length != TO_END ? " (" + length + " bytes from " + offset + ")"
                    : offset != 0 ? " (from " + offset + ")" : "");
        }
    }

    /**
     * A physical address range, found in sysfs inside whichever dax device holds it now. Device names change from boot
     * to boot; the physical range does not.
     *
     * @param start  physical address of the first byte
     * @param length bytes
     */
    record PhysicalRange(long start, long length) implements Medium {
        /** Checks the values that need no device. */
        public PhysicalRange {
            requireRange(String.format("physical range 0x%x", start), start, length);
            if (length == TO_END) {
                throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT,
                        String.format("physical range 0x%x: a length in bytes is needed", start));
            }
        }

        /** @return for messages */
        @Override
        public String toString() {
            return String.format("physical range 0x%x (%d bytes)", start, length);
        }
    }

    /**
     * A file, mapped into memory: on a DAX file system, a regular one, tmpfs or hugetlbfs. As metadata it holds the
     * slot table in place, as a dax device does.
     *
     * @param path    the file; created with mode 0600 by {@code create}; symbolic links are refused, but
     *                {@code /proc/PID/fd/N} and {@code /dev/fd/N} name what the descriptor is open on, a memfd for example
     * @param length  bytes; {@link #TO_END} means the length of the existing file
     * @param vouched the domain that the caller vouches for where the kernel cannot tell, for example a file in the
     *                memory of a virtual machine whose host keeps it; null: trust only what the file system shows
     */
    record File(Path path, long length, FailureDomain vouched) implements Medium {
        /** Checks the values that need no file. */
        public File {
            Objects.requireNonNull(path, "path");
            requireRange(path.toString(), 0, length);
        }

        /**
         * @param domain the domain that the caller vouches for
         * @return the same file, taken to survive {@code domain}
         */
        public File vouchedFor(FailureDomain domain) {
            return new File(path, length, Objects.requireNonNull(domain));
        }

        /** @return for messages: the path, and its length and what was vouched for where these were given */
        @Override
        public String toString() {
            return path + (length == TO_END ? "" : " (" + length + " bytes)")
                    + (vouched == null ? "" : " (vouched for " + vouched + ")");
        }
    }

    /**
     * A directory of files, for metadata only: a redo log and images of the slot table. Durable on any file system.
     *
     * @param path the directory; created with mode 0700 by {@code create}; symbolic links are refused
     */
    record Directory(Path path) implements Medium {
        /** Checks that there is a path. */
        public Directory {
            Objects.requireNonNull(path, "path");
        }

        /** @return the path, for messages */
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * @param path a device-dax character device
     * @return the whole device
     */
    static Device device(Path path) {
        return new Device(path, 0, TO_END);
    }

    /**
     * @param start  physical address
     * @param length bytes
     * @return that range, whichever device holds it
     */
    static PhysicalRange physical(long start, long length) {
        return new PhysicalRange(start, length);
    }

    /**
     * @param path   a file
     * @param length bytes
     * @return that file, mapped
     */
    static File file(Path path, long length) {
        return new File(path, length, null);
    }

    /**
     * @param path an existing file
     * @return that file with the length it has, mapped
     */
    static File file(Path path) {
        return new File(path, TO_END, null);
    }

    /**
     * @param path a directory
     * @return that directory, for metadata
     */
    static Directory directory(Path path) {
        return new Directory(path);
    }

    private static void requireRange(String name, long offset, long length) {
        if (length == 0) {
            throw new RegionStoreException(ErrorCode.EMPTY_RANGE, name + ": a length of 0 bytes holds nothing; give a"
                    + " positive length or none for all of it");
        }
        if (offset < 0 || length < TO_END || (length > 0 && offset > Long.MAX_VALUE - length)) {
            throw new RegionStoreException(ErrorCode.OUT_OF_BOUNDS,
                    name + ": offset " + offset + " and length " + length + " are not a range");
        }
    }
}
