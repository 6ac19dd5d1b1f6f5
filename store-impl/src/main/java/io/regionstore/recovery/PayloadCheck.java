package io.regionstore.recovery;

import io.regionstore.RecoveryListener;
import io.regionstore.memory.LateFaults;
import io.regionstore.memory.Memory;
import io.regionstore.table.SlotReader;
import io.regionstore.table.SlotTable;
import java.util.function.LongPredicate;

/** Second pass over a table: compares payloads with their checksums. Writes nothing to a medium. */
public final class PayloadCheck {
    /** Of a sample, one record in this many is checked. */
    private static final int SAMPLE = 64;
    /** Slots that a spot check looks at for one record, and bytes that it reads of one. */
    private static final int SPOT_SLOTS = 4096;
    private static final int SPOT_BYTES = 1 << 20;

    private final SlotTable table;
    private final Memory region;
    private final long seed;
    private final long regionLength;
    private final SlotSet damaged;
    private final SlotSet deferred;
    private final SlotSet unreadable;
    private long checked;
    private long bad;
    private long later;
    private long excusedCount;

    /**
     * @param table        the slots
     * @param region       the payloads
     * @param seed         the store's seed
     * @param regionLength bytes
     * @param damaged      told of records whose payload does not match
     * @param unreadable   told of those among them whose payload cannot be read
     * @param deferred     told of records that were not checked; null: check all
     */
    public PayloadCheck(SlotTable table, Memory region, long seed, long regionLength, SlotSet damaged,
                        SlotSet unreadable, SlotSet deferred) {
        this.table = table;
        this.region = region;
        this.seed = seed;
        this.regionLength = regionLength;
        this.damaged = damaged;
        this.unreadable = unreadable;
        this.deferred = deferred;
    }

    /**
     * Compares a few payloads, from all over the table, in a moment that does not grow with the store.
     *
     * @param table  the slots
     * @param region the payloads
     * @param seed   the store's seed
     * @param limit  slots to look at
     * @return whether all of them are intact
     */
    public static boolean spotCheck(SlotTable table, Memory region, long seed, long limit) {
        SlotReader reader = new SlotReader(table, seed, region.size());
        PayloadReader payloads = new PayloadReader(region);
        long stretch = Math.max(64, limit / SAMPLE & -64);
        for (long start = 0; start < limit; start += stretch) {
            long end = Math.min(limit, start + Math.min(stretch, SPOT_SLOTS));
            for (long slot = start; slot < end; slot += reader.runLength()) {
                if (reader.read(slot) == SlotReader.State.RECORD && reader.length() > 0
                        && reader.length() <= SPOT_BYTES) {
                    if (payloads.read(reader.offset(), reader.length(), reader.payloadChecksum())
                            != PayloadReader.Finding.INTACT) {
                        return false;
                    }
                    break;
                }
            }
        }
        return true;
    }

    /**
     * Runs the pass.
     *
     * @param limit     slots to look at
     * @param skip      heads to leave out
     * @param excusable heads whose payload may be torn: a crash explains it. They are always checked and do not count.
     * @param always    heads that are checked whatever the sample
     * @param listener  told the progress
     */
    public void run(long limit, LongPredicate skip, LongPredicate excusable, LongPredicate always,
                    RecoveryListener listener) {
        ParallelScan.run(limit, ParallelScan.BLOCK, RecoveryListener.Phase.VERIFY, listener,
                () -> new Pass(skip, excusable, always));
    }

    private final class Pass implements ParallelScan.Worker {
        private final SlotReader reader = new SlotReader(table, seed, regionLength);
        private final PayloadReader payloads = new PayloadReader(region);
        private final LongPredicate skip;
        private final LongPredicate excusable;
        private final LongPredicate always;

        Pass(LongPredicate skip, LongPredicate excusable, LongPredicate always) {
            this.skip = skip;
            this.excusable = excusable;
            this.always = always;
        }

        /** A memory error is rare: a block that has one is walked again, and each of its payloads probed. */
        @Override
        public void scan(long from, long to) {
            try {
                scan(from, to, false);
            } catch (InternalError e) {
                scan(from, to, true);
            }
        }

        private void scan(long from, long to, boolean careful) {
            long passed = 0;
            long failed = 0;
            long put = 0;
            long torn = 0;
            for (long slot = from; slot < to; slot += reader.runLength()) {
                if (reader.read(slot) != SlotReader.State.RECORD || reader.length() == 0 || skip.test(slot)) {
                    continue;
                }
                boolean excused = excusable.test(slot);
                if (deferred != null && !excused && (passed + failed + put) % SAMPLE != 0 && !always.test(slot)) {
                    deferred.add(slot);
                    put++;
                } else if (careful ? read(slot) : payloads.matches(reader.offset(), reader.length(),
                        reader.payloadChecksum())) {
                    passed++;
                } else {
                    damaged.add(slot);
                    failed += excused ? 0 : 1;
                    torn += excused ? 1 : 0;
                }
            }
            LateFaults.raise();
            synchronized (PayloadCheck.this) {
                checked += passed + failed;
                bad += failed;
                later += put;
                excusedCount += torn;
            }
        }

        private boolean read(long slot) {
            PayloadReader.Finding finding = payloads.read(reader.offset(), reader.length(), reader.payloadChecksum());
            if (finding == PayloadReader.Finding.UNREADABLE) {
                unreadable.add(slot);
            }
            if (finding == PayloadReader.Finding.INTACT) {
                damaged.remove(slot); // where the first walk compared it with bytes that it could not read
                return true;
            }
            return false;
        }
    }

    /** @return payloads compared, those with an excuse left out */
    public long checked() {
        return checked;
    }

    /** @return of these, how many do not match */
    public long damagedCount() {
        return bad;
    }

    /** @return whether any payload does not match, excused or not */
    public boolean foundMismatch() {
        return bad + excusedCount > 0;
    }

    /** @return payloads to be compared at their first read */
    public long deferredCount() {
        return later;
    }

    /** @return the contents in one word */
    public Decision.Contents contents() {
        if (bad == 0) {
            return Decision.Contents.INTACT;
        }
        return bad == checked ? Decision.Contents.LOST : Decision.Contents.DAMAGED;
    }
}
