package io.regionstore.device;

import java.lang.foreign.MemorySegment;

/** Asks the kernel whether pages can be read, where a load would be answered with a signal. Thread-safe. */
public final class PageProbe {
    private PageProbe() {
    }

    /**
     * Probes a range for memory errors, and for an end of the file that moved. What the kernel says of a dax device is
     * not all: Linux 6.1 maps a page of it that it knows to be bad, and the processor refuses the load.
     *
     * @param mapping begins at a page
     * @param offset  first byte
     * @param length  bytes, at least 1
     * @return false when the kernel says that some page of the range cannot be read; kernels before 5.14 cannot tell
     *     and give true
     */
    public static boolean isReadable(MemorySegment mapping, long offset, long length) {
        long start = offset & -Native.PAGE;
        return Native.populateRead(mapping.asSlice(start, offset + length - start));
    }
}
