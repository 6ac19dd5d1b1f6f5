package io.regionstore.bench.run;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What befell the calling thread so far, and the machine, as the kernel and the JVM count it: the difference of two says
 * whether somebody else had the processor. What this kernel does not tell is left out.
 *
 * @param counters by name
 */
record ThreadEvents(Map<String, Double> counters) {
    private static final Path THREAD = Path.of("/proc/thread-self");
    /** The unit of /proc/stat, whatever the kernel's own clock: 1/100 s. */
    private static final double TICK_MILLIS = 10;
    /** Where /proc/[pid]/stat has minflt and majflt, counted from the field after the name in parentheses. */
    private static final int MINOR_FAULTS = 7;
    private static final int MAJOR_FAULTS = 9;
    /** Where the first line of /proc/stat has steal. */
    private static final int STEAL = 8;

    private static final Set<String> OF_ALL =
            Set.of("stealMillis", "collections", "collectionMillis", "safepoints", "safepointMillis");

    private interface Reading {
        void into(Map<String, Double> counters) throws IOException;
    }

    /** @return counters of the calling thread, which must be a platform thread */
    static ThreadEvents now() {
        Map<String, Double> counters = new TreeMap<>();
        for (Reading reading : List.<Reading>of(ThreadEvents::scheduling, ThreadEvents::switches, ThreadEvents::faults,
                ThreadEvents::machine, ThreadEvents::collections, ThreadEvents::safepoints)) {
            try {
                reading.into(counters);
            } catch (IOException | RuntimeException absent) {
                // another kernel, or one that hides it: then it is not said
                continue;
            }
        }
        return new ThreadEvents(counters);
    }

    private static void scheduling(Map<String, Double> counters) throws IOException {
        // nanoseconds on a core, nanoseconds waiting for one, time slices
        String[] fields = Files.readString(THREAD.resolve("schedstat")).strip().split(" ");
        counters.put("waitingForCoreMillis", Long.parseLong(fields[1]) / 1e6);
    }

    private static void switches(Map<String, Double> counters) throws IOException {
        for (String line : Files.readAllLines(THREAD.resolve("status"))) {
            if (line.startsWith("nonvoluntary_ctxt_switches:")) {
                counters.put("involuntarySwitches", (double) Long.parseLong(line.replaceAll("[^0-9]", "")));
            }
        }
    }

    private static void faults(Map<String, Double> counters) throws IOException {
        String stat = Files.readString(THREAD.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        counters.put("minorFaults", (double) Long.parseLong(fields[MINOR_FAULTS]));
        counters.put("majorFaults", (double) Long.parseLong(fields[MAJOR_FAULTS]));
    }

    private static void machine(Map<String, Double> counters) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/stat"))) {
            if (line.startsWith("cpu ")) {
                counters.put("stealMillis", Long.parseLong(line.split(" +")[STEAL]) * TICK_MILLIS);
            }
        }
    }

    private static void collections(Map<String, Double> counters) {
        double count = 0;
        double millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += Math.max(0, collector.getCollectionCount());
            millis += Math.max(0, collector.getCollectionTime());
        }
        counters.put("collections", count);
        counters.put("collectionMillis", millis);
    }

    /** Through an internal package: the flag that opens it is given to every child, see {@code Children}. */
    private static void safepoints(Map<String, Double> counters) {
        try {
            Object bean = Class.forName("sun.management.ManagementFactoryHelper").getMethod("getHotspotRuntimeMBean")
                    .invoke(null);
            Class<?> type = Class.forName("sun.management.HotspotRuntimeMBean");
            counters.put("safepoints", ((Long) type.getMethod("getSafepointCount").invoke(bean)).doubleValue());
            counters.put("safepointMillis",
                    ((Long) type.getMethod("getTotalSafepointTime").invoke(bean)).doubleValue());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return name to difference */
    Map<String, Double> since(ThreadEvents before) {
        Map<String, Double> differences = new TreeMap<>();
        counters.forEach((name, value) -> {
            if (before.counters.containsKey(name)) {
                differences.put(name, value - before.counters.get(name));
            }
        });
        return differences;
    }

    /** Adds one thread's to those of others; what is the machine's or the JVM's is the same for all, and not added. */
    static void add(Map<String, Double> all, Map<String, Double> one) {
        one.forEach((name, value) -> all.merge(name, value,
                OF_ALL.contains(name) ? Math::max : Double::sum));
    }
}
