package io.regionstore.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An emulated machine with 3 GiB of memory, of which the kernel is told to set some aside as a dax device. Its second
 * serial port brings the lines to judge by, the first one the console, kept in a file. Closing kills it.
 */
final class VirtualMachine implements AutoCloseable {
    /**
     * Software emulation unless this system property says otherwise: KVM may be there and still hang. One thread runs both
     * processors of the guest in turn. With a thread for each (thread=multi), QEMU 7.2 may read an instruction while the
     * other processor replaces it: a JVM in the guest died so, at the entry of a method that it had just given up.
     */
    private static final String ACCELERATOR = System.getProperty("lab.accelerator", "tcg,thread=single");
    private static final LabLine END_OF_OUTPUT = LabLine.parse("LAB end-of-output");
    private static final int CONSOLE_LINES = 60;
    /** What the report of a JVM that died begins with. */
    private static final String JVM_DIED = "# A fatal error has been detected by the Java Runtime Environment:";

    private final String name;
    private final Process process;
    private final Path console;
    private final BlockingQueue<LabLine> lines = new LinkedBlockingQueue<>();
    private final Thread killer;
    private final long started = System.nanoTime();

    private VirtualMachine(String name, Process process, Path console) {
        this.name = name;
        this.process = process;
        this.console = console;
        this.killer = new Thread(this::kill);
        Runtime.getRuntime().addShutdownHook(killer);
        Thread.ofPlatform().daemon().name("lab lines").start(this::read);
    }

    /**
     * @param image       what to boot
     * @param name        names the files of this machine
     * @param commandLine words for the kernel, after those that every machine needs
     * @param resets      whether a reset lets it begin again with the same kernel, its memory kept; otherwise it ends
     * @return a running machine with an empty ext4 file system on its second disk and zeros on its third
     */
    static VirtualMachine start(GuestImage image, String name, String commandLine, boolean resets) {
        Path directory = image.directory();
        Path data = GuestImage.emptyFileSystem(directory.resolve(name + ".data.img"), 512);
        Path journal = directory.resolve(name + ".journal.img");
        Path console = directory.resolve(name + ".console.log");
        String words = "console=ttyS0 panic=-1 edd=off mitigations=off nowatchdog loglevel=5 " + commandLine;
        try {
            Files.write(journal, new byte[1 << 20]);
            // cache=unsafe: the emulator outlives every kernel it runs, so the host need not sync what a guest synced
            Process process = new ProcessBuilder(HostTools.program("timeout").toString(), "--signal=KILL", "60m",
                    HostTools.program("qemu-system-x86_64").toString(), "-accel", ACCELERATOR, "-cpu", "max", "-m", "3G",
                    "-smp", "2", "-display", "none", "-monitor", "none", "-nic", "none",
                    "-action", "reboot=" + (resets ? "reset" : "shutdown"),
                    "-serial", "file:" + console, "-serial", "stdio",
                    "-kernel", image.kernel().toString(), "-initrd", image.initramfs().toString(), "-append", words,
                    "-drive", "if=virtio,format=raw,readonly=on,file=" + image.tools(),
                    "-drive", "if=virtio,format=raw,cache=unsafe,file=" + data,
                    "-drive", "if=virtio,format=raw,cache=unsafe,file=" + journal)
                    .redirectError(directory.resolve(name + ".emulator.log").toFile()).start();
            return new VirtualMachine(name, process, console);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for a line; lines before it are shown and passed over.
     *
     * @param kind     its first word
     * @param deadline how long to wait
     * @return the line
     * @throws AssertionError if the guest says that it failed, ends, or does not print the line in time
     */
    LabLine await(String kind, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            LabLine line = next(end);
            if (line == null) {
                throw new AssertionError("no line \"LAB " + kind + " …\" within " + deadline + consoleTail());
            }
            if (line == END_OF_OUTPUT) {
                throw new AssertionError("the machine ended before the line \"LAB " + kind + " …\"" + consoleTail());
            }
            System.out.printf("[%s %5.1f s] %s%n", name, (System.nanoTime() - started) / 1e9, line);
            if (line.kind().equals("failed")) {
                throw new AssertionError("the guest says: " + line + consoleTail());
            }
            if (line.kind().equals(kind)) {
                return line;
            }
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(killer);
    }

    /** The emulator is a child of timeout, which cannot pass a SIGKILL on. */
    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private LabLine next(long end) {
        try {
            return lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the machine", e);
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                if (text.startsWith("LAB ")) {
                    lines.add(LabLine.parse(text));
                }
            }
        } catch (IOException e) {
            // closed: the machine was killed
        } finally {
            lines.add(END_OF_OUTPUT);
        }
    }

    private String consoleTail() {
        try {
            List<String> text = Files.readString(console, StandardCharsets.ISO_8859_1).lines().toList();
            return "; from " + console + ":\n" + String.join("\n", excerpt(text));
        } catch (IOException e) {
            return "; its console cannot be read: " + e;
        }
    }

    /**
     * @param text lines of a console
     * @return the start of the last report of a JVM that died, if there is one, since it has a thousand lines and the first
     *         ones say what happened; then the end, since what failed may have come after that: some JVMs are meant to die
     */
    static List<String> excerpt(List<String> text) {
        int end = Math.max(0, text.size() - CONSOLE_LINES);
        int died = text.lastIndexOf(JVM_DIED);
        List<String> excerpt = new ArrayList<>();
        if (died >= 0 && died < end) {
            excerpt.addAll(text.subList(died, Math.min(died + CONSOLE_LINES, end)));
            excerpt.add("[...]");
        }
        excerpt.addAll(text.subList(end, text.size()));
        return excerpt;
    }
}
