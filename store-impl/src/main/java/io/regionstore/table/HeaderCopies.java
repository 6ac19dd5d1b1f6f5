package io.regionstore.table;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.memory.Memory;
import java.util.List;

/** The two copies of the header in a metadata medium. Its caller serialises updates. */
public final class HeaderCopies {
    private final Memory memory;
    private final String resource;
    /** Written first: never the only good one. */
    private long first = HeaderDescriptor.COPY_A;

    /**
     * @param memory   the metadata medium
     * @param resource its name, for messages
     */
    public HeaderCopies(Memory memory, String resource) {
        this.memory = memory;
        this.resource = resource;
    }

    /** @return whether nothing was ever stored here, both copies being zeros, or a create was cut short */
    public boolean isBlank() {
        return isUnfinished() || isZero(HeaderDescriptor.COPY_A) && isZero(HeaderDescriptor.COPY_B);
    }

    /** @return whether a create was cut short here: what is behind the header is its, or was its to clear */
    public boolean isUnfinished() {
        return memory.getLong(HeaderDescriptor.COPY_A) == HeaderDescriptor.CREATING
                && memory.getLong(HeaderDescriptor.COPY_B) != HeaderDescriptor.MAGIC && !isWholeButForMagic();
    }

    /** Whether the second copy, which create writes last, is a store's with a damaged magic: that is no create cut short. */
    private boolean isWholeButForMagic() {
        byte[] bytes = new byte[HeaderDescriptor.LENGTH];
        memory.copyOut(HeaderDescriptor.COPY_B, bytes, 0, bytes.length);
        SlotChecksum.WORD.set(bytes, 0, HeaderDescriptor.MAGIC);
        try {
            StoreHeader.decode(bytes, resource);
            return true;
        } catch (RegionStoreException e) {
            return false;
        }
    }

    /** @return whether either copy says that it is regionstore metadata, good or bad */
    public boolean hasMagic() {
        return memory.getLong(HeaderDescriptor.COPY_A) == HeaderDescriptor.MAGIC
                || memory.getLong(HeaderDescriptor.COPY_B) == HeaderDescriptor.MAGIC;
    }

    /**
     * Reads the header; writes nothing.
     *
     * @param notes told when one copy is bad
     * @return the newest good header
     * @throws RegionStoreException METADATA_FOREIGN, METADATA_VERSION or METADATA_CORRUPT when neither copy is good
     */
    public StoreHeader read(List<String> notes) {
        RegionStoreException[] failure = new RegionStoreException[1];
        StoreHeader a = decode(HeaderDescriptor.COPY_A, failure);
        StoreHeader b = decode(HeaderDescriptor.COPY_B, failure);
        if (a == null && b == null) {
            throw failure[0];
        }
        if (a == null || b == null) {
            if (failure[0].code() == ErrorCode.METADATA_VERSION) {
                throw failure[0];
            }
            notes.add("header copy " + (a == null ? "A" : "B") + " was bad and is mended from the other one ("
                    + failure[0].getMessage() + ")");
            first = a == null ? HeaderDescriptor.COPY_A : HeaderDescriptor.COPY_B;
            return a == null ? b : a;
        }
        if (!a.instance().equals(b.instance())) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected two copies of one header,"
                    + " found instance " + a.instance() + " and instance " + b.instance() + "; restore the metadata");
        }
        first = a.sequence() < b.sequence() ? HeaderDescriptor.COPY_A : HeaderDescriptor.COPY_B;
        return a.sequence() < b.sequence() ? b : a;
    }

    /**
     * Writes both copies, one after the other, each durable before the next: first the one that was found bad or older,
     * if that is how they were read. A crash in between leaves one good copy at least, the newest header that was read
     * or the new one, also if an earlier crash left only one. That one may have been read from a killed writer's cache, so
     * it is flushed before the other is touched. A call that an Error cuts short is as a crash to the next call, which
     * begins with the copy that may be torn.
     *
     * @param header the header
     */
    public void write(StoreHeader header) {
        byte[] bytes = header.encode();
        long begins = first;
        long second = HeaderDescriptor.COPY_A + HeaderDescriptor.COPY_B - begins;
        memory.flush(second, bytes.length);
        memory.fence();
        for (long copy : new long[] {begins, second}) {
            first = copy;
            memory.copyIn(bytes, 0, copy, bytes.length);
            memory.flush(copy, bytes.length);
            memory.fence();
        }
        first = begins;
    }

    /** Says, durably, that a store is being made here: a crash from now to {@link #create} leaves a blank medium. */
    public void beginCreate() {
        storeMagic(HeaderDescriptor.CREATING);
    }

    /**
     * Makes the store, after {@link #beginCreate}: the first copy without its magic, the magic, the second copy.
     *
     * @param header the first header
     */
    public void create(StoreHeader header) {
        byte[] bytes = header.encode();
        int magic = Long.BYTES;
        memory.copyIn(bytes, magic, HeaderDescriptor.COPY_A + magic, bytes.length - magic);
        memory.flush(HeaderDescriptor.COPY_A, bytes.length);
        memory.fence();
        storeMagic(HeaderDescriptor.MAGIC);
        memory.copyIn(bytes, 0, HeaderDescriptor.COPY_B, bytes.length);
        memory.flush(HeaderDescriptor.COPY_B, bytes.length);
        memory.fence();
    }

    /**
     * Takes back a store that was just made, or is half made, and that nobody has written to. The second copy goes first: a
     * crash before the first one's magic is replaced leaves the store, and one after it a blank medium.
     */
    public void undoCreate() {
        for (int at = 0; at < HeaderDescriptor.LENGTH; at += Long.BYTES) {
            memory.putLong(HeaderDescriptor.COPY_B + at, 0);
        }
        memory.flush(HeaderDescriptor.COPY_B, HeaderDescriptor.LENGTH);
        memory.fence();
        storeMagic(HeaderDescriptor.CREATING);
    }

    private void storeMagic(long magic) {
        memory.putLongRelease(HeaderDescriptor.COPY_A, magic);
        memory.flush(HeaderDescriptor.COPY_A, Long.BYTES);
        memory.fence();
    }

    private StoreHeader decode(long copy, RegionStoreException[] failure) {
        byte[] bytes = new byte[HeaderDescriptor.LENGTH];
        memory.copyOut(copy, bytes, 0, bytes.length);
        try {
            return StoreHeader.decode(bytes, resource);
        } catch (RegionStoreException e) {
            // what can be said of a copy with the right magic says more than "foreign"
            if (failure[0] == null || failure[0].code() == ErrorCode.METADATA_FOREIGN) {
                failure[0] = e;
            }
            return null;
        }
    }

    private boolean isZero(long copy) {
        for (int at = 0; at < HeaderDescriptor.LENGTH; at += 8) {
            if (memory.getLong(copy + at) != 0) {
                return false;
            }
        }
        return true;
    }
}
