package io.regionstore.proof;

import io.regionstore.log.FileIdentity;
import io.regionstore.log.LogFile;
import io.regionstore.log.LogFiles;
import io.regionstore.log.Whereabouts;
import java.io.IOException;
import java.util.List;

/** Passes everything on: override what is to be counted, or done wrong. */
public class WrappedFiles implements LogFiles {
    /** What everything is passed on to. */
    protected final LogFiles files;

    /** @param files that are wrapped */
    protected WrappedFiles(LogFiles files) {
        this.files = files;
    }

    @Override
    public String resource() {
        return files.resource();
    }

    @Override
    public List<String> list() throws IOException {
        return files.list();
    }

    @Override
    public LogFile create(String name) throws IOException {
        return files.create(name);
    }

    @Override
    public LogFile open(String name, boolean writable) throws IOException {
        return files.open(name, writable);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        files.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        files.delete(name);
    }

    @Override
    public void sync() throws IOException {
        files.sync();
    }

    @Override
    public FileIdentity identity(String name) throws IOException {
        return files.identity(name);
    }

    @Override
    public Lock lock(boolean unlocked) {
        return files.lock(unlocked);
    }

    @Override
    public boolean canVanish() {
        return files.canVanish();
    }

    @Override
    public Whereabouts whereabouts(String log, FileIdentity identity, long length) {
        return files.whereabouts(log, identity, length);
    }

    @Override
    public void removeDirectory() throws IOException {
        files.removeDirectory();
    }

    @Override
    public void close() {
        files.close();
    }
}
