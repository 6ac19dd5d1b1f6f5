package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.Memory;
import io.regionstore.proof.WrappedMemory;

/** Memory whose flushes fail from one on, as {@code msync} does on a disk that is broken. Several share one count. */
final class FaultyMemory extends WrappedMemory {
    /** Counts flushes. One thread at a time. */
    static final class Faults {
        private int flushes;
        private int failFrom = Integer.MAX_VALUE;

        void failAt(int n) {
            failFrom = n == Integer.MAX_VALUE ? n : flushes + n;
        }

        boolean reached() {
            return flushes >= failFrom;
        }
    }

    private final Faults faults;

    FaultyMemory(Memory memory, Faults faults) {
        super(memory);
        this.faults = faults;
    }

    @Override
    public void flush(long offset, long length) {
        if (++faults.flushes >= faults.failFrom) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, "msync of a mapping of a file: EIO");
        }
        memory.flush(offset, length);
    }

}
