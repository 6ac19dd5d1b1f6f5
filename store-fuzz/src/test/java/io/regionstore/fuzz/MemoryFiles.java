package io.regionstore.fuzz;

import io.regionstore.log.FileIdentity;
import io.regionstore.log.LogFile;
import io.regionstore.log.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files in memory, which nothing happens to. Not thread-safe. */
final class MemoryFiles implements LogFiles {
    final Map<String, byte[]> contents = new HashMap<>();

    MemoryFiles() {
    }

    MemoryFiles(MemoryFiles other) {
        other.contents.forEach((name, bytes) -> contents.put(name, bytes.clone()));
    }

    @Override
    public String resource() {
        return "memory";
    }

    @Override
    public List<String> list() {
        return List.copyOf(contents.keySet());
    }

    @Override
    public LogFile create(String name) throws IOException {
        if (contents.putIfAbsent(name, new byte[0]) != null) {
            throw new FileAlreadyExistsException(name);
        }
        return new Open(name);
    }

    @Override
    public LogFile open(String name, boolean writable) throws IOException {
        require(name);
        return new Open(name);
    }

    private void require(String name) throws IOException {
        if (!contents.containsKey(name)) {
            throw new NoSuchFileException(name);
        }
    }

    @Override
    public void rename(String from, String to) {
        contents.put(to, contents.remove(from));
    }

    @Override
    public void delete(String name) {
        contents.remove(name);
    }

    @Override
    public void sync() {
        // always durable
    }

    /** By what the name says: a file that was renamed is the same one. */
    @Override
    public FileIdentity identity(String name) throws IOException {
        require(name);
        String plain = name.replace(".tmp", "");
        return new FileIdentity(plain.hashCode(), 1, 0);
    }

    private final class Open implements LogFile {
        private String name;

        Open(String name) {
            this.name = name;
        }

        private byte[] bytes() {
            if (!contents.containsKey(name)) {
                // renamed while open
                name = contents.keySet().stream().filter(other -> name.startsWith(other)).findFirst().orElseThrow();
            }
            return contents.get(name);
        }

        @Override
        public long size() {
            return bytes().length;
        }

        @Override
        public int read(ByteBuffer destination, long position) {
            int length = (int) Math.max(0, Math.min(destination.remaining(), bytes().length - position));
            if (length > 0) {
                destination.put(bytes(), (int) position, length);
            }
            return length;
        }

        @Override
        public void write(ByteBuffer source, long position) {
            byte[] bytes = bytes();
            int end = (int) position + source.remaining();
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, end);
            }
            source.get(bytes, (int) position, source.remaining());
            contents.put(name, bytes);
        }

        @Override
        public void sync(boolean metadata) {
            // always durable
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
