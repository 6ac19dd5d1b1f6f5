package io.regionstore.chronicle;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.bytes.VanillaBytes;

/** One {@code Bytes} that is moved over memory. Not thread-safe, but any thread may use it next. */
final class Window {
    /** Longest window: 2 GiB less one byte. */
    static final int MAX = Integer.MAX_VALUE;

    /**
     * Where an empty window points: Chronicle refuses address 0. An absolute write through an emptied {@code Bytes},
     * which Chronicle does not refuse, lands here near its start and harms nothing.
     */
    private static final MemorySegment NOWHERE = Arena.global().allocate(4096, 4096);

    private final PointerBytesStore store = new PointerBytesStore();
    private final VanillaBytes<Void> bytes = VanillaBytes.vanillaBytes();

    Window() {
        // the objects that own a window are used by one thread at a time, not by one thread for ever
        store.singleThreadedCheckDisabled(true);
        bytes.singleThreadedCheckDisabled(true);
        clear();
    }

    Bytes<Void> bytes() {
        return bytes;
    }

    /** Shows memory to be read: read position 0, read limit {@code length}, no room to write. */
    void showForReading(long address, int length) {
        if (length == 0) {
            clear();
            return;
        }
        store.set(address, length);
        bytes.bytesStore(store, 0, length);
    }

    /** Shows memory to be written: write position 0, write limit {@code length}. */
    void showForWriting(long address, int length) {
        if (length == 0) {
            clear();
            return;
        }
        store.set(address, length);
        bytes.bytesStore(store, 0, length);
        bytes.clear();
        bytes.writeLimit(length);
    }

    void clear() {
        store.set(NOWHERE.address(), 0);
        bytes.bytesStore(store, 0, 0);
    }

    static void requireOpen(MemorySegment memory) {
        // an address outlives its mapping; the scope tells whether this one still stands for memory
        if (!memory.scope().isAlive()) {
            throw new RegionStoreException(ErrorCode.CLOSED, "the store is closed: its memory is unmapped");
        }
    }

    static int requireWhole(String what, long length) {
        if (length > MAX) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, what + " of " + length
                    + " bytes: one window shows at most " + MAX + "; wrap it in parts");
        }
        return (int) length;
    }

    static void requirePart(String what, long whole, long offset, int length) {
        if (offset < 0 || length < 0 || offset > whole - length) {
            throw new RegionStoreException(ErrorCode.OUT_OF_BOUNDS, what + " of " + whole + " bytes: window "
                    + offset + "+" + length + " is not inside it");
        }
    }
}
