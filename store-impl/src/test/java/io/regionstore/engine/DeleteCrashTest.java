package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.index.RecordIndex;
import io.regionstore.memory.Memory;
import io.regionstore.table.HeaderCopies;
import io.regionstore.table.HeaderDescriptor;
import io.regionstore.table.IntentLines;
import io.regionstore.table.KeyHash;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where caches are lost, a delete that was not acknowledged leaves the record it found or none, never an older one. */
class DeleteCrashTest {
    private static final long SEED = 7;
    private static final int SLOTS = 64;
    private static final int SIZE = (int) HeaderDescriptor.TABLE + SLOTS * 32;

    /** Lines reach the medium whole at a fence; before it, any subset of those flushed or dirty may have. */
    private static final class LossyMemory implements Memory {
        final byte[] now = new byte[SIZE];
        final byte[] durable = new byte[SIZE];
        final MemorySegment bytes = MemorySegment.ofArray(now);
        final boolean[] flushed = new boolean[SIZE / 64];
        final List<byte[]> crashes = new ArrayList<>();
        boolean recording;

        private void record() {
            if (!recording) {
                return;
            }
            List<Integer> dirty = new ArrayList<>();
            for (int line = 0; line < SIZE / 64; line++) {
                if (!Arrays.equals(now, line * 64, line * 64 + 64, durable, line * 64, line * 64 + 64)) {
                    dirty.add(line);
                }
            }
            for (int subset = 0; subset < 1 << dirty.size(); subset++) {
                byte[] image = durable.clone();
                for (int i = 0; i < dirty.size(); i++) {
                    if ((subset >> i & 1) != 0) {
                        System.arraycopy(now, dirty.get(i) * 64, image, dirty.get(i) * 64, 64);
                    }
                }
                crashes.add(image);
            }
        }

        @Override
        public long size() {
            return SIZE;
        }

        @Override
        public long getLong(long offset) {
            return bytes.get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, offset);
        }

        @Override
        public long getLongAcquire(long offset) {
            return getLong(offset);
        }

        @Override
        public void putLong(long offset, long value) {
            bytes.set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, offset, value);
            record();
        }

        @Override
        public void putLongRelease(long offset, long value) {
            putLong(offset, value);
        }

        @Override
        public void copyIn(byte[] source, int sourceOffset, long offset, int length) {
            System.arraycopy(source, sourceOffset, now, (int) offset, length);
        }

        @Override
        public void copyOut(long offset, byte[] destination, int destinationOffset, int length) {
            System.arraycopy(now, (int) offset, destination, destinationOffset, length);
        }

        @Override
        public void copyOut(long offset, MemorySegment destination, long destinationOffset, long length) {
            MemorySegment.copy(bytes, offset, destination, destinationOffset, length);
        }

        @Override
        public void stored(long offset, long length) {
        }

        @Override
        public void flush(long offset, long length) {
            for (long line = offset / 64; line <= (offset + length - 1) / 64; line++) {
                flushed[(int) line] = true;
            }
            record();
        }

        @Override
        public void fence() {
            for (int line = 0; line < flushed.length; line++) {
                if (flushed[line]) {
                    System.arraycopy(now, line * 64, durable, line * 64, 64);
                    flushed[line] = false;
                }
            }
            record();
        }

        @Override
        public MemorySegment segment() {
            return bytes;
        }
    }

    @Test
    void shouldNotBringAnOlderVersionBack() {
        LossyMemory memory = new LossyMemory();
        SlotTable table = new SlotTable(memory, HeaderDescriptor.TABLE, SLOTS);
        try (SlotAllocator slots = new SlotAllocator(SLOTS, SLOTS, 1);
                RecordIndex index = new RecordIndex(table, SLOTS, SLOTS, 0)) {
            InPlaceCommit commits = new InPlaceCommit(table, slots, index, memory, new HeaderCopies(memory, "x"),
                    new IntentLines(memory, HeaderDescriptor.INTENTS, 1), "x", false, true, false);
            Lane lane = new Lane(0, SEED);
            long hash = KeyHash.of(1L, SEED);
            long stripe = index.stripe(hash);
            long old = -1;
            for (int i = 0; i < 3; i++) { // the last two versions are on lines of their own
                lane.image.longKey(1, 0);
                long slot = commits.takeSlot(lane, 1);
                long version = index.nextVersion(stripe);
                lane.image.seal(slot, version, 0, 0, 0);
                commits.publish(lane, stripe, slot, 0, 0, old);
                index.set(stripe, hash, old, slot, 0);
                if (old >= 0) {
                    commits.retire(lane, stripe, old);
                }
                old = slot;
            }
            long newest = table.version(old);
            memory.recording = true;
            commits.delete(lane, stripe, old);
            memory.recording = false;
            int checked = 0;
            for (byte[] image : memory.crashes) {
                LossyMemory after = new LossyMemory();
                System.arraycopy(image, 0, after.now, 0, SIZE);
                SlotTable found = new SlotTable(after, HeaderDescriptor.TABLE, SLOTS);
                SlotReader reader = new SlotReader(found, SEED, 1024);
                long version = -1;
                for (int slot = 0; slot < SLOTS; slot++) {
                    if (reader.read(slot) == SlotReader.State.RECORD) {
                        version = Math.max(version, found.version(slot));
                    }
                }
                assertEquals(version < 0 ? -1 : newest, version, "an older version came back");
                checked++;
            }
            assertEquals(true, checked > 3);
        }
    }
}
