package io.regionstore;

import java.util.Objects;
import java.util.Optional;

/**
 * The one exception of regionstore. Its message names the resource, what was expected, what was found and how to mend
 * it; {@link #code()} is for programs.
 */
public final class RegionStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient RecoveryReport report;

    /**
     * @param code    the cause
     * @param message resource, expectation, finding and remedy
     */
    public RegionStoreException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    /**
     * @param code    the cause
     * @param message resource, expectation, finding and remedy
     * @param cause   the underlying failure, or null
     */
    public RegionStoreException(ErrorCode code, String message, Throwable cause) {
        this(code, message, cause, null);
    }

    /**
     * @param code    the cause
     * @param message resource, expectation, finding and remedy
     * @param cause   the underlying failure, or null
     * @param report  what recovery found before it refused, or null
     */
    public RegionStoreException(ErrorCode code, String message, Throwable cause, RecoveryReport report) {
        super(code + ": " + message, cause);
        this.code = Objects.requireNonNull(code);
        this.report = report;
    }

    /** @return the cause */
    public ErrorCode code() {
        return code;
    }

    /** @return what recovery found before opening was refused; empty for every other failure */
    public Optional<RecoveryReport> report() {
        return Optional.ofNullable(report);
    }
}
