package io.regionstore.bench.run;

import io.regionstore.bench.subject.Operation;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Setup;
import io.regionstore.bench.subject.Subject;
import io.regionstore.bench.subject.Sums;
import io.regionstore.device.MappedMedium;
import io.regionstore.memory.FlushMethod;
import io.regionstore.memory.MappedMemory;
import io.regionstore.record.PayloadCopier;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * What the machine can do: the same values, copied into and out of the region's medium at the place that the key's
 * number gives, with no record kept. Insert is then a sequential copy, overwrite a random one, get a random read.
 */
final class LimitSubject implements Subject {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** What is done beside the copy. */
    enum Mode {
        /** Nothing. */
        COPY,
        /** CRC32C of the value. */
        CRC,
        /** Write-back of the value's cache lines, and one fence. */
        FLUSH
    }

    private final Mode mode;
    private MappedMedium medium;
    private MappedMemory memory;
    private MemorySegment region;
    private long stride;
    private int valueSize;

    LimitSubject(Mode mode) {
        this.mode = mode;
    }

    @Override
    public void open(Setup setup) {
        valueSize = setup.valueSize();
        stride = valueSize + 7L & -8;
        medium = MappedMedium.open(StoreMedia.of(setup).region(), true);
        region = medium.segment();
        if (region.byteSize() < setup.records() * stride) {
            throw new IllegalArgumentException("the region holds " + region.byteSize() / stride + " values, not "
                    + setup.records());
        }
        memory = new MappedMemory(region, mode == Mode.FLUSH ? FlushMethod.CACHE_LINES : FlushMethod.NONE);
    }

    @Override
    public String configuration() {
        return switch (mode) {
            case COPY -> "MemorySegment.copy into and out of the region's medium, nothing else";
            case CRC -> "the copy, and CRC32C of the value";
            case FLUSH -> "the copy, write-back of its cache lines, one fence";
        };
    }

    @Override
    public Set<Operation> operations() {
        return switch (mode) {
            case COPY -> EnumSet.of(Operation.INSERT, Operation.PUT, Operation.GET_COPY, Operation.GET_VIEW);
            case CRC -> EnumSet.of(Operation.INSERT, Operation.PUT, Operation.GET_VERIFIED);
            case FLUSH -> EnumSet.of(Operation.INSERT, Operation.PUT);
        };
    }

    @Override
    public Session session(int thread) {
        return switch (mode) {
            case COPY -> new CopySession();
            case CRC -> new CrcSession();
            case FLUSH -> new FlushSession();
        };
    }

    @Override
    public void close() {
        if (medium != null) {
            medium.close();
        }
    }

    private class CopySession implements Session {
        final Arena arena = Arena.ofShared();
        final MemorySegment value = arena.allocate(valueSize, 64).fill((byte) 0x5A);
        private final MemorySegment destination = arena.allocate(valueSize, 64);

        @Override
        public void put(long key, long stamp) {
            value.set(LONG, 0, stamp);
            MemorySegment.copy(value, 0, region, key * stride, valueSize);
        }

        @Override
        public long getCopy(long key) {
            MemorySegment.copy(region, key * stride, destination, 0, valueSize);
            return destination.get(LONG, 0);
        }

        @Override
        public long getView(long key) {
            return Sums.of(region, key * stride, valueSize);
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private final class CrcSession extends CopySession {
        private final ByteBuffer bytes = value.asByteBuffer();
        private final CRC32C crc = new CRC32C();
        private final PayloadCopier copier = new PayloadCopier();
        private long seen;

        @Override
        public void put(long key, long stamp) {
            super.put(key, stamp);
            crc.reset();
            crc.update(bytes.clear());
            seen += crc.getValue();
        }

        @Override
        public long getVerified(long key) {
            return copier.checksum(memory, key * stride, valueSize) + seen & Long.MAX_VALUE;
        }
    }

    private final class FlushSession extends CopySession {
        @Override
        public void put(long key, long stamp) {
            super.put(key, stamp);
            memory.flush(key * stride, valueSize);
            memory.fence();
        }
    }
}
