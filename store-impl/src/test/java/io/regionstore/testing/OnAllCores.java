package io.regionstore.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Long cases of a test that have nothing to do with one another: the first one that is asked for begins all, as many at a
 * time as there are cores. Each still is a test of its own, with its own failure.
 *
 * @param <T> a case
 */
public final class OnAllCores<T> {
    private final List<T> cases;
    private final Consumer<T> test;
    private Map<T, Future<?>> running;

    /**
     * @param cases all of them
     * @param test  throws where a case fails; called by several threads
     */
    public OnAllCores(List<T> cases, Consumer<T> test) {
        this.cases = cases;
        this.test = test;
    }

    /** Waits for the end of a case, and throws what it threw. */
    public void await(T one) throws InterruptedException {
        try {
            begun().get(one).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        }
    }

    private synchronized Map<T, Future<?>> begun() {
        if (running == null) {
            ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(),
                    Thread.ofPlatform().daemon().factory());
            running = new LinkedHashMap<>();
            cases.forEach(one -> running.put(one, threads.submit(() -> test.accept(one))));
            threads.shutdown();
        }
        return running;
    }
}
