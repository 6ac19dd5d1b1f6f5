package io.regionstore.device;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Whether the JVM's optimizing compiler (C2) is at work. HotSpot 25 makes the code behind
 * {@code Unsafe.writebackMemory}, for callers that are not compiled yet, in the compiler's own thread when that starts;
 * a call before, or in a JVM that runs without C2 ({@code -Xint}, {@code -XX:TieredStopAtLevel=1}), jumps to address 0
 * and ends the JVM (StubRoutines::initialize_compiler_stubs, seen with 25.0.3). So proof is needed first: a loop whose
 * allocations vanish has been compiled by C2, since neither the interpreter nor C1 removes them.
 */
final class OptimizingCompiler {
    /** Mostly some milliseconds; emulated machines are a hundred times slower. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ROUNDS = 10_000;

    private OptimizingCompiler() {
    }

    /** Waits for the proof. */
    static boolean isAtWork() {
        String mode = System.getProperty("java.vm.info", "");
        if (mode.contains("interpreted mode") || mode.contains("emulated-client")
                || !(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)
                || !threads.isThreadAllocatedMemorySupported()) {
            return false;
        }
        long sum = 0;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            sum += allocate(ROUNDS);
            if (threads.getCurrentThreadAllocatedBytes() == before) {
                return true;
            }
        } while (System.nanoTime() - deadline < 0);
        return sum == 0; // never: it only keeps the loop's result in use
    }

    private static long allocate(int rounds) {
        long sum = 0;
        for (int i = 1; i <= rounds; i++) {
            int[] pair = {i, i + 1};
            sum += pair[0] ^ pair[1];
        }
        return sum;
    }
}
