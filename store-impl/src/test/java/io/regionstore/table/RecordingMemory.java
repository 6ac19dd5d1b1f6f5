package io.regionstore.table;

import io.regionstore.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A medium on the heap that keeps every store, flush and fence in their order, and what the medium held after each
 * 8-byte store: what a write does, and no more, and what a crash in its midst leaves. One thread.
 */
final class RecordingMemory implements Memory {
    private final byte[] bytes;
    private final ByteBuffer words;
    private final List<String> events = new ArrayList<>();
    private final List<byte[]> images = new ArrayList<>();

    RecordingMemory(int size) {
        this(new byte[size]);
    }

    private RecordingMemory(byte[] bytes) {
        this.bytes = bytes;
        this.words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @return a medium with these bytes, which are copied */
    static RecordingMemory with(byte[] bytes) {
        return new RecordingMemory(bytes.clone());
    }

    /** @return what was done since the last call: "put 8", "release 8", "copy 0+512", "flush 0+64", "fence" */
    List<String> takeEvents() {
        List<String> taken = List.copyOf(events);
        events.clear();
        images.clear();
        return taken;
    }

    /** @return what a crash may leave that keeps caches: the bytes after each 8-byte store since {@link #takeEvents} */
    List<byte[]> images() {
        return images;
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public long getLong(long offset) {
        return words.getLong(aligned(offset));
    }

    @Override
    public long getLongAcquire(long offset) {
        return getLong(offset);
    }

    @Override
    public void putLong(long offset, long value) {
        words.putLong(aligned(offset), value);
        stored("put " + offset);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        words.putLong(aligned(offset), value);
        stored("release " + offset);
    }

    private static int aligned(long offset) {
        if (offset % 8 != 0) {
            throw new AssertionError("8 bytes at " + offset);
        }
        return Math.toIntExact(offset);
    }

    private void stored(String event) {
        events.add(event);
        images.add(bytes.clone());
    }

    @Override
    public void copyIn(byte[] source, int sourceOffset, long offset, int length) {
        events.add("copy " + offset + "+" + length);
        for (int at = 0; at < length; at += 8) {
            System.arraycopy(source, sourceOffset + at, bytes, aligned(offset + at), 8);
            images.add(bytes.clone());
        }
    }

    @Override
    public void copyOut(long offset, byte[] destination, int destinationOffset, int length) {
        System.arraycopy(bytes, Math.toIntExact(offset), destination, destinationOffset, length);
    }

    @Override
    public void copyOut(long offset, MemorySegment destination, long destinationOffset, long length) {
        MemorySegment.copy(segment(), offset, destination, destinationOffset, length);
    }

    @Override
    public void stored(long offset, long length) {
        events.add("stored " + offset + "+" + length);
    }

    @Override
    public void flush(long offset, long length) {
        events.add("flush " + offset + "+" + length);
    }

    @Override
    public void fence() {
        events.add("fence");
    }

    @Override
    public MemorySegment segment() {
        return MemorySegment.ofArray(bytes);
    }
}
