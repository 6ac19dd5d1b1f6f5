package io.regionstore.proof;

import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import io.regionstore.engine.SimulatedMedia;
import io.regionstore.memory.Memory;
import io.regionstore.spi.StoreProvider.Mode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Crashes a run at every position, recovers every image, and compares what is there with what was acknowledged. Then it
 * crashes recovery itself, and recovers again.
 */
final class Enumerator {
    /** How a crash treats the caches. */
    enum Crash {
        /** The process died, the boot goes on. */
        PROCESS,
        /** The kernel died; caches were kept. */
        KERNEL,
        /** The power failed. */
        PLATFORM
    }

    private static final int DEPTH = 2;

    private final Random random;
    private final int imagesPerPoint;
    private final int nestedPerImage;
    private int nestEvery = 1;
    private final UnaryOperator<Memory> fault;
    private final Set<Long> seen = new HashSet<>();
    private long images;
    private long nested;

    /**
     * @param imagesPerPoint how many images of a power loss at one position
     * @param nestedPerImage how many crashes inside one recovery
     */
    Enumerator(long seed, int imagesPerPoint, int nestedPerImage, UnaryOperator<Memory> fault) {
        random = new Random(seed);
        this.imagesPerPoint = imagesPerPoint;
        this.nestedPerImage = nestedPerImage;
        this.fault = fault;
    }

    /** Crashes recovery for one image in so many only. */
    Enumerator nestingEvery(int images) {
        nestEvery = images;
        return this;
    }

    long images() {
        return images;
    }

    long nested() {
        return nested;
    }

    /** Crashes with coherent caches, after each store since a step began. */
    void programOrder(Run run, int fromStep) {
        seen.clear(); // across runs the same image may be allowed other records
        Trace trace = run.machine.trace();
        int from = run.steps.get(fromStep).begin();
        Image image = trace.visible(from);
        for (int p = from; ; p++) {
            Crash crash = run.domain() == FailureDomain.PROCESS || p % 2 == 0 ? Crash.PROCESS : Crash.KERNEL;
            verify(run, image.copy(), allowed(run, p), crash, 1, "position " + p + " of " + run);
            while (p < trace.size() && trace.kind(p) != Trace.Kind.STORE) {
                p++;
            }
            if (p >= trace.size()) {
                return;
            }
            trace.applyStore(p, image);
        }
    }

    /** Crashes that lose the caches, before each fence since a step began, and at the end of each. */
    void lines(Run run, int fromStep) {
        lines(run, fromStep, Integer.MAX_VALUE);
    }

    void lines(Run run, int fromStep, int count) {
        seen.clear();
        Trace trace = run.machine.trace();
        DirtyLines lines = new DirtyLines(trace);
        for (int s = fromStep; s < run.steps.size() && s - fromStep < count; s++) {
            Run.Step step = run.steps.get(s);
            for (int p = step.begin(); p <= step.end(); p++) {
                boolean point = p == step.end() || trace.kind(p) == Trace.Kind.FENCE;
                if (point && step.survivesPowerLossAt(p)) {
                    lines.advanceTo(p);
                    List<Map<String, Stored>> allowed = allowed(run, p);
                    String where = "position " + p + " of " + run;
                    lines.images(imagesPerPoint, random, image -> verify(run, image, allowed, Crash.PLATFORM, 1, where));
                }
            }
        }
    }

    /**
     * The process is killed, the store is opened for PLATFORM in the same boot, and the power fails while it recovers, if
     * the killed session was to survive that, or right after.
     */
    void killThenPowerLoss(Run run, int position) {
        List<Map<String, Stored>> allowed = allowed(run, position);
        Machine machine = run.machine.killedAt(position);
        int from = machine.trace().size();
        String where = "killed at " + position + " of " + run;
        Map<String, Stored> found;
        int end;
        try (RegionStore store = SimulatedMedia.open(machine, FailureDomain.PLATFORM, Mode.OPEN)) {
            end = machine.trace().size();
            found = Records.read(store);
        } catch (RegionStoreException e) {
            throw new AssertionError(where + ": refused: " + e.getMessage(), e);
        }
        requireAllowed(found, allowed, where);
        boolean wasSafe = run.survivesPowerLossAt(position);
        DirtyLines lines = new DirtyLines(machine.trace());
        for (int p = from; p <= end; p++) {
            if (p == end || wasSafe && machine.trace().kind(p) == Trace.Kind.FENCE) {
                lines.advanceTo(p);
                List<Map<String, Stored>> then = p == end ? List.of(found) : allowed;
                String inside = where + ", then power lost at " + p + " of " + from + " to " + end;
                lines.images(imagesPerPoint, random, image -> verify(run, image, then, Crash.PLATFORM, DEPTH, inside));
            }
        }
    }

    /** What may be there after a crash: what was acknowledged, and with or without the operation in flight. */
    private static List<Map<String, Stored>> allowed(Run run, int position) {
        for (Run.Step step : run.steps) {
            if (position <= step.begin()) {
                return List.of(step.before());
            }
            if (position < step.end()) {
                return step.before().equals(step.after()) ? List.of(step.before())
                        : List.of(step.before(), step.after());
            }
        }
        return List.of(run.steps.getLast().after());
    }

    private void verify(Run run, Image image, List<Map<String, Stored>> allowed, Crash crash, int depth, String where) {
        if (depth == 1 && !seen.add(image.fingerprint() ^ allowed.hashCode() ^ crash.ordinal())) {
            return;
        }
        images++;
        nested += depth > 1 ? 1 : 0;
        String context = where + ", " + crash;
        FailureDomain domain = crash == Crash.PLATFORM ? FailureDomain.PLATFORM : run.domain();
        Machine machine = new Machine(image, crash == Crash.PROCESS ? 1 : 1 + depth,
                run.machine.hasSeparateFences()).with(fault);
        Map<String, Stored> found;
        int end;
        try (RegionStore store = SimulatedMedia.open(machine, domain, Mode.OPEN)) {
            end = machine.trace().size();
            found = Records.read(store);
            requireAllowed(found, allowed, context);
            if (depth == 1) {
                run.highest.forEach((key, version) -> {
                    boolean given = allowed.stream().anyMatch(m -> m.containsKey(key) && m.get(key).version() == version);
                    long next = Records.put(store, key, new byte[0]);
                    if (next <= version && given || found.containsKey(key) && next <= found.get(key).version()) {
                        throw new AssertionError(context + ": " + key + " was at version " + version
                                + " and is given version " + next);
                    }
                });
            }
        } catch (RegionStoreException e) {
            throw new AssertionError(context + ": refused: " + e.getMessage() + " " + e.report(), e);
        } catch (AssertionError e) {
            throw e.getMessage().startsWith(where) ? e : new AssertionError(context + ": " + e.getMessage(), e);
        }
        if (depth < DEPTH && nestedPerImage > 0 && random.nextInt(nestEvery) == 0) {
            crashRecovery(run, machine.trace(), end, found, crash, depth, context);
        }
    }

    private void crashRecovery(Run run, Trace trace, int end, Map<String, Stored> found, Crash crash, int depth,
                               String context) {
        List<Map<String, Stored>> same = List.of(found);
        if (crash == Crash.PLATFORM) {
            DirtyLines lines = new DirtyLines(trace);
            int fences = 0;
            for (int p = 0; p < end; p++) {
                fences += trace.kind(p) == Trace.Kind.FENCE ? 1 : 0;
            }
            for (int p = 0; p < end; p++) {
                if (trace.kind(p) == Trace.Kind.FENCE) {
                    lines.advanceTo(p);
                    String where = context + ", recovery at " + p + " of " + end;
                    lines.images(Math.max(1, nestedPerImage / fences), random,
                            image -> verify(run, image, same, crash, depth + 1, where));
                }
            }
            return;
        }
        Image image = trace.initial();
        int stores = 0;
        for (int p = 0; p < end; p++) {
            stores += trace.kind(p) == Trace.Kind.STORE ? 1 : 0;
        }
        for (int p = 0; p < end; p++) {
            if (trace.kind(p) == Trace.Kind.STORE) {
                trace.applyStore(p, image);
                if (random.nextInt(stores) < nestedPerImage) {
                    verify(run, image.copy(), same, crash, depth + 1, context + ", recovery at " + p + " of " + end);
                }
            }
        }
    }

    private static void requireAllowed(Map<String, Stored> found, List<Map<String, Stored>> allowed, String where) {
        if (!allowed.contains(found)) {
            throw new AssertionError(where + ": expected " + String.join(" or ", allowed.stream().map(Object::toString)
                    .toList()) + ", found " + found);
        }
    }
}
