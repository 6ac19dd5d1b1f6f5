package io.regionstore.proof;

import io.regionstore.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A simulated machine from one boot to its crash: two media behind one processor, and a trace of what it does to them. */
public final class Machine {
    private final Trace trace;
    private final Image recorded;
    private final MemorySegment[] segments = new MemorySegment[2];
    private final UUID boot;
    private UnaryOperator<Memory> fault = UnaryOperator.identity();

    /**
     * @param image what is on the media
     * @param boot  number of the boot
     */
    public Machine(Image image, int boot) {
        this(image, boot, false);
    }

    /**
     * @param separate whether region and metadata are flushed by different methods, so that no fence covers both
     */
    Machine(Image image, int boot, boolean separate) {
        this(new Trace(image, separate), image.copy(), boot);
    }

    private Machine(Trace trace, Image visible, int boot) {
        this.trace = trace;
        this.recorded = visible;
        this.boot = new UUID(0xB007, boot);
        for (int medium = 0; medium < 2; medium++) {
            long[] words = visible.words(medium);
            segments[medium] = Arena.ofAuto().allocate(words.length * 8L, 64);
            MemorySegment.copy(words, 0, segments[medium], ValueLayout.JAVA_LONG, 0, words.length);
        }
    }

    /** The same machine, in the same boot, after its process was killed at a position of its trace. */
    Machine killedAt(int position) {
        Machine next = new Machine(new Trace(trace, position), trace.visible(position), (int) boot.getLeastSignificantBits());
        next.fault = fault;
        return next;
    }

    /** Plants a fault between the store and the media it opens from now on. */
    Machine with(UnaryOperator<Memory> planted) {
        fault = planted;
        return this;
    }

    /** @return what the machine did */
    public Trace trace() {
        return trace;
    }

    /** @return the boot's id */
    public UUID boot() {
        return boot;
    }

    /** @return whether region and metadata are flushed by different methods */
    public boolean hasSeparateFences() {
        return trace.separateFences();
    }

    /** @return bytes of a medium */
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
}
