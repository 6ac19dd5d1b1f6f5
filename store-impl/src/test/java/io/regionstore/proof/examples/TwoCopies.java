package io.regionstore.proof.examples;

import io.regionstore.FailureDomain;
import io.regionstore.memory.Memory;
import io.regionstore.proof.Image;
import io.regionstore.proof.Machine;
import io.regionstore.proof.Protocol;

/**
 * A protocol of one's own on bare memory: a pair of numbers that always add up to 100, in two copies with a generation
 * each. The older copy is overwritten; its generation is stored last.
 */
final class TwoCopies implements Protocol<Long> {
    private static final int COPY = 64;

    private final boolean withFence;

    /** @param withFence false plants a fault: numbers and generation are written back together */
    TwoCopies(boolean withFence) {
        this.withFence = withFence;
    }

    @Override
    public Opened open(Machine machine, FailureDomain domain) {
        return new Opened(machine.memory(Image.REGION, domain == FailureDomain.PLATFORM));
    }

    final class Opened implements Session<Long> {
        private final Memory memory;

        Opened(Memory memory) {
            this.memory = memory;
        }

        private long generation(int copy) {
            return memory.getLong((long) copy * COPY + 16 * 64);
        }

        private int newest() {
            return generation(0) > generation(1) ? 0 : 1;
        }

        void set(long value) {
            int copy = 1 - newest();
            long at = (long) copy * COPY;
            memory.putLong(at, value);
            memory.putLong(at + 8, 100 - value);
            memory.flush(at, 16);
            if (withFence) {
                memory.fence();
            }
            memory.putLongRelease(at + 16 * 64, generation(1 - copy) + 1);
            memory.flush(at + 16 * 64, 8);
            memory.fence();
        }

        @Override
        public Long read() {
            if (generation(newest()) == 0) {
                return 0L;
            }
            long at = (long) newest() * COPY;
            if (memory.getLong(at) + memory.getLong(at + 8) != 100) {
                throw new AssertionError("a torn pair: " + memory.getLong(at) + " and " + memory.getLong(at + 8));
            }
            return memory.getLong(at);
        }

        @Override
        public void close() {
            // the memory is the machine's
        }
    }
}
