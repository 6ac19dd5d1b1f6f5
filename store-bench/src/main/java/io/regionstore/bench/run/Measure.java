package io.regionstore.bench.run;

import com.sun.management.ThreadMXBean;
import io.regionstore.bench.subject.Session;
import io.regionstore.bench.subject.Subject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** Runs the loops of one subject on its threads. The loops are kept, so that what was compiled in warm-up is measured. */
final class Measure implements AutoCloseable {
    /** Highest latency that histograms hold, in nanoseconds: 100 s. */
    static final long HIGHEST = 100_000_000_000L;
    /** Operations from one look at the clock to the next; short, so that loops are compiled whole, not while they run. */
    private static final int BATCH = 256;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** How the operations of a loop follow one another. */
    enum Kind {
        /** Without a timer around each. */
        RUN,
        /** With one. */
        TIMED,
        /** At a fixed rate. */
        PACED
    }

    /**
     * What was found.
     *
     * @param operations done by all threads
     * @param perThread  done by each, at least
     * @param seconds    from the first thread's start to the last one's end
     * @param heapBytes  taken by all threads from the Java heap
     * @param histogram  empty for RUN
     * @param events     what befell the threads; only for PACED
     */
    record Outcome(long operations, long perThread, double seconds, long heapBytes, Histogram histogram,
                   Map<String, Double> events) {
    }

    private record Part(long done, long start, long end, long heapBytes, Histogram histogram, Stops stops,
                        Map<String, Double> events) {
    }

    private final RunSpec spec;
    private final ExecutorService threads;
    private final Map<Workload, Loop[]> loops = new EnumMap<>(Workload.class);

    Measure(RunSpec spec) {
        this.spec = spec;
        this.threads = Executors.newFixedThreadPool(spec.threads());
    }

    static Histogram histogram() {
        return new Histogram(HIGHEST, 3);
    }

    /**
     * @param subject  open
     * @param workload what to do
     * @param kind     how
     * @param loaded   keys there are
     * @param count    operations of all threads together
     * @param seconds  at most
     * @return what was found
     */
    Outcome measure(Subject subject, Workload workload, Kind kind, long loaded, long count, double seconds)
            throws Exception {
        int n = spec.threads();
        CyclicBarrier barrier = new CyclicBarrier(n);
        List<Future<Part>> futures = new ArrayList<>();
        for (int t = 0; t < n; t++) {
            int thread = t;
            futures.add(threads.submit(() -> part(subject, workload, kind, loaded, count / n, seconds, thread, barrier)));
        }
        long operations = 0;
        long perThread = Long.MAX_VALUE;
        long start = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        long heap = 0;
        Histogram histogram = histogram();
        Stops stops = kind == Kind.PACED ? new Stops() : null;
        Map<String, Double> events = new TreeMap<>();
        for (Future<Part> future : futures) {
            Part part = get(future);
            operations += part.done;
            perThread = Math.min(perThread, part.done);
            start = Math.min(start, part.start);
            end = Math.max(end, part.end);
            heap += part.heapBytes;
            histogram.add(part.histogram);
            if (stops != null) {
                stops.add(part.stops);
                ThreadEvents.add(events, part.events);
            }
        }
        if (stops != null) {
            events.putAll(stops.figures());
        }
        return new Outcome(operations, perThread, (end - start) / 1e9, heap, histogram, events);
    }

    private static Part get(Future<Part> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private Part part(Subject subject, Workload workload, Kind kind, long loaded, long count, double seconds, int thread,
                      CyclicBarrier barrier) throws Exception {
        KeySequence keys = workload.keys(loaded, thread, spec.threads(), spec.sharedKeys(),
                spec.seed() + thread * 31L + kind.ordinal(), count);
        Histogram histogram = histogram();
        Loop loop = loop(workload, kind);
        try (Session session = subject.session(thread); RunDelay runDelay = kind == Kind.PACED ? new RunDelay() : null) {
            Stops stops = runDelay == null ? null : new Stops(runDelay);
            Step step = workload.step(session, loaded, thread, spec.threads());
            // the first call of the bean makes objects that are not the subject's
            long heap = THREADS.getCurrentThreadAllocatedBytes();
            double interval = spec.rate() == 0 ? 0 : 1e9 * spec.threads() / spec.rate();
            barrier.await();
            ThreadEvents before = kind == Kind.PACED ? ThreadEvents.now() : null;
            heap = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            long deadline = start + (long) (seconds * 1e9);
            long turn = 0;
            while (turn < count && System.nanoTime() - deadline < 0) {
                long to = Math.min(count, turn + BATCH);
                switch (kind) {
                    case RUN -> loop.run(step, keys, turn, to);
                    case TIMED -> loop.timed(step, keys, turn, to, histogram);
                    case PACED -> loop.paced(step, keys, turn, to, start, interval, histogram, stops);
                }
                turn = to;
            }
            session.flush();
            long end = System.nanoTime();
            heap = THREADS.getCurrentThreadAllocatedBytes() - heap;
            return new Part(turn, start, end, heap, histogram, stops,
                    before == null ? Map.of() : ThreadEvents.now().since(before));
        } catch (Throwable failure) {
            barrier.reset();
            throw failure;
        }
    }

    private Loop loop(Workload workload, Kind kind) {
        synchronized (loops) {
            Loop[] made = loops.computeIfAbsent(workload, w -> new Loop[Kind.values().length]);
            if (made[kind.ordinal()] == null) {
                made[kind.ordinal()] = Loops.make();
            }
            return made[kind.ordinal()];
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
