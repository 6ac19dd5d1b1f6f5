package io.regionstore.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** The files of a real directory, read and written through channels of which a call fails. Thread-safe. */
public final class FaultyChannels {
    /** How a call fails. */
    public enum Fault {
        /** The medium fails. */
        EIO,
        /** There is room for half of what is written. */
        ENOSPC,
        /** Only a part is read or written, and no error is told. */
        SHORT,
        /** The thread is interrupted, which closes the channel under it. */
        INTERRUPT,
        /** Someone else closes the channel. */
        CLOSED
    }

    private final Thread thread = Thread.currentThread();
    private Fault fault;
    private int calls;
    private int failAt = Integer.MAX_VALUE;

    /**
     * Lets the {@code n}th call from now fail, or every transfer from then on be short. An interrupt hits the thread
     * that made this, nobody else.
     */
    public synchronized FaultyChannels failAt(int n, Fault with) {
        calls = 0;
        failAt = n;
        fault = with;
        return this;
    }

    /** @return whether the call that was to fail was made */
    public synchronized boolean reached() {
        return calls >= failAt;
    }

    /** @return the files of a directory; null if there is none */
    public LogFiles files(Path directory) {
        return DirectoryLogFiles.at(directory, this::open);
    }

    /** @return how this call is to fail, or null */
    private synchronized Fault next() {
        if (fault == Fault.INTERRUPT && Thread.currentThread() != thread) {
            return null;
        }
        calls++;
        return calls == failAt || calls > failAt && fault == Fault.SHORT ? fault : null;
    }

    private FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        Fault now = next();
        if (now == Fault.EIO || now == Fault.ENOSPC) {
            throw new FileSystemException(path.toString(), null, message(now));
        } else if (now == Fault.INTERRUPT) {
            Thread.currentThread().interrupt();
        }
        return new Channel(FileChannel.open(path, options, attributes));
    }

    private static String message(Fault fault) {
        return fault == Fault.ENOSPC ? "No space left on device" : "Input/output error";
    }

    private final class Channel extends FileChannel {
        private final FileChannel channel;

        Channel(FileChannel channel) {
            this.channel = channel;
        }

        /** @return whether the call is to do a part of its work */
        private boolean call() throws IOException {
            Fault now = next();
            if (now == Fault.INTERRUPT) {
                Thread.currentThread().interrupt();
            } else if (now == Fault.CLOSED) {
                close();
                throw new AsynchronousCloseException();
            } else if (now == Fault.EIO || now == Fault.ENOSPC) {
                throw new IOException(message(now));
            }
            return now == Fault.SHORT;
        }

        @Override
        public int read(ByteBuffer destination, long position) throws IOException {
            return call() ? part(destination, part -> channel.read(part, position))
                    : channel.read(destination, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            try {
                return call() ? part(source, part -> channel.write(part, position)) : channel.write(source, position);
            } catch (IOException e) {
                if (e.getMessage() != null && e.getMessage().equals(message(Fault.ENOSPC))) {
                    part(source, part -> channel.write(part, position));
                }
                throw e;
            }
        }

        private interface Transfer {
            int of(ByteBuffer part) throws IOException;
        }

        private static int part(ByteBuffer whole, Transfer transfer) throws IOException {
            int limit = whole.limit();
            whole.limit(whole.position() + (whole.remaining() + 1) / 2);
            try {
                return transfer.of(whole);
            } finally {
                whole.limit(limit);
            }
        }

        @Override
        public long size() throws IOException {
            call();
            return channel.size();
        }

        @Override
        public void force(boolean metadata) throws IOException {
            call();
            channel.force(metadata);
        }

        /** The descriptor is gone, whatever the call says. */
        @Override
        protected void implCloseChannel() throws IOException {
            channel.close();
            Fault now = next();
            if (now == Fault.EIO) {
                throw new IOException(message(now));
            } else if (now == Fault.INTERRUPT) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public int read(ByteBuffer destination) {
            throw unused();
        }

        @Override
        public long read(ByteBuffer[] destinations, int offset, int length) {
            throw unused();
        }

        @Override
        public int write(ByteBuffer source) {
            throw unused();
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            throw unused();
        }

        @Override
        public long position() {
            throw unused();
        }

        @Override
        public FileChannel position(long newPosition) {
            throw unused();
        }

        @Override
        public FileChannel truncate(long size) {
            throw unused();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw unused();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw unused();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw unused();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw unused();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw unused();
        }

        private static UnsupportedOperationException unused() {
            return new UnsupportedOperationException("the log does not call this: let it fail here too when it does");
        }
    }
}
