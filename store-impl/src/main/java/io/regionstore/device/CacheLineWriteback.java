package io.regionstore.device;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/**
 * Write-back of CPU cache lines to the memory behind them: CLWB, CLFLUSHOPT or CLFLUSH on x86, DC CVAP on Arm. Reached
 * in the first of these ways that this JVM allows:
 * <ol>
 * <li>the private parts of {@code jdk.internal.misc.Unsafe}, which compile to the instructions and leave the fence to
 *     the caller: with {@code --add-opens=java.base/jdk.internal.misc=…};
 * <li>its public {@code writebackMemory}, which fences at every call: with {@code --add-exports};
 * <li>libpmem2, called through the foreign function interface, when it is installed.
 * </ol>
 * Thread-safe and without state. Nothing is allocated, nothing waits but {@link #fence}.
 */
public final class CacheLineWriteback {
    // Constants for the compiler: with them, flush is a loop of one instruction and fence another.
    private static final MethodHandle WRITE_BACK_LINE;
    private static final MethodHandle BEFORE;
    private static final MethodHandle AFTER;
    private static final MethodHandle WRITE_BACK_AND_FENCE;
    private static final MethodHandle LIBRARY_FLUSH;
    private static final MethodHandle LIBRARY_FENCE;
    private static final long LINE;
    private static final CacheLineWriteback INSTANCE;
    private static final String UNAVAILABLE;
    private static final String METHOD;

    static {
        MethodHandle line = null;
        MethodHandle before = null;
        MethodHandle after = null;
        MethodHandle whole = null;
        String method = null;
        String reason = "";
        long lineBytes = 0;
        try {
            Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Object unsafe = lookup.findStatic(type, "getUnsafe", MethodType.methodType(type)).invoke();
            lineBytes = (int) lookup.findVirtual(type, "dataCacheLineFlushSize", MethodType.methodType(int.class))
                    .bindTo(unsafe).invokeExact();
            if (lineBytes == 0) {
                reason = "this JVM knows no write-back instruction for this processor";
            } else if (!OptimizingCompiler.isAtWork()) {
                reason = "this JVM runs without its optimizing compiler (-Xint, or -XX:TieredStopAtLevel, for example),"
                        + " and would crash in Unsafe.writebackMemory: run it with the compiler";
            } else {
                whole = lookup.findVirtual(type, "writebackMemory",
                        MethodType.methodType(void.class, long.class, long.class)).bindTo(unsafe);
                method = "Unsafe.writebackMemory";
                MethodHandles.Lookup inside = MethodHandles.privateLookupIn(type, lookup);
                MethodType none = MethodType.methodType(void.class);
                line = inside.findVirtual(type, "writeback0", MethodType.methodType(void.class, long.class))
                        .bindTo(unsafe);
                before = inside.findVirtual(type, "writebackPreSync0", none).bindTo(unsafe);
                after = inside.findVirtual(type, "writebackPostSync0", none).bindTo(unsafe);
                method = "Unsafe.writeback0";
            }
        } catch (Throwable t) {
            // closed, or a JDK that has no such method: the next way
            line = null;
            reason = "the JVM was not started with --add-opens=java.base/jdk.internal.misc=" + NativeAccess.module()
                    + " (or, slower, --add-exports): add that flag";
        }
        Pmem2 library = method == null ? Pmem2.load().orElse(null) : null;
        WRITE_BACK_LINE = line;
        BEFORE = before;
        AFTER = after;
        WRITE_BACK_AND_FENCE = whole;
        LIBRARY_FLUSH = library == null ? null : library.flush();
        LIBRARY_FENCE = library == null ? null : library.drain();
        LINE = lineBytes;
        METHOD = library == null ? method : "libpmem2";
        INSTANCE = METHOD == null ? null : new CacheLineWriteback();
        UNAVAILABLE = METHOD != null ? "" : "no cache-line write-back can be reached: " + reason + "; or install the"
                + " package libpmem2, which could not be loaded";
    }

    private CacheLineWriteback() {
    }

    /** @return the way to write lines back, if there is one in this JVM */
    public static Optional<CacheLineWriteback> find() {
        return Optional.ofNullable(INSTANCE);
    }

    /** @return why {@link #find} is empty, and the flag and the package that mend it; empty text when it is not */
    public static String unavailableReason() {
        return UNAVAILABLE;
    }

    /** @return which way was found, for reports */
    public String method() {
        return METHOD;
    }

    /**
     * Starts writing back every line that the range touches. An address that is not mapped ends the JVM.
     *
     * @param address first byte
     * @param length  bytes, 0 or more
     */
    public void flush(long address, long length) {
        try {
            if (WRITE_BACK_LINE != null) {
                BEFORE.invokeExact();
                long end = address + length;
                for (long line = address & -LINE; line < end; line += LINE) {
                    WRITE_BACK_LINE.invokeExact(line);
                }
            } else if (WRITE_BACK_AND_FENCE != null) {
                WRITE_BACK_AND_FENCE.invokeExact(address, length);
            } else {
                LIBRARY_FLUSH.invokeExact(address, length);
            }
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Waits until every line that this thread flushed has left its caches. */
    public void fence() {
        try {
            if (WRITE_BACK_LINE != null) {
                AFTER.invokeExact();
            } else if (WRITE_BACK_AND_FENCE == null) {
                LIBRARY_FENCE.invokeExact();
            }
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static Error unexpected(Throwable t) {
        return new AssertionError("a write-back failed", t);
    }
}
