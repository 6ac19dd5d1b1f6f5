package io.regionstore.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Notes every call that asks something of the medium before passing it on, and lets a test hold it up or fail it. A call
 * reads like {@code write log-0000000000000001 512+80}; a file has the name that it has in the directory, also after a
 * rename. Closing is not noted, as it promises nothing. Thread-safe.
 */
final class RecordingFiles implements LogFiles {
    /** Told of each call by the thread that makes it, before it is made. */
    interface Hook {
        void before(String call) throws IOException;
    }

    private final LogFiles files;
    private final List<String> calls = new ArrayList<>();
    private final List<Handle> handles = new ArrayList<>();
    private volatile Hook hook = call -> { };

    RecordingFiles(LogFiles files) {
        this.files = files;
    }

    RecordingFiles hook(Hook value) {
        hook = value;
        return this;
    }

    /** @return the calls since this was last called */
    synchronized List<String> take() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    /** @return of {@link #take}, those that change or promise something */
    List<String> takeChanges() {
        return take().stream().filter(call -> !call.matches("(list|open|read|size|identity)\\b.*")).toList();
    }

    private void note(String call) throws IOException {
        synchronized (this) {
            calls.add(call);
        }
        hook.before(call);
    }

    private synchronized LogFile handle(String name, LogFile file) {
        Handle handle = new Handle(name, file);
        handles.add(handle);
        return handle;
    }

    @Override
    public String resource() {
        return files.resource();
    }

    @Override
    public List<String> list() throws IOException {
        note("list");
        return files.list();
    }

    @Override
    public LogFile create(String name) throws IOException {
        note("create " + name);
        return handle(name, files.create(name));
    }

    @Override
    public LogFile open(String name, boolean writable) throws IOException {
        note("open " + name + (writable ? " to write" : ""));
        return handle(name, files.open(name, writable));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        note("rename " + from + " " + to);
        files.rename(from, to);
        synchronized (this) {
            handles.stream().filter(handle -> handle.name.equals(from)).forEach(handle -> handle.name = to);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        note("delete " + name);
        files.delete(name);
    }

    @Override
    public void sync() throws IOException {
        note("sync names");
        files.sync();
    }

    @Override
    public FileIdentity identity(String name) throws IOException {
        note("identity " + name);
        return files.identity(name);
    }

    private final class Handle implements LogFile {
        private final LogFile file;
        private volatile String name;

        Handle(String name, LogFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public long size() throws IOException {
            note("size " + name);
            return file.size();
        }

        @Override
        public int read(ByteBuffer destination, long position) throws IOException {
            note("read " + name + " " + position + "+" + destination.remaining());
            return file.read(destination, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            note("write " + name + " " + position + "+" + source.remaining());
            file.write(source, position);
        }

        @Override
        public void sync(boolean metadata) throws IOException {
            note("sync " + name + (metadata ? " and times" : ""));
            file.sync(metadata);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
