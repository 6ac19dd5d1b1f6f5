package io.regionstore.memory;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory that a caller gave: a key, a payload, a destination. It may be closed, belong to another thread, be read-only, or
 * lie in a file that was cut short. That is the caller's to mend, and says nothing of the store's media.
 */
public final class CallerMemory {
    private CallerMemory() {
    }

    /**
     * Says what keeps memory from being read. For an access that failed: nothing here is cheap.
     *
     * @param what    the argument's name
     * @param memory  the argument
     * @param failure what the access threw
     * @return INVALID_ARGUMENT, or null when the memory can be read
     */
    public static RegionStoreException unreadable(String what, MemorySegment memory, Throwable failure) {
        RegionStoreException found = inaccessible(what, memory, failure);
        if (found != null || answers(memory)) {
            return found;
        }
        return invalid(what, "memory that can be read, found memory that does not answer: a memory error, or a mapped file"
                + " that was cut short", failure);
    }

    /**
     * Says what keeps memory from being written. Whether it answers is not tried, since that would change it.
     *
     * @param what    the argument's name
     * @param memory  the argument
     * @param failure what the access threw
     * @return INVALID_ARGUMENT, or null when nothing is seen
     */
    public static RegionStoreException unwritable(String what, MemorySegment memory, Throwable failure) {
        if (memory.isReadOnly()) {
            return invalid(what, "memory that can be written, found a read-only segment", failure);
        }
        return inaccessible(what, memory, failure);
    }

    /**
     * @param what    the argument's name
     * @param failure what the access threw
     * @return INVALID_ARGUMENT, for a destination whose memory does not answer
     */
    public static RegionStoreException unanswering(String what, Throwable failure) {
        return invalid(what, "memory that can be written, found memory that does not answer: a memory error, or a mapped"
                + " file that was cut short", failure);
    }

    private static RegionStoreException inaccessible(String what, MemorySegment memory, Throwable failure) {
        if (!memory.scope().isAlive()) {
            return invalid(what, "memory that can be used, found a segment whose arena is closed", failure);
        }
        if (!memory.isAccessibleBy(Thread.currentThread())) {
            return invalid(what, "memory that this thread may use, found a segment whose arena is confined to another thread;"
                    + " use a shared arena", failure);
        }
        return null;
    }

    private static RegionStoreException invalid(String what, String expectation, Throwable failure) {
        return new RegionStoreException(ErrorCode.INVALID_ARGUMENT, what + ": expected " + expectation, failure);
    }

    private static boolean answers(MemorySegment memory) {
        byte[] block = new byte[8192];
        try {
            for (long at = 0; at < memory.byteSize(); at += block.length) {
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, block, 0,
                        (int) Math.min(block.length, memory.byteSize() - at));
                LateFaults.raise();
            }
            return true;
        } catch (InternalError e) {
            return false;
        }
    }
}
