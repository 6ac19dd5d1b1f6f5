package io.regionstore.proof;

import io.regionstore.log.LogFiles;

import io.regionstore.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * A simulated machine from one boot to its crash: two memories behind one processor, a directory of files if the image has
 * one, and a trace of what is done to them. Thread-safe in the way that media are.
 */
public final class Machine {
    private final Trace trace;
    private final Image recorded;
    private final MemorySegment[] segments = new MemorySegment[2];
    private final LogFiles files;
    private final int boot;
    private UnaryOperator<Memory> fault = UnaryOperator.identity();
    private UnaryOperator<LogFiles> fileFault = UnaryOperator.identity();

    /**
     * @param image what is on the media
     * @param boot  number of the boot
     */
    public Machine(Image image, int boot) {
        this(image, boot, false);
    }

    /**
     * @param image    what is on the media
     * @param boot     number of the boot
     * @param separate whether region and metadata are flushed by different methods, so that no fence covers both
     */
    public Machine(Image image, int boot, boolean separate) {
        this(new Trace(image, separate), image.copy(), boot);
    }

    private Machine(Trace trace, Image visible, int boot) {
        this.trace = trace;
        this.recorded = visible;
        this.boot = boot;
        for (int medium = 0; medium < 2; medium++) {
            long[] words = visible.words(medium);
            segments[medium] = Arena.ofAuto().allocate(words.length * 8L, 64);
            MemorySegment.copy(words, 0, segments[medium], ValueLayout.JAVA_LONG, 0, words.length);
        }
        files = visible.files() == null ? null : new SimulatedFiles(visible.files(), trace::add);
    }

    /** @return the same machine, in the same boot, after its process was killed at a position of its trace */
    public Machine killedAt(int position) {
        return likeThis(new Machine(new Trace(trace, position), trace.visible(position), boot));
    }

    /**
     * @param crash after which it is found
     * @param image what that left
     * @return a machine of the same make, in the same boot if only the process died
     */
    public Machine after(Crash crash, Image image) {
        return likeThis(new Machine(image, crash == Crash.PROCESS ? boot : boot + 1, trace.separateFences()));
    }

    private Machine likeThis(Machine next) {
        next.fault = fault;
        next.fileFault = fileFault;
        return next;
    }

    /** Plants a fault between what is under proof and the memories that it opens from now on. */
    public Machine with(UnaryOperator<Memory> planted) {
        fault = planted;
        return this;
    }

    /** Plants a fault between what is under proof and the files. */
    public Machine withFiles(UnaryOperator<LogFiles> planted) {
        fileFault = planted;
        return this;
    }

    /** @return what the machine did */
    public Trace trace() {
        return trace;
    }

    /** @return the boot's id */
    public UUID boot() {
        return new UUID(0xB007, boot);
    }

    /** @return whether region and metadata are flushed by different methods */
    public boolean hasSeparateFences() {
        return trace.separateFences();
    }

    /** @return bytes of a memory */
    public long size(int medium) {
        return segments[medium].byteSize();
    }

    /**
     * @param medium  its number
     * @param flushes whether the session writes lines back
     * @return its memory
     */
    public Memory memory(int medium, boolean flushes) {
        return fault.apply(new SimulatedMemory(trace, medium, segments[medium], recorded.words(medium), flushes));
    }

    /** @return whether there is a directory */
    public boolean hasFiles() {
        return files != null;
    }

    /** @return its files */
    public LogFiles files() {
        return fileFault.apply(files);
    }
}
