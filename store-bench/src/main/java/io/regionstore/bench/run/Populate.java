package io.regionstore.bench.run;

import io.regionstore.bench.subject.Subject;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Faults in the pages of mapped files, for every subject alike, with {@code madvise(MADV_POPULATE_WRITE)}. Otherwise the
 * kernel's work at the first touch of each page is measured, and decides the tail.
 */
final class Populate {
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;
    /** Larger mappings are sparse: they are left alone. */
    private static final long MOST = 16L << 30;
    private static final MethodHandle MADVISE = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("madvise"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));

    private Populate() {
    }

    /**
     * @param subject   open
     * @param directory whose mapped files are meant; those of devices that the store has mapped are as well
     * @return what was done, as the end of a sentence
     */
    static String mapped(Subject subject, Path directory) throws IOException {
        long bytes = 0;
        String inside = directory.toRealPath() + "/";
        List<String> others = subject instanceof StoreSubject store ? store.mediumPaths() : List.of();
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            int slash = line.indexOf('/');
            if (slash < 0 || !line.startsWith(inside, slash) && !others.contains(line.substring(slash))) {
                continue;
            }
            String[] fields = line.split(" +", 3);
            String[] range = fields[0].split("-");
            long start = Long.parseUnsignedLong(range[0], 16);
            long length = Long.parseUnsignedLong(range[1], 16) - start;
            if (!fields[1].startsWith("r") || length > MOST) {
                continue;
            }
            if (advise(start, length, fields[1].startsWith("rw") ? MADV_POPULATE_WRITE : MADV_POPULATE_READ) == 0) {
                bytes += length;
            }
        }
        return bytes == 0 ? "; nothing mapped that could be faulted in before"
                : "; " + (bytes >> 20) + " MiB of mapped pages faulted in before";
    }

    private static int advise(long address, long length, int advice) {
        try {
            return (int) MADVISE.invokeExact(address, length, advice);
        } catch (Throwable t) {
            throw new IllegalStateException("madvise", t);
        }
    }
}
