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
    /** Not 0: what is not known to be good is looked at. */
    public static final long UNKNOWN = -1;

    private static final String LINE = "HardwareCorrupted:";

    private BadMemory() {
    }

    /**
     * @return kilobytes of this machine's memory, anywhere, that the kernel found bad; 0 where it does not count;
     *     {@link #UNKNOWN} where it may count and /proc is hidden
     */
    public static long kilobytes() {
        return kilobytes(FILE);
    }

    static long kilobytes(Path file) {
        try {
            return kilobytes(Files.readAllLines(file));
        } catch (IOException e) {
            return UNKNOWN;
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
