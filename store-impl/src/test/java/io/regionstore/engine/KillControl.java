package io.regionstore.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a process that is going to be killed tells, in a mapped file that outlives it: what it acknowledged, and what it
 * is doing. One 64-byte line for each word. Thread-safe.
 */
final class KillControl implements AutoCloseable {
    /** What a process is doing; it may write an image at the same time. */
    enum Phase {
        /** Nothing with the store. */
        NONE,
        /** Opening what the process before it, killed, has left; or creating the store. */
        RECOVERING,
        /** Opening what it closed itself. */
        OPENING,
        /** Comparing all records with what was acknowledged. */
        COMPARING,
        /** Writing records, from several threads. */
        LOADED,
        /** Writing an image, in a directory. */
        IMAGE,
        /** Closing, under load. */
        CLOSING
    }

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final int LENGTH = 4096;
    private static final int LINE = 64;
    private static final int PHASE = 17;
    private static final int WRITING_IMAGE = 18;
    private static final int LOST = 19;
    private static final int ENTERED = 32;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment words;

    /** @param file made if it is missing; one for the acknowledgements of a store, and one for each process */
    KillControl(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            words = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH, arena);
        }
    }

    private long get(int word) {
        return (long) LONG.getVolatile(words, (long) word * LINE);
    }

    private void set(int word, long value) {
        LONG.setVolatile(words, (long) word * LINE, value);
    }

    long acknowledged(int writer) {
        return get(writer);
    }

    void acknowledge(int writer, long sequence) {
        set(writer, sequence);
    }

    long acknowledged() {
        long sum = 0;
        for (int writer = 0; writer < KillWorkload.WRITERS; writer++) {
            sum += acknowledged(writer);
        }
        return sum;
    }

    /** Called by one thread. */
    void enter(Phase phase) {
        set(PHASE, phase.ordinal());
        count(phase);
    }

    /** Called by another one. */
    void writesImage(boolean now) {
        set(WRITING_IMAGE, now ? 1 : 0);
        if (now) {
            count(Phase.IMAGE);
        }
    }

    private void count(Phase phase) {
        set(ENTERED + phase.ordinal(), entered(phase) + 1);
    }

    /** How often the process came to a phase. */
    long entered(Phase phase) {
        return get(ENTERED + phase.ordinal());
    }

    Phase phase() {
        return Phase.values()[(int) get(PHASE)];
    }

    boolean isIn(Phase phase) {
        return phase == Phase.IMAGE ? get(WRITING_IMAGE) != 0 : phase() == phase;
    }

    void lost(long keys) {
        set(LOST, keys);
    }

    /** Keys that had neither their acknowledged state nor a later one. */
    long lost() {
        return get(LOST);
    }

    @Override
    public void close() {
        arena.close();
    }
}
