package io.regionstore.cli.demo;

import io.regionstore.cli.CommandFailure;
import io.regionstore.cli.Main;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The writing JVM, seen from the parent. */
final class Child implements AutoCloseable {
    private static final long STEP_MS = 20;

    private final Process process;
    private final Ledger ledger;
    private final Path output;
    private final Thread hook;

    private Child(Process process, Ledger ledger, Path output) {
        this.process = process;
        this.ledger = ledger;
        this.output = output;
        hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static Child start(StoreOptions options, DemoPlace place, Ledger ledger, int atMostSeconds) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "demo-writer",
                "--region", options.region, "--metadata", options.metadata, "--domain", options.domain.name(),
                "--size", Long.toString(options.size), "--seed", Long.toString(options.seed),
                "--ledger", place.ledger().toString(), "--at-most", Integer.toString(atMostSeconds)));
        if (options.overwrite) {
            command.add("--overwrite");
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(place.childOutput().toFile()).start();
        return new Child(process, ledger, place.childOutput());
    }

    long pid() {
        return process.pid();
    }

    /** Returns when the writers are about to write. */
    void awaitRunning(long timeoutSeconds) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        while (ledger.isStarting()) {
            if (process.waitFor(STEP_MS, TimeUnit.MILLISECONDS) || System.nanoTime() - deadline > 0) {
                break;
            }
        }
        if (!ledger.isRunning()) {
            fail("did not start writing");
        }
    }

    /** Lets it write. */
    void letRun(long milliseconds, Progress progress) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long elapsed = 0;
        while (elapsed < milliseconds) {
            if (process.waitFor(Math.min(STEP_MS, milliseconds - elapsed), TimeUnit.MILLISECONDS)
                    || !ledger.isRunning()) {
                fail("ended before it was killed");
            }
            elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            progress.stepTo(Math.min(elapsed, milliseconds));
        }
    }

    /** SIGKILL, then waits until the kernel has taken the process away. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    /** What the child said is why. */
    private void fail(String what) throws IOException, InterruptedException {
        process.waitFor(5, TimeUnit.SECONDS);
        String said = Files.exists(output) ? Files.readString(output).strip() : "";
        throw new CommandFailure("the writing JVM " + what + (said.isEmpty() ? "" : ":\n" + said));
    }
}
