package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.HealthListener;
import io.regionstore.StoreHealth;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is wrong with an open store, and whether it still takes writes. Thread-safe. */
final class Health {
    private static final System.Logger LOGGER = System.getLogger("io.regionstore");

    /**
     * Why no more writes are taken, or null. A plain field, so that whoever fails can say so without a call, which might
     * fail as well: a thread that has no stack left, for example.
     */
    volatile Throwable failure;

    private final HealthListener listener;
    private final Map<ErrorCode, StoreHealth.Problem> problems = new LinkedHashMap<>();

    Health(HealthListener listener) {
        this.listener = listener;
    }

    boolean failed() {
        return failure != null;
    }

    /**
     * Notes a problem, logs it and tells the listener. Throws nothing but an Error for which there is no memory or stack.
     *
     * @param code    the kind; of each kind the latest is kept
     * @param message resource, expectation, finding and remedy
     * @param cause   or null
     */
    void report(ErrorCode code, String message, Throwable cause) {
        StoreHealth.Problem problem = new StoreHealth.Problem(Instant.now(), code, message);
        synchronized (problems) {
            problems.put(code, problem);
        }
        LOGGER.log(System.Logger.Level.WARNING, code + ": " + message, cause);
        try {
            listener.problem(problem);
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "the store's health listener failed", e);
        }
    }

    StoreHealth now() {
        synchronized (problems) {
            return new StoreHealth(!failed(), new ArrayList<>(problems.values()));
        }
    }
}
