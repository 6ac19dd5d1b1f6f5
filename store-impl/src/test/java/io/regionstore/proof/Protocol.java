package io.regionstore.proof;

import io.regionstore.FailureDomain;
import java.util.List;

/**
 * What is to be proved: something that keeps a state on the media of a machine and finds it again after a crash. A
 * region store with records of your own is one; so is a structure of your own on bare memory.
 *
 * @param <S> the state, as a model knows it; compared with equals
 */
@FunctionalInterface
public interface Protocol<S> {
    /**
     * Opens what a machine holds, recovering it if that is needed. Everything that reaches the media must go through the
     * machine: {@link Machine#memory} and {@link Machine#files}.
     *
     * @param machine as a crash, or a clean end, left it
     * @param domain  what is to be survived from now on
     * @return the session; the enumerator closes it
     * @throws RuntimeException if the media do not hold what can be opened: no crash may lead there
     */
    Session<S> open(Machine machine, FailureDomain domain);

    /**
     * One session.
     *
     * @param <S> the state
     */
    interface Session<S> extends AutoCloseable {
        /**
         * @return the whole state
         * @throws AssertionError if something does not hold that must hold in every state
         */
        S read();

        /**
         * Goes on working: what was recovered must be of use.
         *
         * @param found   what {@link #read} returned
         * @param allowed the states that it could have returned; it is one of them
         */
        default void use(S found, List<S> allowed) {
            // reading is use enough
        }

        @Override
        void close();
    }
}
