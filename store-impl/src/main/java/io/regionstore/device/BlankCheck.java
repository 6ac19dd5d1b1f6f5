package io.regionstore.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Whether a medium holds nothing but zeros, as far as that can be told in bounded time; it stops at the first byte that is
 * not zero.
 * <ul>
 * <li>A file: where the kernel says that there is data ({@code SEEK_DATA}), which excludes holes and blocks that were
 *     reserved but never written, except on tmpfs, where reserved pages count as data. The first {@link #MOST_READ}
 *     bytes of it are read, about 0.2 s in memory; behind them {@link #SAMPLES} pages, spread evenly.</li>
 * <li>A device, or a file on hugetlbfs, where nothing tells data from holes: {@link #SAMPLES} pages, spread evenly, the
 *     first and the last among them; 16 MiB in all. Pages of a device that cannot be read are passed over.</li>
 * </ul>
 */
final class BlankCheck {
    /** Bytes of data read in one piece. */
    static final long MOST_READ = 1L << 30;
    /** Pages read of what is too long to be read. */
    static final int SAMPLES = 4096;
    /** All that was read is zero. */
    static final long BLANK = -1;

    private static final long PIECE = 1 << 20;

    private final Descriptor descriptor;
    private final MediumIdentity identity;
    private final MemorySegment bytes;
    private final long mostRead;
    private MemorySegment zeros;

    BlankCheck(Descriptor descriptor, MediumIdentity identity, MemorySegment bytes, long mostRead) {
        this.descriptor = descriptor;
        this.identity = identity;
        this.bytes = bytes;
        this.mostRead = mostRead;
    }

    /** @return offset of the first byte that was found not to be zero, or {@link #BLANK} */
    long firstData() {
        try (Arena arena = Arena.ofConfined()) {
            zeros = arena.allocate(PIECE);
            boolean seeks = identity.kind() != MappedMedium.Kind.DEVICE_DAX
                    && identity.kind() != MappedMedium.Kind.HUGETLBFS_FILE;
            return seeks ? inFile() : inSamples(0);
        }
    }

    private long inFile() {
        long left = mostRead;
        long end = 0;
        while (true) {
            long start = seek(end, Native.SEEK_DATA);
            if (start == bytes.byteSize()) {
                return BLANK;
            }
            end = seek(start, Native.SEEK_HOLE);
            long read = Math.min(left, end - start);
            long found = inRange(start, start + read);
            if (found != BLANK) {
                return found;
            }
            left -= read;
            if (left == 0 && start + read < bytes.byteSize()) {
                return inSamples(start + read);
            }
        }
    }

    /** @return where data, or the next hole, begins at or after an offset; the end of the medium when there is none */
    private long seek(long offset, int whence) {
        long length = bytes.byteSize();
        long found = offset >= length ? length : Native.lseek(descriptor.number(), offset, whence);
        if (found == -Errno.ENXIO) {
            return length; // no data behind it
        }
        if (found == -Errno.EINVAL || found == -Errno.EOPNOTSUPP) {
            return whence == Native.SEEK_DATA ? offset : length; // a file system that cannot tell: all of it may be data
        }
        if (found < 0) {
            throw Errno.failure("lseek to data", descriptor.resource(), (int) -found);
        }
        return Math.min(found, length);
    }

    private long inSamples(long behind) {
        long from = behind & -Native.PAGE; // a sample is one page of the file: with two, one might be a hole
        long pages = (bytes.byteSize() - from + Native.PAGE - 1) / Native.PAGE;
        long samples = Math.min(pages, SAMPLES);
        boolean device = identity.kind() == MappedMedium.Kind.DEVICE_DAX;
        for (long i = 0; i < samples; i++) {
            // the last sample is the last page
            long page = samples == 1 ? 0 : (pages - 1) * i / (samples - 1);
            long start = from + page * Native.PAGE;
            long end = Math.min(start + Native.PAGE, bytes.byteSize());
            if (!device && identity.kind() != MappedMedium.Kind.HUGETLBFS_FILE && seek(start, Native.SEEK_DATA) >= end) {
                continue; // to read a hole of a tmpfs file would take a page for it
            }
            if (device && !PageProbe.isReadable(bytes, start, end - start)) {
                continue;
            }
            long found = inRange(start, end);
            if (found != BLANK) {
                return found;
            }
        }
        return BLANK;
    }

    private long inRange(long from, long to) {
        for (long at = from; at < to; at += PIECE) {
            long length = Math.min(PIECE, to - at);
            long found = MemorySegment.mismatch(bytes, at, at + length, zeros, 0, length);
            if (found >= 0) {
                return at + found;
            }
        }
        return BLANK;
    }
}
