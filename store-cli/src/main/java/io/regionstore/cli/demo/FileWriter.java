package io.regionstore.cli.demo;

import io.regionstore.RegionStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Stores every file of the JDK, then stores them again and again: operation n is file (n - 1) modulo the number of
 * files. A record that is replaced while the process dies holds the same bytes before and after.
 */
final class FileWriter extends Writer {
    private final JdkFiles jdk;
    private final List<MemorySegment> keys = new ArrayList<>();
    private MemorySegment key;
    private MemorySegment payload;
    private Arena mapping;

    FileWriter(RegionStore store, Ledger ledger, JdkFiles jdk, Arena arena) {
        super(store, ledger, JdkFiles.WRITER);
        this.jdk = jdk;
        jdk.files().forEach(file -> keys.add(keyOf(file.key(), arena)));
    }

    @Override
    void prepare(long sequence) throws IOException {
        close();
        int index = (int) ((sequence - 1) % keys.size());
        mapping = Arena.ofConfined();
        key = keys.get(index);
        payload = map(jdk.files().get(index), mapping);
    }

    @Override
    void write(long sequence) {
        store.put(key, payload);
    }

    @Override
    public void close() {
        if (mapping != null) {
            mapping.close();
            mapping = null;
        }
    }

    /** The file's bytes, mapped. */
    static MemorySegment map(JdkFiles.JdkFile file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }
}
