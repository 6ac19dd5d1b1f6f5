package io.regionstore.log;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A slot table in memory, as the engine keeps one: filled by replay, source of images. */
class TestTable implements Replay, ImageSource {
    static final int SLOT = FrameDescriptor.SLOT_LENGTH;
    final byte[] bytes;
    final byte[] header = new byte[FrameDescriptor.STORE_HEADER_LENGTH];
    int begun;

    TestTable(int slots) {
        bytes = new byte[slots * SLOT];
    }

    static MemorySegment header(int value) {
        byte[] header = new byte[FrameDescriptor.STORE_HEADER_LENGTH];
        Arrays.fill(header, (byte) value);
        return MemorySegment.ofArray(header);
    }

    @Override
    public void begin(long tableSlots, MemorySegment imageHeader) {
        Arrays.fill(bytes, (byte) 0);
        header(imageHeader);
        begun++;
    }

    @Override
    public synchronized void slots(long firstSlot, MemorySegment source) {
        MemorySegment.ofArray(bytes).asSlice(firstSlot * SLOT, source.byteSize()).copyFrom(source);
    }

    @Override
    public void write(long firstSlot, MemorySegment source) {
        slots(firstSlot, source);
    }

    @Override
    public synchronized void retire(long slot) {
        Arrays.fill(bytes, (int) slot * SLOT + 24, (int) (slot + 1) * SLOT, (byte) 0);
    }

    @Override
    public void header(MemorySegment newer) {
        MemorySegment.copy(newer, ValueLayout.JAVA_BYTE, 0, header, 0, header.length);
    }

    @Override
    public void awaitApplied(long lsn) {
        // this table is changed by the thread that appends
    }

    @Override
    public long tableSlots() {
        return bytes.length / SLOT;
    }

    @Override
    public long usedSlots() {
        return tableSlots();
    }

    @Override
    public synchronized void copy(long firstSlot, MemorySegment destination) {
        destination.copyFrom(MemorySegment.ofArray(bytes).asSlice(firstSlot * SLOT, destination.byteSize()));
    }
}
