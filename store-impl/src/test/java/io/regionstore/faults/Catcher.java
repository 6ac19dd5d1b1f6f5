package io.regionstore.faults;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectIteration;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A test of the suite that is to fail.
 *
 * @param type      its class, behind {@code io.regionstore.}
 * @param method    its name
 * @param iteration of a parameterized test, from 0; -1: all, or there are none
 */
record Catcher(String type, String method, int iteration) {
    /** What came of running it: tests that ran, and how the first one failed, or null. */
    record Outcome(int ran, Throwable failure) {
    }

    static Catcher of(String type, String method) {
        return new Catcher(type, method, -1);
    }

    static Catcher of(String type, String method, int iteration) {
        return new Catcher(type, method, iteration);
    }

    /** Runs it by classes of a loader. */
    Outcome run(ClassLoader classes) throws ClassNotFoundException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(classes); // services are looked up there, and threads inherit it
        try {
            Listener listener = new Listener();
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(selector(classes))
                    .build();
            LauncherConfig config = LauncherConfig.builder().enableLauncherSessionListenerAutoRegistration(false)
                    .enableTestExecutionListenerAutoRegistration(false).build();
            LauncherFactory.create(config).execute(request, listener);
            return new Outcome(listener.ran, listener.failures.isEmpty() ? null : listener.failures.getFirst());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private DiscoverySelector selector(ClassLoader classes) throws ClassNotFoundException {
        Class<?> test = Class.forName("io.regionstore." + type, false, classes);
        List<Method> named = Arrays.stream(test.getDeclaredMethods()).filter(m -> m.getName().equals(method)).toList();
        if (named.size() != 1) {
            throw new AssertionError(this + ": expected one test of that name, found " + named.size());
        }
        DiscoverySelector whole = selectMethod(test, named.getFirst());
        return iteration < 0 ? whole : selectIteration(whole, iteration);
    }

    private static final class Listener implements TestExecutionListener {
        private final List<Throwable> failures = new ArrayList<>();
        private int ran;

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            ran += test.isTest() ? 1 : 0;
            result.getThrowable().ifPresent(failures::add);
        }
    }

    @Override
    public String toString() {
        return type + "#" + method + (iteration < 0 ? "" : "[" + iteration + "]");
    }
}
