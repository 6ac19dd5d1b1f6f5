package io.regionstore.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A small file system of its own, mounted until it is closed: for root, who may mount; others skip the test. */
final class TestMount implements AutoCloseable {
    private static final int PIECE = 64 << 10;
    private static final long SECONDS = 30;

    private final Path point;
    private final String type;
    private final Path filler;

    private TestMount(Path point, String type) {
        this.point = point;
        this.type = type;
        filler = point.resolve("filler");
    }

    /** Mounts a tmpfs. */
    static TestMount tmpfs(Path point, long bytes) throws IOException {
        requireRoot();
        Files.createDirectories(point);
        mount(List.of("mount", "-t", "tmpfs", "-o", "size=" + bytes, "regionstore-test", point.toString()));
        return new TestMount(point, "tmpfs");
    }

    /**
     * Makes an ext4 in a file and mounts it through a loop device, which goes with the mount.
     *
     * @param image   a file that is made, sparse
     * @param options of mkfs.ext4, such as {@code -O ^has_journal}
     */
    static TestMount ext4(Path point, Path image, long bytes, String... options) throws IOException {
        requireRoot();
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "no loop devices in this kernel");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return ext4(point, image, options);
    }

    /** As {@link #ext4(Path, Path, String...)}, in memory: no disk of this machine makes it slow. */
    static TestMount ext4InMemory(Path point, long bytes) throws IOException {
        requireRoot();
        try (SealableFile image = new SealableFile(bytes)) { // the loop device keeps it
            return ext4(point, image.path());
        }
    }

    /** As {@link #ext4(Path, Path, long, String...)}, in a file that has its length. */
    static TestMount ext4(Path point, Path image, String... options) throws IOException {
        requireRoot();
        Files.createDirectories(point);
        List<String> make = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F", "-m", "0"));
        make.addAll(List.of(options));
        make.add(image.toString());
        String made = run(make);
        assumeTrue(made.isEmpty(), () -> "no ext4 can be made here: " + made);
        return mounted(point, image);
    }

    /** Mounts an ext4 that is there. */
    static TestMount mounted(Path point, Path image) {
        mount(List.of("mount", "-o", "loop", image.toString(), point.toString()));
        return new TestMount(point, "ext4");
    }

    private static void mount(List<String> command) {
        String said = run(command);
        assumeTrue(said.isEmpty(), () -> "nothing can be mounted here, though this is root: " + said);
    }

    private static void requireRoot() throws IOException {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "only root may mount a file system");
    }

    /** @return what the command said, empty when it succeeded without a word */
    private static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return command + " does not end";
            }
            return process.exitValue() == 0 ? said : command + " ended with " + process.exitValue() + ": " + said;
        } catch (IOException e) {
            return e.getMessage(); // no such command
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Path point() {
        return point;
    }

    String type() {
        return type;
    }

    /** Leaves so much space and no more, about. */
    void fillBut(long bytes) {
        free();
        Path kept = point.resolve("kept");
        write(kept, bytes);
        write(filler, Long.MAX_VALUE);
        try {
            Files.delete(kept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes back what {@link #fillBut} took. */
    void free() {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, long bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            for (long left = bytes; left > 0; left -= piece.position()) {
                piece.clear().limit((int) Math.min(PIECE, left));
                channel.write(piece);
            }
            channel.force(true); // ext4 finds out late how many blocks it needs
        } catch (IOException e) {
            // full: that was the aim
        }
    }

    /** Unmounts and mounts again: what is only in the page cache is gone. */
    void remount(Path image) {
        String said = run(List.of("umount", point.toString()));
        if (!said.isEmpty()) {
            throw new IllegalStateException(said);
        }
        said = run(List.of("mount", "-o", "loop", image.toString(), point.toString()));
        if (!said.isEmpty()) {
            throw new IllegalStateException(said);
        }
    }

    /** Unmounts, at the latest when the last file in it is closed; a loop device goes with its mount. */
    @Override
    public void close() {
        if (!run(List.of("umount", point.toString())).isEmpty()) {
            run(List.of("umount", "-l", point.toString()));
        }
    }
}
