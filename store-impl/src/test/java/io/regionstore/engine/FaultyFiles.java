package io.regionstore.engine;

import io.regionstore.log.FileIdentity;
import io.regionstore.log.LogFile;
import io.regionstore.log.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The files of a real directory; of the calls that read or change them one fails, or all from one on. Thread-safe. */
final class FaultyFiles implements LogFiles {
    /** What is counted and what fails, shared by all files of a test. */
    static final class Faults {
        private final String message;
        private int calls;
        private int failFrom = Integer.MAX_VALUE;
        private int failTo;

        Faults(String message) {
            this.message = message;
        }

        /** Lets calls fail: the {@code n}th from now and the ones after it, {@code count} in all. */
        synchronized Faults failAt(int n, int count) {
            failFrom = calls + n;
            failTo = count == Integer.MAX_VALUE ? count : failFrom + count;
            return this;
        }

        synchronized boolean reached() {
            return calls >= failFrom;
        }

        private synchronized void call() throws IOException {
            calls++;
            if (calls >= failFrom && calls < failTo) {
                throw new IOException(message);
            }
        }
    }

    private final LogFiles files;
    private final Faults faults;

    FaultyFiles(LogFiles files, Faults faults) {
        this.files = files;
        this.faults = faults;
    }

    @Override
    public String resource() {
        return files.resource();
    }

    @Override
    public List<String> list() throws IOException {
        faults.call();
        return files.list();
    }

    @Override
    public LogFile create(String name) throws IOException {
        faults.call();
        return new File(files.create(name));
    }

    @Override
    public LogFile open(String name, boolean writable) throws IOException {
        faults.call();
        return new File(files.open(name, writable));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        faults.call();
        files.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        faults.call();
        files.delete(name);
    }

    @Override
    public void sync() throws IOException {
        faults.call();
        files.sync();
    }

    @Override
    public FileIdentity identity(String name) throws IOException {
        faults.call();
        return files.identity(name);
    }

    @Override
    public Lock lock(boolean unlocked) {
        return files.lock(unlocked);
    }

    @Override
    public void removeDirectory() throws IOException {
        faults.call();
        files.removeDirectory();
    }

    @Override
    public void close() {
        files.close();
    }

    private final class File implements LogFile {
        private final LogFile file;

        File(LogFile file) {
            this.file = file;
        }

        @Override
        public long size() throws IOException {
            faults.call();
            return file.size();
        }

        @Override
        public int read(ByteBuffer destination, long position) throws IOException {
            faults.call();
            return file.read(destination, position);
        }

        /** A write that fails may have written a part before: half of it. */
        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            try {
                faults.call();
            } catch (IOException e) {
                ByteBuffer part = source.slice(source.position(), source.remaining() / 2);
                file.write(part, position);
                throw e;
            }
            file.write(source, position);
        }

        @Override
        public void sync(boolean metadata) throws IOException {
            faults.call();
            file.sync(metadata);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
