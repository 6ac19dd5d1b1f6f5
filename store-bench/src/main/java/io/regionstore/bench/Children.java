package io.regionstore.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.regionstore.bench.run.ChildMain;
import io.regionstore.bench.run.RunResult;
import io.regionstore.bench.run.RunSpec;
import io.regionstore.bench.run.WorkFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts the JVMs that measure. Each gets the same heap and the same flags, but for what a peer cannot do without. */
final class Children {
    /** Flags of every child. */
    static final List<String> FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-exports=java.management/sun.management=ALL-UNNAMED", "-Xshare:auto");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final String heap;

    /**
     * @param directory for what children write
     * @param heap      of each, as for {@code -Xmx}
     */
    Children(Path directory, String heap) {
        this.directory = directory;
        this.heap = heap;
    }

    /** @return flags in words */
    String flags() {
        return "-Xms" + heap + " -Xmx" + heap + " -XX:+AlwaysPreTouch " + String.join(" ", FLAGS);
    }

    /**
     * Runs one repetition.
     *
     * @param spec       what to measure
     * @param classPath  beside this JVM's own, or nothing
     * @param extraFlags beside the ones of every child
     * @return what was found
     * @throws BenchFailure with the end of the child's output, when it did not finish
     */
    RunResult measure(RunSpec spec, String classPath, List<String> extraFlags) {
        try {
            Path in = Files.createTempFile(directory, "spec", ".json");
            Path out = Files.createTempFile(directory, "result", ".json");
            JSON.writeValue(in.toFile(), spec);
            WorkFiles.clear(Path.of(spec.directory()));
            run(ChildMain.class, classPath, extraFlags, 3600, in.toString(), out.toString());
            return JSON.readValue(out.toFile(), RunResult.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs a program to its end.
     *
     * @param main      its class
     * @param classPath beside this JVM's own, or nothing
     * @param flags     beside the ones of every child
     * @param seconds   it may take
     * @param arguments of the program
     * @return what it printed
     */
    String run(Class<?> main, String classPath, List<String> flags, int seconds, String... arguments) {
        try {
            Path log = Files.createTempFile(directory, main.getSimpleName(), ".log");
            Process process = start(main, classPath, flags, log, arguments);
            try {
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                    throw new BenchFailure(main.getSimpleName() + " did not end within " + seconds + " s:\n" + tail(log));
                }
            } finally {
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new BenchFailure(main.getSimpleName() + " ended with " + process.exitValue() + ":\n" + tail(log));
            }
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }

    /**
     * Starts a program.
     *
     * @param main      its class
     * @param classPath beside this JVM's own, or nothing
     * @param flags     beside the ones of every child
     * @param log       receives what it prints
     * @param arguments of the program
     * @return the process
     */
    Process start(Class<?> main, String classPath, List<String> flags, Path log, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"));
        command.addAll(FLAGS);
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path") + (classPath.isEmpty() ? "" : File.pathSeparator + classPath));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }
}
