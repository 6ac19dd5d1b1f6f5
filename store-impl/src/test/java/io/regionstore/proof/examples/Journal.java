package io.regionstore.proof.examples;

import io.regionstore.FailureDomain;
import io.regionstore.RegionStore;
import io.regionstore.engine.SimulatedMedia;
import io.regionstore.proof.Machine;
import io.regionstore.proof.Protocol;
import io.regionstore.spi.StoreProvider.Mode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Records of one's own in a region store: numbered entries, and a record that says how many there are. A store's records
 * are atomic one by one, so the order in which they are put matters: an entry first, then the count.
 */
final class Journal implements Protocol<Long> {
    private static final long COUNT = 0;

    private final boolean entryFirst;

    /** @param entryFirst false plants a fault: the count runs ahead of the entries */
    Journal(boolean entryFirst) {
        this.entryFirst = entryFirst;
    }

    @Override
    public Opened open(Machine machine, FailureDomain domain) {
        return new Opened(SimulatedMedia.open(machine, domain, Mode.OPEN_OR_CREATE));
    }

    final class Opened implements Session<Long> {
        private final RegionStore store;

        Opened(RegionStore store) {
            this.store = store;
        }

        private static MemorySegment bytes(long value) {
            return MemorySegment.ofArray(new long[] {value});
        }

        private long value(long key) {
            MemorySegment buffer = bytes(0);
            return store.get(key, buffer, 0) < 0 ? -1 : buffer.get(ValueLayout.JAVA_LONG, 0);
        }

        private long count() {
            return Math.max(0, value(COUNT));
        }

        void append() {
            long next = count() + 1;
            if (entryFirst) {
                store.put(next, bytes(next * next));
                store.put(COUNT, bytes(next));
            } else {
                store.put(COUNT, bytes(next));
                store.put(next, bytes(next * next));
            }
        }

        @Override
        public Long read() {
            long count = count();
            for (long entry = 1; entry <= count; entry++) {
                if (value(entry) != entry * entry) {
                    throw new AssertionError("entry " + entry + " of " + count + " holds " + value(entry));
                }
            }
            return count;
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
