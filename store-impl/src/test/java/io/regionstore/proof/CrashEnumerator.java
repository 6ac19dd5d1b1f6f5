package io.regionstore.proof;

import io.regionstore.FailureDomain;
import io.regionstore.RegionStoreException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Crashes a history at every position, recovers every image, and compares what is there with what was acknowledged. Then
 * it crashes recovery itself, and recovers again, and crashes that as well. Not thread-safe.
 */
public final class CrashEnumerator {
    private static final int FILE_IMAGES = 4;

    private final Random random;
    private final int imagesPerPoint;
    private final int nestedPerImage;
    private int nestEvery = 1;
    private int maximumDepth = 2;
    private final Set<Long> seen = new HashSet<>();
    private long images;
    private long nested;
    private int depthReached;

    /**
     * @param seed           of what is drawn where all would be too many
     * @param imagesPerPoint how many images of a power loss at one position
     * @param nestedPerImage how many crashes inside one recovery
     */
    public CrashEnumerator(long seed, int imagesPerPoint, int nestedPerImage) {
        random = new Random(seed);
        this.imagesPerPoint = imagesPerPoint;
        this.nestedPerImage = nestedPerImage;
    }

    /** Crashes recovery for one image in so many only. */
    public CrashEnumerator nestingEvery(int count) {
        nestEvery = count;
        return this;
    }

    /** Crashes recoveries of crashed recoveries so deep; 2 unless told otherwise. */
    public CrashEnumerator toDepth(int depth) {
        maximumDepth = depth;
        return this;
    }

    /** @return images recovered and compared */
    public long images() {
        return images;
    }

    /** @return how many of them are of crashes inside recovery */
    public long nested() {
        return nested;
    }

    /** @return crashes inside recovery that followed one another */
    public int depthReached() {
        return depthReached;
    }

    /**
     * Crashes with coherent caches, after each store and each event of the files since a step began.
     *
     * @param history  to be crashed
     * @param fromStep index of the first step of interest
     */
    public <S> void programOrder(History<S> history, int fromStep) {
        seen.clear(); // across histories the same image may be allowed other states
        Trace trace = history.machine().trace();
        CrashImages walk = new CrashImages(trace, random);
        boolean alternate = false;
        for (int p = history.steps().get(fromStep).begin(); p <= trace.size(); p++) {
            if (p == trace.size() || trace.kind(p) == Trace.Kind.STORE || trace.kind(p) == Trace.Kind.FILE) {
                walk.advanceTo(p);
                alternate = !alternate;
                boolean process = history.domain() == FailureDomain.PROCESS || alternate;
                if (process) {
                    verifyAll(history, walk, p, Crash.PROCESS, 1);
                }
                if (history.domain() != FailureDomain.PROCESS && (!process || history.machine().hasFiles())) {
                    verifyAll(history, walk, p, Crash.KERNEL, FILE_IMAGES);
                }
            }
        }
    }

    /** Crashes that lose the caches, before each fence or sync since a step began, and at the end of each. */
    public <S> void lines(History<S> history, int fromStep) {
        lines(history, fromStep, Integer.MAX_VALUE);
    }

    /**
     * Crashes that lose the caches, before each fence or sync of some steps, and at the end of each.
     *
     * @param history  to be crashed
     * @param fromStep index of the first step of interest
     * @param count    of steps
     */
    public <S> void lines(History<S> history, int fromStep, int count) {
        seen.clear();
        CrashImages walk = new CrashImages(history.machine().trace(), random);
        List<History.Step<S>> steps = history.steps().stream().skip(fromStep).limit(count).toList();
        Set<Integer> ends = new HashSet<>();
        steps.forEach(step -> ends.add(step.end()));
        for (int p = steps.getFirst().begin(); p <= Collections.max(ends); p++) {
            if ((ends.contains(p) || isPoint(history.machine().trace(), p)) && history.survives(Crash.PLATFORM, p)) {
                walk.advanceTo(p);
                verifyAll(history, walk, p, Crash.PLATFORM, imagesPerPoint);
            }
        }
    }

    private static boolean isPoint(Trace trace, int p) {
        return trace.kind(p) == Trace.Kind.FENCE || trace.isSync(p);
    }

    private <S> void verifyAll(History<S> history, CrashImages walk, int p, Crash crash, int limit) {
        List<S> allowed = history.allowed(p);
        String where = "position " + p + " of " + history;
        walk.forEach(crash, limit, image -> verify(history, image, allowed, crash, 0, where));
    }

    /**
     * The process is killed, the state is opened in the same boot to survive a crash, and that crash comes while it
     * recovers, if the killed session was to survive it, or right after.
     *
     * @param history  to be killed
     * @param position of the kill
     * @param crash    that follows
     */
    public <S> void killThen(Crash crash, History<S> history, int position) {
        List<S> allowed = history.allowed(position);
        Machine machine = history.machine().killedAt(position);
        Trace trace = machine.trace();
        int from = trace.size();
        String where = "killed at " + position + " of " + history;
        S found;
        int end;
        try (Protocol.Session<S> session = history.protocol().open(machine, crash.domain())) {
            end = trace.size();
            found = session.read();
        } catch (RuntimeException e) {
            throw refused(where, e);
        }
        requireAllowed(found, allowed, where);
        boolean wasSafe = history.survives(crash, position);
        CrashImages walk = new CrashImages(trace, random);
        for (int p = from; p <= end; p++) {
            if (p == end || wasSafe && isPoint(trace, p)) {
                walk.advanceTo(p);
                List<S> then = p == end ? List.of(found) : allowed;
                String inside = where + ", then " + crash + " at " + p + " of " + from + " to " + end;
                walk.forEach(crash, imagesPerPoint, image -> verify(history, image, then, crash, maximumDepth, inside));
            }
        }
    }

    private <S> void verify(History<S> history, Image image, List<S> allowed, Crash crash, int depth, String where) {
        if (depth == 0 && !seen.add(image.fingerprint() ^ allowed.hashCode() ^ crash.ordinal())) {
            return;
        }
        images++;
        nested += depth > 0 ? 1 : 0;
        String context = where + ", " + crash;
        FailureDomain domain = crash == Crash.PLATFORM ? FailureDomain.PLATFORM : history.domain();
        Machine machine = history.machine().after(crash, image);
        S found;
        int end;
        try (Protocol.Session<S> session = history.protocol().open(machine, domain)) {
            end = machine.trace().size();
            found = session.read();
            requireAllowed(found, allowed, context);
            if (depth == 0) {
                session.use(found, allowed);
            }
        } catch (RuntimeException e) {
            throw refused(context, e);
        } catch (AssertionError e) {
            throw e.getMessage().startsWith(where) ? e : new AssertionError(context + ": " + e.getMessage(), e);
        }
        if (depth < maximumDepth && nestedPerImage > 0 && random.nextInt(nestEvery) == 0) {
            depthReached = Math.max(depthReached, depth + 1);
            crashRecovery(history, machine, end, found, crash, depth, context);
        }
    }

    private <S> void crashRecovery(History<S> history, Machine machine, int end, S found, Crash crash, int depth,
                                   String context) {
        Trace trace = machine.trace();
        int points = 0;
        for (int p = 0; p < end; p++) {
            points += isRecoveryPoint(trace, p, crash) ? 1 : 0;
        }
        CrashImages walk = new CrashImages(trace, random);
        for (int p = 0; p < end; p++) {
            if (isRecoveryPoint(trace, p, crash) && (points <= nestedPerImage || random.nextInt(points) < nestedPerImage)) {
                walk.advanceTo(p);
                String where = context + ", recovery at " + p + " of " + end;
                int limit = crash == Crash.PLATFORM ? Math.max(1, nestedPerImage / points) : 1;
                walk.forEach(crash, limit, image -> verify(history, image, List.of(found), crash, depth + 1, where));
            }
        }
    }

    /** With coherent caches what a store leaves is an image of its own; else the lines are drawn before each fence. */
    private static boolean isRecoveryPoint(Trace trace, int p, Crash crash) {
        return crash == Crash.PLATFORM ? isPoint(trace, p)
                : trace.kind(p) == Trace.Kind.STORE || trace.kind(p) == Trace.Kind.FILE;
    }

    private static AssertionError refused(String where, RuntimeException e) {
        String report = e instanceof RegionStoreException r ? " " + r.report() : "";
        return new AssertionError(where + ": refused: " + e.getMessage() + report, e);
    }

    private static <S> void requireAllowed(S found, List<S> allowed, String where) {
        if (!allowed.contains(found)) {
            throw new AssertionError(where + ": expected " + String.join(" or ", allowed.stream().map(Object::toString)
                    .toList()) + ", found " + found);
        }
    }
}
