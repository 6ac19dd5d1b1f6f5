package io.regionstore.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of given bytes, which may end earlier than it says. */
final class BytesFile implements LogFile {
    private final byte[] bytes;
    int end;
    int reads;
    boolean closed;

    BytesFile(byte[] bytes) {
        this.bytes = bytes;
        this.end = bytes.length;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public int read(ByteBuffer destination, long position) {
        reads++;
        int length = (int) Math.max(0, Math.min(destination.remaining(), end - position));
        if (length > 0) {
            destination.put(bytes, (int) position, length);
        }
        return length;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        throw new IOException("a reader writes");
    }

    @Override
    public void sync(boolean metadata) throws IOException {
        throw new IOException("a reader syncs");
    }

    @Override
    public void close() {
        closed = true;
    }
}
