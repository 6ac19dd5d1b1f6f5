package io.regionstore.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A mapped file that can be cut short: what is mapped behind its end then answers each load and store with SIGBUS. */
public final class CutFile implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final FileChannel file;
    private final MemorySegment bytes;

    /** Makes one in a folder. */
    public CutFile(Path folder, long length) {
        try {
            file = FileChannel.open(folder.resolve("cut-" + System.nanoTime()), StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ, StandardOpenOption.WRITE);
            bytes = file.map(MapMode.READ_WRITE, 0, length, arena);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return all of it, cut or not */
    public MemorySegment bytes() {
        return bytes;
    }

    /** @param length a multiple of the page size */
    public void cut(long length) {
        try {
            file.truncate(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        arena.close();
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
