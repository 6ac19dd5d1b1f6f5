package io.regionstore.testing;

import io.regionstore.ErrorCode;
import io.regionstore.RecordView;
import io.regionstore.RegionStoreException;
import java.lang.foreign.MemorySegment;

/** A view over a native segment, standing for one of a store. */
public final class FakeRecord implements RecordView {
    private final MemorySegment region;
    private final long offset;
    private final long length;
    private boolean present = true;

    public FakeRecord(MemorySegment region, long offset, long length) {
        this.region = region.asReadOnly();
        this.offset = offset;
        this.length = length;
    }

    @Override
    public boolean isPresent() {
        return present;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long version() {
        return 1;
    }

    @Override
    public int checksum() {
        return 0;
    }

    @Override
    public boolean hasLongKey() {
        return true;
    }

    @Override
    public long longKey() {
        return 1;
    }

    @Override
    public byte[] keyBytes() {
        return new byte[8];
    }

    @Override
    public MemorySegment segment() {
        return region.asSlice(offset, length);
    }

    @Override
    public MemorySegment region() {
        return region;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public void verify() {
        throw new RegionStoreException(ErrorCode.CONTENTS_DAMAGED, "a fake record has no checksum");
    }

    @Override
    public void release() {
        present = false;
    }

    @Override
    public void close() {
        present = false;
    }
}
