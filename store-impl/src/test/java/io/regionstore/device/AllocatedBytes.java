package io.regionstore.device;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Heap bytes that the current thread has allocated, itself without allocating. */
public final class AllocatedBytes {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocatedBytes() {
    }

    public static long ofThisThread() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
