package io.regionstore.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the lab takes from the machine it runs on: programs and a kernel with its modules. */
final class HostTools {
    private static final List<String> PROGRAMS = List.of("qemu-system-x86_64", "kexec", "daxctl", "busybox", "cpio",
            "mkfs.ext4", "modprobe", "ldd", "timeout");
    private static final Path BOOT = Path.of("/boot");
    private static final Path MODULES = Path.of("/lib/modules");

    private HostTools() {
    }

    /** Fails, naming everything that is missing and the packages that bring it. */
    static void requireAll() {
        List<String> missing = new ArrayList<>();
        PROGRAMS.stream().filter(name -> find(name).isEmpty()).forEach(missing::add);
        if (findKernel().isEmpty()) {
            missing.add("a readable kernel in " + BOOT + " with drivers/dax among its modules in " + MODULES);
        }
        if (!missing.isEmpty()) {
            throw new AssertionError("the lab lacks " + String.join(", ", missing) + "; on Debian run"
                    + " store-lab/install-packages, which installs qemu-system-x86 linux-image-amd64 kexec-tools daxctl"
                    + " busybox-static cpio e2fsprogs kmod");
        }
    }

    /**
     * @param name a program
     * @return where it is
     */
    static Path program(String name) {
        return find(name).orElseThrow(() -> new AssertionError(name + " is not installed"));
    }

    /** @return an installed kernel whose modules include those for dax devices */
    static Path kernel() {
        return findKernel().orElseThrow(() -> new AssertionError("no kernel in " + BOOT));
    }

    /**
     * @param kernel a kernel file
     * @return its release, the name of its modules' directory
     */
    static String release(Path kernel) {
        return kernel.getFileName().toString().substring("vmlinuz-".length());
    }

    /**
     * Runs a program of the host to its end.
     *
     * @param command the program and its arguments
     * @return what it printed
     */
    static String run(String... command) {
        return run(Path.of("").toAbsolutePath(), command);
    }

    /**
     * Runs a program of the host to its end.
     *
     * @param directory where it works
     * @param command   the program and its arguments
     * @return what it printed
     */
    static String run(Path directory, String... command) {
        try {
            Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command[0], e);
        }
    }

    private static Optional<Path> find(String name) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/sbin"))
                .map(directory -> Path.of(directory, name)).filter(Files::isExecutable).findFirst();
    }

    private static Optional<Path> findKernel() {
        if (!Files.isDirectory(BOOT)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(BOOT)) {
            return files.filter(file -> file.getFileName().toString().startsWith("vmlinuz-"))
                    .filter(Files::isReadable)
                    .filter(file -> Files.isDirectory(MODULES.resolve(release(file)).resolve("kernel/drivers/dax")))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
