package io.regionstore.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Ordinary memory outside the heap for what is volatile: the index, the allocator's maps, the table of a store whose
 * metadata is in files. Address space is taken at once, pages only when they are touched, and untouched bytes are zero,
 * so a structure may be sized for its limit and cost what it uses.
 */
public final class AnonymousMemory {
    private AnonymousMemory() {
    }

    /**
     * @param bytes length, at least 1
     * @param arena gives the address space back when it is closed
     * @return zeros, 4 KiB aligned at least
     * @throws io.regionstore.RegionStoreException NATIVE_ACCESS_DISABLED; IO_ERROR when the address space cannot be had
     */
    public static MemorySegment reserve(long bytes, Arena arena) {
        NativeAccess.require();
        int flags = Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_NORESERVE;
        return Native.mmap("anonymous memory", bytes, Native.PROT_READ | Native.PROT_WRITE, flags, -1, 0, arena);
    }

    /**
     * As {@link #reserve}, by huge pages where the kernel has some: for memory that will be used all over. Taking it is
     * several times as fast, and a load at random misses the translation buffer less often.
     *
     * @param bytes length, at least 1
     * @param arena gives the address space back when it is closed
     * @return zeros
     * @throws io.regionstore.RegionStoreException as {@link #reserve}
     */
    public static MemorySegment reserveHuge(long bytes, Arena arena) {
        MemorySegment memory = reserve(bytes, arena);
        Native.adviseHugePages(memory);
        return memory;
    }

    /**
     * Takes the pages of a range from the kernel now, which is quicker than one by one at their first touch, and out of
     * the way of whoever touches them. Does nothing on kernels before 5.14.
     *
     * @param memory what {@link #reserve} returned
     * @param length bytes from its start
     */
    public static void populate(MemorySegment memory, long length) {
        int unused = Native.populateWrite(memory.asSlice(0, Math.min(memory.byteSize(), length + Native.PAGE - 1 & -Native.PAGE)));
    }

    /**
     * Gives the pages that lie wholly inside a range back to the kernel; they read as zeros again.
     *
     * @param memory what {@link #reserve} returned
     * @param offset first byte
     * @param length bytes
     */
    public static void discard(MemorySegment memory, long offset, long length) {
        long start = (offset + Native.PAGE - 1) & -Native.PAGE;
        long end = (offset + length) & -Native.PAGE;
        if (end > start) {
            Native.discard(memory.asSlice(start, end - start));
        }
    }
}
