package io.regionstore.faults;

import io.regionstore.faults.ErrorPoints.Lack;
import io.regionstore.faults.ErrorPoints.Lasting;
import io.regionstore.faults.ErrorPoints.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Walks an Error through an {@link ErrorTrial}: one trial for each visit to a point. A point that is visited often, in a
 * loop, is tried at its first visit; {@code -Dproof.scale=N} tries N visits and the last one, from 100 on all.
 * Of an operation that has many points every second or third one is tried at a small scale.
 */
public final class ErrorWalk {
    private static final int SCALE = Integer.getInteger("proof.scale", 1);
    /** Trials at scale 1, about. */
    private static final int MOST = 200;
    /** One trial must end in this time. */
    private static final long MILLIS = 60_000;

    private final Supplier<ErrorTrial> trials;
    private long injected;

    /** @param trials makes trials that go the same way */
    public ErrorWalk(Supplier<ErrorTrial> trials) {
        this.trials = trials;
    }

    /** @return Errors that came, not counting those that followed the first one of a trial */
    public long injected() {
        return injected;
    }

    /**
     * Tries everything.
     *
     * @param lack    of what
     * @param lasting for how long: the trials take them in turn, from scale 10 on each takes all
     */
    public ErrorWalk run(Lack lack, Lasting... lasting) {
        List<Plan> plans = new ArrayList<>();
        for (long number : worthTrying(visits(lack))) {
            for (int i = 0; i < (SCALE < 10 ? 1 : lasting.length); i++) {
                plans.add(new Plan(lack, number, lasting[(plans.size() + i) % lasting.length], null));
            }
        }
        List<String> failures = new ArrayList<>();
        AssertionError firstFailure = null;
        for (Plan plan : plans) {
            try {
                injected += attempt(plan) == null ? 0 : 1;
            } catch (AssertionError e) {
                failures.add(e.getMessage());
                firstFailure = firstFailure == null ? e : firstFailure;
            }
        }
        if (firstFailure != null) {
            throw new AssertionError(failures.size() + " of " + plans.size() + " trials failed:\n"
                    + String.join("\n", failures), firstFailure);
        }
        return this;
    }

    private List<Integer> visits(Lack lack) {
        attempt(Plan.watching(lack, null)); // the first time loads classes
        attempt(Plan.watching(lack, null));
        return ErrorPoints.visited();
    }

    private static List<Long> worthTrying(List<Integer> visited) {
        Map<Integer, Integer> left = new HashMap<>();
        visited.forEach(point -> left.merge(point, 1, Integer::sum));
        Map<Integer, Integer> seen = new HashMap<>();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < visited.size(); i++) {
            int before = seen.merge(visited.get(i), 1, Integer::sum) - 1;
            boolean last = left.merge(visited.get(i), -1, Integer::sum) == 0;
            if (before < SCALE || last && SCALE > 1 || SCALE >= 100) {
                numbers.add(i + 1L);
            }
        }
        int step = SCALE >= 10 ? 1 : Math.max(1, numbers.size() / (MOST * SCALE));
        List<Long> some = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i += step) {
            some.add(numbers.get(i));
        }
        return some;
    }

    /** @return where the Error came from, or null if it did not come */
    private String attempt(Plan plan) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().daemon().name("error trial").start(() -> {
            try {
                attemptHere(plan);
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        try {
            thread.join(MILLIS);
            boolean hangs = thread.isAlive();
            ErrorPoints.stop();
            if (hangs) {
                AssertionError error = new AssertionError(plan + ", from " + ErrorPoints.fired() + ": not over after "
                        + MILLIS + " ms");
                error.setStackTrace(thread.getStackTrace());
                throw error;
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure.get() != null) {
            throw new AssertionError(plan + ", from " + ErrorPoints.fired() + ": " + failure.get(), failure.get());
        }
        return ErrorPoints.fired();
    }

    private void attemptHere(Plan plan) throws Exception {
        ErrorTrial trial = trials.get();
        trial.prepare();
        ErrorPoints.follow(new Plan(plan.lack(), plan.number(), plan.lasting(), trial.threads()));
        Throwable thrown = null;
        try {
            trial.act();
        } catch (Throwable e) {
            thrown = e;
        } finally {
            ErrorPoints.stop();
        }
        try {
            trial.check(thrown);
        } catch (AssertionError e) {
            if (thrown != null) {
                e.addSuppressed(thrown);
            }
            throw e;
        }
    }
}
