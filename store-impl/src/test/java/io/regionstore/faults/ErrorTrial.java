package io.regionstore.faults;

import java.util.function.Predicate;

/** One attempt at something that an Error interrupts: see {@link ErrorPointClasses}. Used once, by one thread. */
public interface ErrorTrial {
    /** Makes what is needed. No Error comes here. */
    void prepare() throws Exception;

    /** Does what an Error interrupts. What it throws is given to {@link #check}. */
    void act() throws Throwable;

    /**
     * Fails by an AssertionError unless everything is as it should be, and gives back what {@link #prepare} took. No Error
     * comes here.
     *
     * @param thrown what {@link #act} threw, or null
     */
    void check(Throwable thrown) throws Exception;

    /** @return the threads in which the Error comes; by default the one that acts */
    default Predicate<Thread> threads() {
        Thread acting = Thread.currentThread();
        return thread -> thread == acting;
    }
}
