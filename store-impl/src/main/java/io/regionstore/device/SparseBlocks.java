package io.regionstore.device;

import io.regionstore.RegionStoreException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Blocks of a file that has holes: takes them from the file system before the first store to them, by a call that fails
 * where the store would be answered with SIGBUS. That call is {@code fallocate}: it knows the reasons (no space, quota)
 * apart, which {@code madvise(MADV_POPULATE_WRITE)} reports all as EFAULT, it works on kernels before 5.14, and it takes
 * the blocks on a disk at once, where a page that was only made writable may still find none when it is written back.
 * Where the file system has no {@code fallocate}, the pages are made writable by {@code madvise} after all.
 *
 * <p>Thread-safe and lock-free. Allocates nothing on the heap, except while a unit is taken for the first time.
 */
public final class SparseBlocks {
    /** Taken at once; as large as a huge page. */
    private static final int UNIT_BITS = 21;
    private static final long UNIT = 1L << UNIT_BITS;
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final Descriptor descriptor;
    private final MemorySegment mapping;
    /** A bit for each unit that has its blocks. Not what the file says: bits that are missing cost a call each. */
    private final long[] taken;

    SparseBlocks(Descriptor descriptor, MemorySegment mapping) {
        this.descriptor = descriptor;
        this.mapping = mapping;
        taken = new long[(int) ((mapping.byteSize() >>> (UNIT_BITS + 6)) + 1)];
    }

    /**
     * Sees to it that a range has blocks.
     *
     * @param offset first byte
     * @param length bytes
     * @throws RegionStoreException NO_SPACE naming the file system; IO_ERROR
     */
    public void provide(long offset, long length) {
        if (length > 0) {
            long last = (offset + length - 1) >>> UNIT_BITS;
            for (long unit = offset >>> UNIT_BITS; unit <= last; unit++) {
                if (((long) WORDS.getOpaque(taken, (int) (unit >>> 6)) & (1L << unit)) == 0) {
                    take(unit, offset, length);
                }
            }
        }
    }

    /** Two threads may take one unit at the same time: the second call finds nothing to do. */
    private void take(long unit, long offset, long length) {
        long start = unit << UNIT_BITS;
        long end = Math.min(start + UNIT, mapping.byteSize());
        int result = tryTake(start, end - start);
        if (result == 0) {
            long unused = (long) WORDS.getAndBitwiseOr(taken, (int) (unit >>> 6), 1L << unit);
            return;
        }
        // Not the whole unit, but perhaps what is wanted of it: the last of a full file system.
        long from = Math.max(start, offset & -Native.PAGE);
        long to = Math.min(end, (offset + length + Native.PAGE - 1) & -Native.PAGE);
        if (Blocks.isFull(result) && to - from < end - start) {
            result = tryTake(from, to - from);
        }
        if (result < 0) {
            throw Blocks.refused(descriptor, to - from, result);
        }
    }

    private int tryTake(long start, long length) {
        int result = Native.fallocate(descriptor.number(), start, length);
        if (!Blocks.isUnsupported(result)) {
            return result;
        }
        result = Native.populateWrite(mapping.asSlice(start, length));
        return result == -Errno.EINVAL ? 0 // an old kernel: the pages come at their first touch
                : result == -Errno.EFAULT || result == -Errno.ENOMEM ? -Errno.ENOSPC : result;
    }
}
