package io.regionstore.engine;

import io.regionstore.index.RecordIndex;
import io.regionstore.memory.LateFaults;
import io.regionstore.memory.Memory;
import io.regionstore.table.HeaderCopies;
import io.regionstore.table.IntentLines;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotImage;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;

/**
 * Commits in the table's own medium. What a crash leaves of a put, store by store:
 * <ol>
 * <li>payload stored: nothing names it; the old record stands.</li>
 * <li>words of the slot stored: its tail is 0, durably so since before it was handed out: free.</li>
 * <li>tail stored, the <b>commit point</b> where caches are kept: both versions are live, the higher one wins. Where
 *     caches are lost (flushing is on), any part of payload and slot may be durable until the fence; a durable slot with
 *     a torn payload is named by the lane's intent line, so recovery undoes it and the old version stands.</li>
 * <li>fence done, the commit point where caches are lost.</li>
 * <li>old slot's tail := 0: one version is live.</li>
 * </ol>
 * The retirement is durable with the lane's next fence, and only then are slot and extent used again. Until then the
 * key may be deleted, by any lane. If both retirements were durable in the wrong order, a crash would bring back the
 * older version. Therefore a stripe remembers its retirement that may not be durable, whoever commits next in the stripe
 * flushes that line too, and a delete has it fenced <em>before</em> its own store.
 *
 * <p>A fence waits for the flushes of its own thread only, and a lane may change threads between two writes. So no flush
 * is left for a later write's fence: what a lane retired is flushed just before the fence that is to cover it.
 */
final class InPlaceCommit implements CommitProtocol {
    private final SlotTable table;
    private final SlotAllocator slots;
    private final RecordIndex index;
    private final Memory region;
    private final HeaderCopies header;
    private final IntentLines intents;
    private final String resource;
    private final boolean flushRegion;
    private final boolean flushTable;
    private final boolean fenceRegion;

    /**
     * @param flushRegion whether the store's domain needs the region's lines written back
     * @param flushTable  whether it needs the table's lines written back
     * @param fenceRegion whether the two are flushed by different methods, so that no fence covers both
     */
    InPlaceCommit(SlotTable table, SlotAllocator slots, RecordIndex index, Memory region, HeaderCopies header,
                  IntentLines intents, String resource, boolean flushRegion, boolean flushTable,
                  boolean fenceRegion) {
        this.table = table;
        this.slots = slots;
        this.index = index;
        this.region = region;
        this.header = header;
        this.intents = intents;
        this.resource = resource;
        this.flushRegion = flushRegion;
        this.flushTable = flushTable;
        this.fenceRegion = fenceRegion;
    }

    @Override
    public long takeSlot(Lane lane, int runLength) {
        if (!flushTable) {
            return slots.allocate(lane.id, runLength);
        }
        int c = Integer.numberOfTrailingZeros(runLength);
        if (lane.readySlots[c] == NO_SLOT) {
            long first = slots.allocate(lane.id, runLength);
            if (first == SlotAllocator.NONE) {
                return NO_SLOT;
            }
            lane.readySlots[c] = first;
            intents.announce(lane.id, runLength, first);
            fence(lane);
        }
        return lane.readySlots[c];
    }

    @Override
    public void untakeSlot(Lane lane, long slot, int runLength) {
        if (!flushTable) {
            slots.free(lane.id, slot, runLength);
        }
        // otherwise it stays the lane's next one
    }

    @Override
    public void publish(Lane lane, long stripe, long slot, long offset, long length, long old) {
        if (flushRegion && length > 0) {
            region.flush(offset, length);
            if (fenceRegion) {
                region.fence(); // the table's fence is not for it, or there is none
            }
        }
        write(slot, lane.image);
        if (flushTable) {
            int c = Integer.numberOfTrailingZeros(lane.image.runLength());
            table.flush(slot, lane.image.slots());
            flushUnfenced(stripe);
            long following = slots.allocate(lane.id, lane.image.runLength());
            lane.readySlots[c] = following;
            intents.advance(lane.id, lane.image.runLength(), slot, following);
            fence(lane);
        }
    }

    @Override
    public void retire(Lane lane, long stripe, long old) {
        retire(old);
        if (flushTable) {
            lane.unflushed = old;
            index.unfencedRetirement(stripe, old);
        }
    }

    @Override
    public void delete(Lane lane, long stripe, long slot) {
        if (flushTable && flushUnfenced(stripe)) {
            fence(lane); // else this retirement might be durable before that of the version it superseded
        }
        retire(slot);
        if (flushTable) {
            table.flush(slot, 1);
            fence(lane);
        }
    }

    // nothing is acknowledged that the medium did not take: a store that it did not answer comes up before the next step

    private void write(long slot, SlotImage image) {
        try {
            table.write(slot, image);
            LateFaults.raise();
        } catch (InternalError e) {
            throw table.memory().explain(e);
        }
    }

    private void retire(long slot) {
        try {
            table.retire(slot);
            LateFaults.raise();
        } catch (InternalError e) {
            throw table.memory().explain(e);
        }
    }

    private boolean flushUnfenced(long stripe) {
        long unfenced = index.unfencedRetirement(stripe);
        if (unfenced == RecordIndex.NONE) {
            return false;
        }
        table.flush(unfenced, 1);
        index.unfencedRetirement(stripe, RecordIndex.NONE);
        return true;
    }

    private void fence(Lane lane) {
        if (lane.unflushed != NO_SLOT) {
            table.flush(lane.unflushed, 1);
            lane.unflushed = NO_SLOT;
        }
        table.memory().fence();
        lane.fences++;
    }

    @Override
    public long stamp(Lane lane) {
        return lane.fences;
    }

    @Override
    public long reusable(Lane lane) {
        return flushTable ? lane.fences - 1 : Long.MAX_VALUE;
    }

    @Override
    public void settle(Lane lane) {
        if (flushTable) {
            for (int c = 0; c < lane.readySlots.length; c++) {
                if (lane.readySlots[c] != NO_SLOT) {
                    slots.free(lane.id, lane.readySlots[c], 1 << c);
                    lane.readySlots[c] = NO_SLOT;
                    intents.announce(lane.id, 1 << c, NO_SLOT);
                }
            }
            fence(lane);
        }
    }

    @Override
    public void sync() {
        // every commit is durable when it returns
    }

    @Override
    public void writeHeader(StoreHeader next) {
        header.write(next);
    }

    @Override
    public String resource() {
        return resource;
    }

    @Override
    public void close() {
        // the media belong to the engine
    }
}
