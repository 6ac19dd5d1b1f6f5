package io.regionstore.cli;

/** A command could not do its work; the message says why, for the operator. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what was expected, what was found, what to do
     */
    public CommandFailure(String message) {
        super(message);
    }
}
