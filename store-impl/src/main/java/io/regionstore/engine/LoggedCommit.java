package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import io.regionstore.log.ImageSource;
import io.regionstore.log.LogFiles;
import io.regionstore.log.MetadataDirectory;
import io.regionstore.memory.Memory;
import io.regionstore.table.SlotAllocator;
import io.regionstore.table.SlotDescriptor;
import io.regionstore.table.SlotTable;
import io.regionstore.table.StoreHeader;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Commits through a redo log; the table is in ordinary memory. What a crash leaves of a put:
 * <ol>
 * <li>payload stored, and durable where the domain asks for it: nothing names it; the old record stands.</li>
 * <li>frame appended, not durable: as before, or, if it reached the medium by itself, the new record stands, whole.</li>
 * <li>frame durable, the <b>commit point</b>: the new record stands. The frame retires the old slot too, so there are
 *     never two.</li>
 * <li>table changed in memory: nothing more to lose.</li>
 * </ol>
 * With relaxed commits the table changes before the frame is durable; slots and extents are used again only after, so
 * what a crash leaves is a prefix of what was acknowledged, with its payloads.
 */
final class LoggedCommit implements CommitProtocol, ImageSource {
    private final SlotTable table;
    private final SlotAllocator slots;
    private final Memory region;
    private final MetadataDirectory directory;
    private final LogFiles.Lock lock;
    private final Lanes lanes;
    private final Health health;
    private final boolean flushRegion;
    private final boolean relaxed;
    private final String resource;
    private final Thread imageWriter;
    private final ImageRetries retries = new ImageRetries();
    private volatile boolean closed;
    private volatile boolean writingImage;

    LoggedCommit(SlotTable table, SlotAllocator slots, Memory region, MetadataDirectory directory, LogFiles.Lock lock,
                 Lanes lanes, Health health, boolean flushRegion, boolean relaxed, String resource) {
        this.table = table;
        this.slots = slots;
        this.region = region;
        this.directory = directory;
        this.lock = lock;
        this.lanes = lanes;
        this.health = health;
        this.flushRegion = flushRegion;
        this.relaxed = relaxed;
        this.resource = resource;
        imageWriter = Thread.ofPlatform().daemon().name("regionstore-image").unstarted(this::writeImages);
    }

    /** Begins to write images when they are due. */
    void start() {
        imageWriter.start();
    }

    /** Survives everything: without this thread the log would grow for ever. It ends with the store or with the log. */
    private void writeImages() {
        while (!closed) { // no call outside of what is caught
            try {
                if (directory.failed()) {
                    return;
                }
                if (imageDue()) {
                    writeImage();
                } else {
                    LockSupport.parkNanos(this, retries.untilNextLook());
                }
                lookAtLog();
            } catch (Throwable t) {
                try {
                    retries.failed(t);
                    tell(t);
                } catch (Throwable again) {
                    // no memory for a message: the next failure tells it
                }
            }
        }
    }

    private void writeImage() {
        writingImage = true;
        try {
            directory.writeImage(this);
            retries.succeeded();
        } finally {
            writingImage = false;
        }
    }

    private void lookAtLog() {
        if (retries.isOverdueNews(directory.overdue())) {
            health.report(retries.code(), resource + ": expected a log of which an image is written now and then, found one"
                    + " of " + directory.logBytes() + " bytes behind the last image, since no image could be written ("
                    + retries.cause() + "); writes are slowed once it is " + ImageRetries.SLOW + " times as long as it"
                    + " should be; mend the cause, and the log is cut by itself", retries.cause());
        }
    }

    private void tell(Throwable t) {
        health.report(retries.code(), resource + ": an image of the slot table could not be written (" + t
                + "); commits go on, the log gets longer, and it is tried again until it succeeds", t);
    }

    /** What goes wrong in the threads of the log, and is tried again by them. */
    void tellLog(Throwable t) {
        ErrorCode code = t instanceof RegionStoreException e ? e.code() : ErrorCode.IO_ERROR;
        health.report(code, resource + ": relaxed commits could not be made durable in time (" + t + "); it is tried again"
                + " after the next interval, unless the log has failed", t);
    }

    private boolean imageDue() {
        return directory.imageDue() && retries.isTime() && !directory.failed();
    }

    @Override
    public void awaitQuiet() {
        while (!closed && (imageDue() || writingImage)) {
            LockSupport.unpark(imageWriter); // a sync makes an image due as well, and leaves it to the next append
            Thread.onSpinWait();
        }
    }

    private void afterAppend() {
        // While an image is written it stays due: to wake its writer then, who sleeps between looks at the lanes, would
        // cost every put a wake-up. The writer looks once more when it has said that it is done.
        if (!writingImage && imageDue()) {
            LockSupport.unpark(imageWriter);
        }
    }

    /** While the log is overdue. Holds a lane, and no lock: an image that waits for the lanes waits for one pause more. */
    private void slowDown() {
        long nanos = retries.delayNanos();
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    @Override
    public long takeSlot(Lane lane, int runLength) {
        slowDown();
        while (true) {
            long limit = slots.limit();
            long slot = slots.allocate(lane.id, runLength);
            if (slot != SlotAllocator.NONE || !slots.grow(limit)) {
                return slot;
            }
        }
    }

    @Override
    public void untakeSlot(Lane lane, long slot, int runLength) {
        slots.free(lane.id, slot, runLength);
    }

    @Override
    public void publish(Lane lane, long stripe, long slot, long offset, long length, long old) {
        if (flushRegion && length > 0) {
            region.flush(offset, length);
            region.fence(); // the payload goes first: a frame may become durable at any time
        }
        lane.lastLsn = directory.append(lane.image.segment(), 0, slot, lane.image.slots(), old);
        if (!relaxed) {
            directory.awaitDurable(lane.lastLsn);
        }
        table.write(slot, lane.image);
        afterAppend();
    }

    @Override
    public void retire(Lane lane, long stripe, long old) {
        table.retire(old);
    }

    @Override
    public void delete(Lane lane, long stripe, long slot) {
        slowDown();
        lane.lastLsn = directory.appendRetire(slot);
        if (!relaxed) {
            directory.awaitDurable(lane.lastLsn);
        }
        table.retire(slot);
        afterAppend();
    }

    @Override
    public long stamp(Lane lane) {
        return lane.lastLsn;
    }

    @Override
    public long reusable(Lane lane) {
        return directory.durableLsn();
    }

    @Override
    public void settle(Lane lane) {
        directory.awaitDurable(lane.lastLsn);
    }

    @Override
    public void sync() {
        directory.sync();
    }

    @Override
    public void writeHeader(StoreHeader header) {
        directory.awaitDurable(directory.appendHeader(MemorySegment.ofArray(header.encode())));
    }

    @Override
    public String resource() {
        return resource;
    }

    /** A write holds its lane from before its append until after its change of the table. */
    @Override
    public void awaitApplied(long lsn) {
        if (!closed) {
            lanes.quiesce();
        }
    }

    @Override
    public long tableSlots() {
        return slots.limit();
    }

    @Override
    public long usedSlots() {
        return slots.limit();
    }

    @Override
    public void copy(long firstSlot, MemorySegment destination) {
        table.memory().copyOut(firstSlot * SlotDescriptor.SLOT_LENGTH, destination, 0, destination.byteSize());
    }

    @Override
    public void close() {
        try {
            endImages();
        } finally {
            try {
                directory.close();
            } finally {
                lock.close();
            }
        }
    }

    private void endImages() {
        closed = true;
        LockSupport.unpark(imageWriter);
        boolean interrupted = false;
        while (imageWriter.isAlive()) {
            try {
                imageWriter.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
