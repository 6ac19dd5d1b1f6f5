package io.regionstore.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel has seen of memory errors since it booted. It kills whoever has the page mapped, and counts the page;
 * of a dax device it then says no more: Linux 6.1 maps the page again when it is asked to (seen in the lab).
 */
public final class BadMemory {
    private static final Path FILE = Path.of("/proc/meminfo");
    private static final String LINE = "HardwareCorrupted:";

    private BadMemory() {
    }

    /** @return kilobytes of this machine's memory, anywhere, that the kernel found bad; 0 where it does not count */
    public static long kilobytes() {
        try {
            return kilobytes(Files.readAllLines(FILE));
        } catch (IOException e) {
            return 0;
        }
    }

    static long kilobytes(List<String> meminfo) {
        for (String line : meminfo) {
            if (line.startsWith(LINE)) {
                try {
                    return Math.max(0, Long.parseLong(line.substring(LINE.length()).replace("kB", "").strip()));
                } catch (NumberFormatException e) {
                    return 0; // not the line that is meant
                }
            }
        }
        return 0;
    }
}
