package io.regionstore.memory;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStoreException;
import io.regionstore.device.CacheLineWriteback;
import io.regionstore.device.MappedMedium;
import io.regionstore.device.PageProbe;
import io.regionstore.device.PageWriteback;
import io.regionstore.device.SparseBlocks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A mapped medium. Every method is a few instructions, allocates nothing, and with {@link FlushMethod#PAGES} only
 * {@link #flush} makes a system call.
 *
 * <p>The medium must stay open while a flush runs: a closed one is refused, but one that another thread closes in that
 * very moment ends the JVM.
 */
public final class MappedMemory implements Memory {
    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    /** Looked for only where it is needed: finding it takes a moment. */
    private static final class Lines {
        static final CacheLineWriteback WRITEBACK = CacheLineWriteback.find().orElse(null);
    }

    private final MemorySegment segment;
    private final long address;
    private final long size;
    private final FlushMethod method;
    private final MappedMedium medium;
    private final SparseBlocks sparse;

    /**
     * @param segment mapped, writable, 8-byte aligned
     * @param method  what flush does
     * @throws RegionStoreException WRITE_BACK_UNAVAILABLE
     */
    public MappedMemory(MemorySegment segment, FlushMethod method) {
        this(segment, method, null);
    }

    private MappedMemory(MemorySegment segment, FlushMethod method, MappedMedium medium) {
        if (method == FlushMethod.CACHE_LINES && Lines.WRITEBACK == null) {
            throw new RegionStoreException(ErrorCode.WRITE_BACK_UNAVAILABLE, CacheLineWriteback.unavailableReason());
        }
        if (!segment.isNative() || segment.address() % Long.BYTES != 0) {
            throw new IllegalArgumentException("not mapped memory, or not aligned: " + segment);
        }
        this.segment = segment;
        this.address = segment.address();
        this.size = segment.byteSize();
        this.method = Objects.requireNonNull(method);
        this.medium = medium;
        sparse = medium == null ? null : medium.sparseBlocks();
    }

    /**
     * @param medium open
     * @param domain what its bytes are to survive
     * @return its memory, flushed as the domain asks for
     * @throws RegionStoreException DOMAIN_UNSUPPORTED when the medium cannot give the domain; WRITE_BACK_UNAVAILABLE
     */
    public static MappedMemory of(MappedMedium medium, FailureDomain domain) {
        return of(medium, domain, medium.segment().byteSize());
    }

    /**
     * @param medium open
     * @param domain what its bytes are to survive
     * @param length as many of its first bytes as are used
     * @return their memory, flushed as the domain asks for
     * @throws RegionStoreException DOMAIN_UNSUPPORTED when the medium cannot give the domain; WRITE_BACK_UNAVAILABLE
     */
    public static MappedMemory of(MappedMedium medium, FailureDomain domain, long length) {
        return new MappedMemory(medium.segment().asSlice(0, length), methodFor(medium, domain), medium);
    }

    /**
     * @param medium open
     * @param domain what its bytes are to survive
     * @return how it is flushed for that
     * @throws RegionStoreException DOMAIN_UNSUPPORTED when the medium cannot give the domain
     */
    public static FlushMethod methodFor(MappedMedium medium, FailureDomain domain) {
        if (!medium.strongestDomain().covers(domain)) {
            throw new RegionStoreException(ErrorCode.DOMAIN_UNSUPPORTED, "the domain " + domain + " was asked for, but "
                    + medium.domainReason());
        }
        return switch (domain) {
            case PROCESS -> FlushMethod.NONE;
            case KERNEL -> medium.cacheLinePersist() ? FlushMethod.NONE : FlushMethod.PAGES;
            case PLATFORM -> medium.cacheLinePersist() ? FlushMethod.CACHE_LINES : FlushMethod.PAGES;
        };
    }

    /** @return what flush does */
    public FlushMethod method() {
        return method;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long getLong(long offset) {
        return (long) LONG.get(segment, offset);
    }

    @Override
    public long getLongAcquire(long offset) {
        return (long) LONG.getAcquire(segment, offset);
    }

    @Override
    public void putLong(long offset, long value) {
        LONG.set(segment, offset, value);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        LONG.setRelease(segment, offset, value);
    }

    @Override
    public void copyIn(byte[] source, int sourceOffset, long offset, int length) {
        MemorySegment.copy(source, sourceOffset, segment, ValueLayout.JAVA_BYTE, offset, length);
    }

    @Override
    public void copyOut(long offset, byte[] destination, int destinationOffset, int length) {
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, destination, destinationOffset, length);
    }

    @Override
    public void copyOut(long offset, MemorySegment destination, long destinationOffset, long length) {
        MemorySegment.copy(segment, offset, destination, destinationOffset, length);
    }

    @Override
    public boolean isReadable(long offset, long length) {
        return PageProbe.isReadable(segment, offset, length);
    }

    @Override
    public void provide(long offset, long length) {
        if (sparse != null) {
            sparse.provide(offset, length);
        }
    }

    @Override
    public RegionStoreException explain(InternalError fault) {
        return medium == null ? Memory.super.explain(fault) : medium.explain(fault);
    }

    /** Nothing to do: the stores went to the medium itself. */
    @Override
    public void stored(long offset, long length) {
    }

    @Override
    public void flush(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, size);
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the medium is closed");
        }
        if (method == FlushMethod.CACHE_LINES) {
            Lines.WRITEBACK.flush(address + offset, length);
        } else if (method == FlushMethod.PAGES && length > 0) {
            PageWriteback.persist(address + offset, length);
        }
    }

    /**
     * With {@link FlushMethod#PAGES} nothing to wait for, since their flush returns when the pages are durable; the
     * stores before are still kept in front of the stores after.
     */
    @Override
    public void fence() {
        if (method == FlushMethod.CACHE_LINES) {
            Lines.WRITEBACK.fence();
        } else {
            VarHandle.fullFence();
        }
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }
}
