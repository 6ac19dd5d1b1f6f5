package io.regionstore.recovery;

import io.regionstore.RecoveryListener;
import io.regionstore.allocator.ExtentAllocator;
import io.regionstore.index.ExtentHint;
import io.regionstore.index.IndexBuilder;
import io.regionstore.index.RecordIndex;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import java.lang.foreign.Arena;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * First pass over a table: validates every slot, and builds the index, the slot bitmap and the extent maps from the
 * valid ones. Where a key has several live slots, a crash came between a commit and the retirement of its predecessor:
 * the highest version is indexed, the others are listed. What is found does not depend on the order in which threads go
 * over the table. Writes nothing to a medium.
 */
public final class TableScan {
    /** Slots in a word of the bitmap of slots; no run crosses it. */
    private static final int WORD = 64;

    private final SlotTable table;
    private final SlotAllocator slots;
    private final RecordIndex index;
    private final Supplier<ExtentAllocator> newExtents;
    private ExtentAllocator extents;
    private final long seed;
    private final long regionLength;
    private final ExtentHint hint;
    private final Arena arena;
    private SlotSet superseded;
    private SlotSet invalid;
    private SlotSet refused;
    private SortedSet<Long> overlapping = new TreeSet<>();
    private long slotsUsed;
    private long payloadBytes;
    private long paddingBytes;
    private long highestVersion;

    /**
     * @param table        the slots
     * @param slots        empty; filled
     * @param index        empty; filled
     * @param newExtents   makes an empty allocator, which the caller closes
     * @param seed         the store's seed
     * @param regionLength bytes
     * @param arena        what the findings live as long as; shared or automatic
     */
    public TableScan(SlotTable table, SlotAllocator slots, RecordIndex index, Supplier<ExtentAllocator> newExtents,
                     long seed, long regionLength, Arena arena) {
        this.table = table;
        this.slots = slots;
        this.index = index;
        this.newExtents = newExtents;
        extents = newExtents.get();
        this.seed = seed;
        this.regionLength = regionLength;
        this.arena = arena;
        hint = new ExtentHint(regionLength);
    }

    /**
     * Runs the pass.
     *
     * @param limit    slots to look at
     * @param listener told the progress
     */
    public void run(long limit, RecoveryListener listener) {
        superseded = new SlotSet(limit, arena);
        invalid = new SlotSet(limit, arena);
        refused = new SlotSet(limit, arena);
        int threads = ParallelScan.threads(); // asked once: processors may come and go
        try (Partitions partitions = new Partitions(index.stripes(), limit, threads)) {
            ParallelScan.run(limit, ParallelScan.BLOCK, threads, RecoveryListener.Phase.SCAN, listener,
                    () -> new Pass(partitions));
            // a thread costs more than the index of a small table
            int together = limit <= ParallelScan.BLOCK ? partitions.count() : 1;
            ParallelScan.run(partitions.count(), together, threads, RecoveryListener.Phase.INDEX, listener,
                    () -> new Indexing(partitions));
        }
        index.populate();
        slots.marked(slotsUsed);
        if (!refused.isEmpty()) {
            SlotReader reader = new SlotReader(table, seed, regionLength);
            overlapping = Overlaps.find(table, reader, limit, refused);
            markAgain(reader, limit);
        }
    }

    /** Which records of those in one place were marked is a matter of chance. */
    private void markAgain(SlotReader reader, long limit) {
        extents.close();
        extents = newExtents.get();
        for (long slot = 0; slot < limit; slot += reader.runLength()) {
            if (reader.read(slot) == SlotReader.State.RECORD && reader.length() > 0 && !overlapping.contains(slot)) {
                extents.markUsed(reader.offset(), reader.length());
            }
        }
    }

    /** First half, by blocks of slots: validate, mark slots and extents, and sort the records by partitions. */
    private final class Pass implements ParallelScan.Worker {
        private final SlotReader reader = new SlotReader(table, seed, regionLength);
        private final Partitions.Writer found;
        private final long[] heads = new long[WORD];
        private final long[] offsets = new long[WORD];
        private final long[] lengths = new long[WORD];
        private int count;

        Pass(Partitions partitions) {
            found = partitions.writer();
        }

        @Override
        public void scan(long from, long to) {
            long foundSlots = 0;
            long bytes = 0;
            long padding = 0;
            long highest = 0;
            for (long word = from; word < to; word += WORD) {
                long used = 0;
                count = 0;
                long end = Math.min(to, word + WORD);
                for (long slot = word; slot < end; slot += reader.runLength()) {
                    SlotReader.State state = reader.read(slot);
                    if (state == SlotReader.State.INVALID) {
                        invalid.add(slot);
                    } else if (state == SlotReader.State.RECORD) {
                        used |= -1L >>> WORD - reader.runLength() << slot;
                        bytes += reader.length();
                        padding += -reader.length() & 7;
                        highest = Math.max(highest, reader.version());
                        if (reader.length() > 0) {
                            heads[count] = slot;
                            offsets[count] = reader.offset();
                            lengths[count++] = reader.length();
                        }
                        found.add(reader.keyHash(), slot, hint.of(reader.offset()));
                    }
                }
                if (used != 0) {
                    slots.markUsed(word, used);
                    foundSlots += Long.bitCount(used);
                    markExtents();
                }
            }
            synchronized (TableScan.this) {
                slotsUsed += foundSlots;
                payloadBytes += bytes;
                paddingBytes += padding;
                highestVersion = Math.max(highestVersion, highest);
            }
        }

        /** Records that were put one after the other have extents one behind the other: these are marked together. */
        private void markExtents() {
            for (int i = 0; i < count; ) {
                int next = i + 1;
                long end = end(i);
                if (lengths[i] <= ExtentAllocator.SMALL_MAX) {
                    while (next < count && offsets[next] == end && lengths[next] <= ExtentAllocator.SMALL_MAX
                            && ExtentAllocator.inOneBlock(offsets[i], end(next) - offsets[i])) {
                        end = end(next++);
                    }
                }
                if (next == i + 1 || !extents.markUsedTogether(offsets[i], end - offsets[i])) {
                    for (int k = i; k < next; k++) {
                        if (!extents.markUsed(offsets[k], lengths[k])) {
                            refused.add(heads[k]);
                        }
                    }
                }
                i = next;
            }
        }

        private long end(int i) {
            return offsets[i] + (lengths[i] + 7 & -8);
        }
    }

    /** Second half, by partitions: each holds whole stripes, which no other thread touches meanwhile. */
    private final class Indexing implements ParallelScan.Worker {
        private final Partitions.Pairs pairs;
        private final IndexBuilder builder;

        Indexing(Partitions partitions) {
            pairs = partitions.new Pairs();
            builder = new IndexBuilder(index, table, (int) (index.stripes() / partitions.count()));
        }

        @Override
        public void scan(long from, long to) {
            for (long partition = from; partition < to; partition++) {
                pairs.load((int) partition);
                builder.begin(partition);
                for (int i = 0; i < pairs.count(); i++) {
                    builder.announce(pairs.hash(i));
                }
                builder.makeRoom();
                for (int i = 0; i < pairs.count(); i++) {
                    put(pairs.hash(i), pairs.slot(i), pairs.hint(i));
                }
                builder.finish();
            }
        }

        private void put(long hash, long slot, int extentHint) {
            int place = builder.locate(hash, slot);
            long other = builder.slotAt(place);
            boolean newer = other == RecordIndex.NONE || isNewer(slot, other);
            if (newer) {
                builder.set(place, hash, slot, extentHint);
            }
            if (other != RecordIndex.NONE) {
                superseded.add(newer ? other : slot);
            }
        }
    }

    /** No store gives out a version twice; should slots say so nevertheless, it is the same one that wins at every open. */
    private boolean isNewer(long slot, long other) {
        long difference = table.version(slot) - table.version(other);
        return difference > 0 || difference == 0 && slot < other;
    }

    /** @return live slots that lost to a higher version of their key */
    public SlotSet superseded() {
        return superseded;
    }

    /** @return slots that claim to be heads and whose checksum does not match */
    public SlotSet invalid() {
        return invalid;
    }

    /** @return all heads whose extent shares bytes with another one's: see {@link Overlaps} */
    public SortedSet<Long> overlapping() {
        return overlapping;
    }

    /**
     * @return where the extents of all valid heads are marked, but for the {@linkplain #overlapping overlapping} ones;
     *         not {@linkplain ExtentAllocator#finishRebuild finished} yet
     */
    public ExtentAllocator extents() {
        return extents;
    }

    /** @return payload bytes of all valid heads */
    public long payloadBytes() {
        return payloadBytes;
    }

    /** @return padding bytes of all valid heads */
    public long paddingBytes() {
        return paddingBytes;
    }

    /** @return the highest version of a valid head */
    public long highestVersion() {
        return highestVersion;
    }
}
