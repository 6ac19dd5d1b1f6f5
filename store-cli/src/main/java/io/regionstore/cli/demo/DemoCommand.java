package io.regionstore.cli.demo;

import io.regionstore.RegionStore;
import io.regionstore.cli.InfoCommand;
import io.regionstore.cli.MediumArgument;
import io.regionstore.cli.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows that records survive: see {@link io.regionstore.cli.demo}. */
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Writes the running JDK's files and small records in a second JVM, kills that with SIGKILL at a"
                + " random moment, opens the store and compares every acknowledged record byte for byte.",
            "Exit status 0 only if none is torn and none is lost."})
public final class DemoCommand implements Callable<Integer> {
    private static final int START_TIMEOUT_SECONDS = 60;
    /** How much longer than asked for the child runs if nobody kills it. */
    private static final int GRACE_SECONDS = 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StoreOptions options;

    @Option(names = "--seconds", defaultValue = "10", paramLabel = "N",
            description = "the kill comes at a random moment between a fifth of this and this; default: 10")
    private int seconds;

    private PrintWriter out;

    @Override
    public Integer call() throws Exception {
        out = spec.commandLine().getOut();
        if (seconds < 1 || seconds > 3600) {
            throw new ParameterException(spec.commandLine(), "--seconds: expected 1 to 3600, found " + seconds);
        }
        if (options.seed == null) {
            options.seed = Integer.toUnsignedLong(new Random().nextInt());
        }
        try (DemoPlace place = DemoPlace.prepare(options); Ledger ledger = Ledger.create(place.ledger())) {
            line("demo", "seed %d, domain %s", options.seed, options.domain);
            line("region", "%s", MediumArgument.describe(options.regionMedium()));
            line("metadata", "%s", MediumArgument.describe(options.metadataMedium()));
            writeAndKill(place, ledger);
            boolean clean = openAndCompare(place, ledger);
            if (!clean) {
                line("kept", "%s, to be looked at", place.keep());
            }
            return clean ? 0 : 1;
        }
    }

    private void writeAndKill(DemoPlace place, Ledger ledger) throws IOException, InterruptedException {
        long runMs = seconds * 200L + (long) (new Random(options.seed).nextDouble() * seconds * 800);
        try (Child child = Child.start(options, place, ledger, seconds + GRACE_SECONDS)) {
            child.awaitRunning(START_TIMEOUT_SECONDS);
            JdkFiles jdk = JdkFiles.find(ledger.regionBytes(), options.seed);
            line("writing", "pid %d: %,d of the %,d files of %s, %s in all%s", child.pid(), jdk.files().size(),
                    jdk.found(), jdk.home(), Sizes.format(jdk.bytes()), range(jdk));
            line("", "and records of 0 to %,d bytes under 3 times %,d keys: Agrona, Chronicle Bytes, put and delete",
                    SmallRecords.LONGEST_PAYLOAD, ledger.keys());
            try (Progress progress = Progress.start("writing", runMs, "ms")) {
                child.letRun(runMs, progress);
            }
            child.kill();
            line("killed", "pid %d with SIGKILL after %.3f s", child.pid(), runMs / 1000.0);
        }
    }

    private boolean openAndCompare(DemoPlace place, Ledger ledger) throws IOException {
        JdkFiles jdk = JdkFiles.find(ledger.regionBytes(), options.seed);
        long start = System.nanoTime();
        try (RegionStore store = options.builder().open()) {
            long openedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            InfoCommand.print(out, store.recovery());
            Comparison.Result result;
            long steps = jdk.files().size() + SmallRecords.values().length * ledger.keys();
            try (Progress progress = Progress.start("comparing", steps, " records")) {
                result = Comparison.compare(store, ledger, jdk, options.seed, progress);
            }
            report(store, ledger, jdk, result);
            if (place.isBorrowed() && result.isClean()) {
                StoredKeys.deleteAll(store);
            }
            if (!place.named().isEmpty()) {
                line("kept", "%s", place.named());
            }
            out.printf("demo: acknowledged %d, recovered %d, torn %d, lost %d, opened in %d ms%n",
                    result.acknowledged(), result.recovered(), result.torn(), result.lost(), openedMs);
            out.flush();
            return result.isClean();
        }
    }

    private void report(RegionStore store, Ledger ledger, JdkFiles jdk, Comparison.Result result) {
        InfoCommand.print(out, store.space());
        int files = jdk.files().size();
        long stored = ledger.acknowledged(JdkFiles.WRITER);
        line("compared", "%,d of %,d files (each stored %.1f times), and the last of", Math.min(stored, files), files,
                files == 0 ? 0.0 : (double) stored / files);
        for (SmallRecords records : SmallRecords.values()) {
            line("", "%,d acknowledged operations of %s", ledger.acknowledged(records.writer), records.label);
        }
        line("", "%,d deleted records were absent, as they should be", result.deleted());
        latency("put", "files", ledger.histogram(JdkFiles.WRITER));
        for (SmallRecords records : SmallRecords.values()) {
            latency("put", records.label, ledger.histogram(records.writer));
        }
        latency("get", "all, zero-copy", result.gets());
        result.complaints().forEach(complaint -> line("WRONG", "%s", complaint));
    }

    private void latency(String what, String label, Histogram ns) {
        line(what, "%-14s p50 %s, p90 %s, p99 %s, p99.9 %s, max %s (%,d)", label, time(ns.getValueAtPercentile(50)),
                time(ns.getValueAtPercentile(90)), time(ns.getValueAtPercentile(99)),
                time(ns.getValueAtPercentile(99.9)), time(ns.getMaxValue()), ns.getTotalCount());
    }

    private static String time(long nanoseconds) {
        return nanoseconds < 10_000 ? nanoseconds + " ns"
                : nanoseconds < 10_000_000 ? nanoseconds / 1000 + " us" : nanoseconds / 1_000_000 + " ms";
    }

    private static String range(JdkFiles jdk) {
        return jdk.files().isEmpty() ? "" : ", " + Sizes.format(jdk.smallest().length()) + " to "
                + Sizes.format(jdk.largest().length()) + " each";
    }

    private void line(String label, String format, Object... values) {
        out.printf("%-11s %s%n", label, String.format(format, values));
        out.flush();
    }
}
