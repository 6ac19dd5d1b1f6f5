package io.regionstore.log;

import io.regionstore.proof.SimulatedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files that break one rule of the protocol, on files that do not. One thread at a time. */
final class FaultyLogFiles implements LogFiles {
    private enum Last { NONE, CREATED_LOG, NAMED_LOG, NAMED_IMAGE, DELETED_IMAGE, SYNCED_REPLAYED_LOG }

    private final LogFiles files;
    private final FileFault fault;
    private final Map<String, Faulty> created = new HashMap<>();
    private Last last = Last.NONE;
    private int directorySyncs;
    private int killAtDirectorySync = Integer.MAX_VALUE;

    /** @param fault what to do wrong; null: nothing */
    FaultyLogFiles(LogFiles files, FileFault fault) {
        this.files = files;
        this.fault = fault;
    }

    /** Ends the process before it syncs the directory for the {@code n}th time; what it changed so far stays visible. */
    FaultyLogFiles killAtDirectorySync(int n) {
        killAtDirectorySync = n;
        return this;
    }

    boolean killed() {
        return directorySyncs >= killAtDirectorySync;
    }

    private void requireAlive() {
        if (killed()) {
            throw new SimulatedFiles.Crash();
        }
    }

    private static boolean isLog(String name) {
        return name.startsWith("log-");
    }

    /** The name that a file has below the fault. */
    private String actual(String name) {
        return fault == FileFault.NEW_LOG_NAMED_WHEN_CREATED && isLog(name) && created.containsKey(name)
                ? name.substring(0, name.length() - ".tmp".length()) : name;
    }

    @Override
    public String resource() {
        return files.resource();
    }

    @Override
    public List<String> list() throws IOException {
        requireAlive();
        return files.list();
    }

    @Override
    public LogFile create(String name) throws IOException {
        requireAlive();
        Faulty file = new Faulty(name);
        created.put(name, file);
        String before = fault == FileFault.LOG_MADE_OF_THE_ONE_BEFORE && isLog(name) ? newestLog() : null;
        if (before == null) {
            file.to = files.create(actual(name));
        } else {
            files.rename(before, name);
            file.to = files.open(name, true);
        }
        last = isLog(name) ? Last.CREATED_LOG : Last.NONE;
        return file;
    }

    private String newestLog() throws IOException {
        FileNames names = new FileNames(files.list());
        return names.logs.isEmpty() ? null : FileNames.log(names.logs.last());
    }

    @Override
    public LogFile open(String name, boolean writable) throws IOException {
        requireAlive();
        Faulty file = new Faulty(name);
        file.to = files.open(name, writable);
        file.named = true;
        file.replayed = writable;
        return file;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        requireAlive();
        if (fault == FileFault.OLD_GENERATION_DELETED_EARLY && !isLog(from)) {
            deleteAllBefore(to);
        }
        if (!actual(from).equals(to)) {
            try {
                files.rename(from, to);
            } catch (IOException e) {
                if (fault != FileFault.FAILED_RENAME_IGNORED) {
                    throw e;
                }
            }
        }
        created.remove(from).named = true;
        last = isLog(to) ? Last.NAMED_LOG : Last.NAMED_IMAGE;
    }

    private void deleteAllBefore(String image) throws IOException {
        for (String name : files.list()) {
            String generation = name.substring(name.indexOf('-') + 1);
            if (!name.endsWith(".tmp") && generation.compareTo(image.substring(image.indexOf('-') + 1)) < 0) {
                files.delete(name);
            }
        }
    }

    @Override
    public void delete(String name) throws IOException {
        requireAlive();
        files.delete(name);
        last = isLog(name) ? Last.NONE : Last.DELETED_IMAGE;
    }

    @Override
    public void sync() throws IOException {
        directorySyncs++;
        requireAlive();
        boolean leftOut = fault != null && switch (fault) {
            case NAME_OF_LOG_NOT_SYNCED -> last == Last.NAMED_LOG;
            case NAME_OF_IMAGE_NOT_SYNCED -> last == Last.NAMED_IMAGE;
            case MARK_OF_CREATE_NOT_SYNCED -> last == Last.CREATED_LOG;
            case LEFTOVER_IMAGE_NOT_GONE_BEFORE_MARK -> last == Last.DELETED_IMAGE;
            case REPLAYED_NAMES_NOT_SYNCED -> last == Last.SYNCED_REPLAYED_LOG;
            default -> false;
        };
        last = Last.NONE;
        if (!leftOut) {
            try {
                files.sync();
            } catch (IOException e) {
                if (fault != FileFault.FAILED_SYNC_OF_DIRECTORY_IGNORED) {
                    throw e;
                }
            }
        }
    }

    @Override
    public FileIdentity identity(String name) throws IOException {
        requireAlive();
        return files.identity(actual(name));
    }

    private final class Faulty implements LogFile {
        private final boolean log;
        private LogFile to;
        private boolean named;
        private boolean replayed;
        private boolean zeros;
        private boolean syncOwed;
        private ByteBuffer heldBatch;
        private long heldPosition;
        private boolean overtaken;

        Faulty(String name) {
            log = isLog(name);
        }

        @Override
        public long size() throws IOException {
            requireAlive();
            return to.size();
        }

        @Override
        public int read(ByteBuffer destination, long position) throws IOException {
            requireAlive();
            return to.read(destination, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            requireAlive();
            payDebts();
            ByteBuffer zero = ByteBuffer.allocate(source.remaining());
            zeros = source.mismatch(zero) < 0;
            boolean frames = log && named && !zeros;
            if (fault == FileFault.NEW_LOG_WITHOUT_ROOM && log && !named && zeros) {
                source.position(source.limit());
            } else if (fault == FileFault.LATER_BATCH_WRITTEN_FIRST && frames && heldBatch == null) {
                heldBatch = ByteBuffer.allocateDirect(source.remaining()).put(source).flip();
                heldPosition = position;
            } else {
                overtaken = heldBatch != null && frames;
                try {
                    to.write(source, position);
                } catch (IOException e) {
                    if (fault != FileFault.FAILED_WRITE_IGNORED) {
                        throw e;
                    }
                }
            }
        }

        private void payDebts() throws IOException {
            if (syncOwed) {
                syncOwed = false;
                to.sync(false);
            }
        }

        private void writeHeldBatch() throws IOException {
            if (heldBatch != null) {
                to.write(heldBatch, heldPosition);
                heldBatch = null;
            }
        }

        @Override
        public void sync(boolean metadata) throws IOException {
            requireAlive();
            boolean frames = log && named && !replayed && !zeros;
            if (fault == FileFault.ACKNOWLEDGED_BEFORE_SYNC && frames) {
                syncOwed = true;
            } else if (!isLeftOut(frames)) {
                sync(metadata, fault == FileFault.FAILED_SYNC_TRIED_AGAIN && frames);
            }
            if (overtaken) {
                overtaken = false;
                writeHeldBatch();
            }
            last = replayed ? Last.SYNCED_REPLAYED_LOG : last;
        }

        private boolean isLeftOut(boolean frames) {
            return fault != null && switch (fault) {
                case COMMIT_NOT_SYNCED -> frames;
                case LONGER_LOG_NOT_SYNCED -> log && named && zeros;
                case NEW_LOG_NOT_SYNCED -> log && !named;
                case IMAGE_NOT_SYNCED -> !log;
                case REPLAYED_LOG_NOT_SYNCED -> replayed;
                default -> false;
            };
        }

        private void sync(boolean metadata, boolean again) throws IOException {
            try {
                to.sync(metadata);
            } catch (IOException e) {
                if (!again) {
                    throw e;
                }
                to.sync(metadata);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                if (!killed()) {
                    payDebts();
                    writeHeldBatch();
                }
            } finally {
                to.close();
            }
        }
    }
}
