package io.regionstore.bench;

/** A benchmark could not be run; the message is for the user. */
final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchFailure(String message) {
        super(message);
    }
}
