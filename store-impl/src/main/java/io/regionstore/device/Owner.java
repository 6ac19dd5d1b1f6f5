package io.regionstore.device;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A process that holds a lock, found in {@code /proc}. Only processes of the same user are visible, or all of them to
 * root.
 *
 * @param pid       process id
 * @param command   its name, as {@code ps} shows it
 * @param startTime local time, or {@code unknown}
 * @param bootId    the boot that both live in
 */
public record Owner(long pid, String command, String startTime, String bootId) {
    private static final Path PROC = Path.of("/proc");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    /**
     * @param file   the locked file
     * @param start  first byte of the wanted range
     * @param length bytes; 0 means to the end
     * @return who holds a lock on any of those bytes, if anyone can be seen
     */
    static Optional<Owner> find(FileStatus file, long start, long length) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path process : processes) {
                if (holds(process, file, start, length)) {
                    return Optional.of(describe(process));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // no /proc: nobody can be seen
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, FileStatus file, long start, long length) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fdinfo"))) {
            for (Path info : descriptors) {
                if (locks(info, start, length) && isOpen(process.resolve("fd").resolve(info.getFileName()), file)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // another user's process, or one that has just ended
        }
        return false;
    }

    /** Lines look like {@code lock: 1: OFDLCK ADVISORY WRITE -1 fe:00:12345 0 4095}; the end may be {@code EOF}. */
    private static boolean locks(Path info, long start, long length) {
        long end = length == 0 ? Long.MAX_VALUE : start + length - 1;
        try {
            for (String line : Files.readAllLines(info)) {
                String[] words = line.strip().split("\\s+");
                if (words.length >= 9 && words[0].equals("lock:") && !words[2].equals("FLOCK")) {
                    long lockEnd = words[8].equals("EOF") ? Long.MAX_VALUE : Long.parseLong(words[8]);
                    if (Long.parseLong(words[7]) <= end && start <= lockEnd) {
                        return true;
                    }
                }
            }
        } catch (IOException | NumberFormatException e) {
            // closed in the meantime
        }
        return false;
    }

    private static boolean isOpen(Path descriptor, FileStatus file) {
        try {
            long inode = (long) Files.getAttribute(descriptor, "unix:ino");
            long device = (long) Files.getAttribute(descriptor, "unix:dev");
            return inode == file.inode() && major(device) == file.device() >>> 32
                    && minor(device) == (int) file.device();
        } catch (IOException e) {
            return false;
        }
    }

    /** How the C library packs a device number. */
    private static long major(long device) {
        return (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfff);
    }

    private static long minor(long device) {
        return (device & 0xff) | (device >>> 12 & 0xffffff00L);
    }

    private static Owner describe(Path process) {
        long pid = Long.parseLong(process.getFileName().toString());
        String started = ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant())
                .map(instant -> TIME.format(instant.atZone(ZoneId.systemDefault()))).orElse("unknown");
        String command;
        try {
            command = Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            command = "unknown";
        }
        return new Owner(pid, command, started, BootId.describe());
    }

    /** @return for messages */
    @Override
    public String toString() {
        boolean self = pid == ProcessHandle.current().pid();
        return "process " + pid + " (" + command + (self ? ", this JVM itself" : "") + "), started " + startTime
                + ", boot " + bootId;
    }
}
