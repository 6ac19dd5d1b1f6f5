package io.regionstore.lab.guest;

import io.regionstore.RecoveryListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the time until a store is open goes. */
final class Timing implements RecoveryListener {
    private static final int MILLIS_OF_A_TICK = 10;
    private static final int START_FIELD = 19;

    private final long start = System.nanoTime();
    private final long[] ends = new long[Phase.values().length];
    private final long jvm;

    /** Begins now. */
    Timing() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        long started = Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_FIELD]);
        double uptime = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
        jvm = Math.round(uptime * 1000) - started * MILLIS_OF_A_TICK;
    }

    @Override
    public void progress(Phase phase, long done, long total) {
        ends[phase.ordinal()] = millis();
    }

    long millis() {
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** The start of the JVM, in milliseconds, and after that the end of each phase from the start of opening. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("JVM:" + jvm);
        for (Phase phase : Phase.values()) {
            text.append(',').append(phase).append(':').append(ends[phase.ordinal()]);
        }
        return text.toString();
    }
}
