package io.regionstore.device;

import io.regionstore.RegionStoreException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another JVM with its own flags; standard error goes with standard output. */
public final class ChildJvm implements AutoCloseable {
    /** Flag without which no medium is opened. */
    public static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
    static final String OPENS = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";
    static final String EXPORTS = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";

    private final Process process;
    private final BufferedReader output;

    private ChildJvm(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static ChildJvm start(List<String> flags, Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException {
        return startIn(List.of(), flags, environment, main, arguments);
    }

    /** @param sandbox a command that runs the command behind it */
    static ChildJvm startIn(List<String> sandbox, List<String> flags, Map<String, String> environment, Class<?> main,
                            String... arguments) throws IOException {
        List<String> command = new ArrayList<>(sandbox);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-Xshare:auto");
        command.add("-cp");
        command.add(Stream.of(MappedMedium.class, main, RegionStoreException.class)
                .map(type -> new File(type.getProtectionDomain().getCodeSource().getLocation().getPath()).getPath())
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        return new ChildJvm(builder.start());
    }

    /** Runs to the end. @return what it wrote */
    public static String run(List<String> flags, Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException {
        try (ChildJvm child = start(flags, environment, main, arguments)) {
            return child.output.lines().collect(Collectors.joining("\n"));
        }
    }

    long pid() {
        return process.pid();
    }

    /** Waits for the next line; null at the end. */
    String readLine() throws IOException {
        return output.readLine();
    }

    /** SIGKILL, and waits until the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
