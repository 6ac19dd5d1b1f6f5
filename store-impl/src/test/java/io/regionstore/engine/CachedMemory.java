package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.Memory;
import io.regionstore.proof.WrappedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/**
 * A mapped file on a disk, as Linux keeps it: stores dirty a page of the cache, a flush writes dirty pages to the disk, and
 * one that fails leaves its pages clean without having written them. One thread.
 */
final class CachedMemory extends WrappedMemory {
    private static final int PAGE = 4096;

    /** What outlives the stores that use it: the disk, and which pages of the cache are dirty. */
    static final class Disk {
        private final MemorySegment cache;
        private final byte[] durable;
        private final BitSet dirty = new BitSet();

        /** @param cache pages that are not dirty yet */
        Disk(MemorySegment cache) {
            this.cache = cache;
            durable = cache.toArray(ValueLayout.JAVA_BYTE);
        }

        /** The machine loses power: what is in memory only is gone. */
        void losePower() {
            MemorySegment.copy(durable, 0, cache, ValueLayout.JAVA_BYTE, 0, durable.length);
            dirty.clear();
        }

        /** The kernel needs memory: it drops pages that count as clean, and reads them again when they are asked for. */
        void dropCleanPages() {
            for (int page = dirty.nextClearBit(0); page * PAGE < durable.length; page = dirty.nextClearBit(page + 1)) {
                MemorySegment.copy(durable, page * PAGE, cache, ValueLayout.JAVA_BYTE, (long) page * PAGE,
                        Math.min(PAGE, durable.length - page * PAGE));
            }
        }

        private void dirtied(long offset, long length) {
            if (length > 0) {
                dirty.set((int) (offset / PAGE), (int) ((offset + length - 1) / PAGE) + 1);
            }
        }

        private void writeBack(long offset, long length, boolean fails) {
            int end = (int) ((offset + length + PAGE - 1) / PAGE);
            for (int page = dirty.nextSetBit((int) (offset / PAGE)); page >= 0 && page < end;
                    page = dirty.nextSetBit(page + 1)) {
                dirty.clear(page);
                if (!fails) {
                    MemorySegment.copy(cache, ValueLayout.JAVA_BYTE, (long) page * PAGE, durable, page * PAGE,
                            Math.min(PAGE, durable.length - page * PAGE));
                }
            }
        }
    }

    /** Counts flushes of several memories. */
    static final class Failure {
        private int flushes;
        private int failAt = -1;

        /** Lets the {@code n}th flush from now fail, and no other. */
        void failAt(int n) {
            failAt = flushes + n;
        }

        boolean reached() {
            return flushes >= failAt;
        }
    }

    private final Disk disk;
    private final Failure failure;

    CachedMemory(Memory memory, Disk disk, Failure failure) {
        super(memory);
        this.disk = disk;
        this.failure = failure;
    }

    @Override
    public void putLong(long offset, long value) {
        memory.putLong(offset, value);
        disk.dirtied(offset, Long.BYTES);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        memory.putLongRelease(offset, value);
        disk.dirtied(offset, Long.BYTES);
    }

    @Override
    public void copyIn(byte[] source, int sourceOffset, long offset, int length) {
        memory.copyIn(source, sourceOffset, offset, length);
        disk.dirtied(offset, length);
    }

    @Override
    public void stored(long offset, long length) {
        disk.dirtied(offset, length);
    }

    @Override
    public void flush(long offset, long length) {
        boolean fails = ++failure.flushes == failure.failAt;
        disk.writeBack(offset, length, fails);
        if (fails) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, "msync of a mapping of a file: EIO");
        }
    }
}
