package io.regionstore.log;

import io.regionstore.RegionStoreException;
import io.regionstore.faults.ErrorTrial;
import io.regionstore.proof.SimulatedFiles;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Writers that commit all the time, and one thread among them that an Error interrupts, in a commit or while it writes an
 * image: none of the others waits for ever, and what was acknowledged to them is there.
 */
public final class LogCrowdTrial implements ErrorTrial {
    private static final int WRITERS = 3;
    private static final int EACH = 4000;
    private static final Options OPTIONS = Options.DEFAULT.withSizes(1024, 4096);
    private static final long MILLIS = 20_000;

    private final boolean image;
    private final SimulatedFiles files = new SimulatedFiles().syncsTaking(100_000);
    private final TestTable table = new TestTable((WRITERS + 1) * EACH);
    private final AtomicIntegerArray durable = new AtomicIntegerArray(WRITERS);
    private final List<Thread> writers = new ArrayList<>();
    private MetadataDirectory directory;
    private volatile boolean over;
    private volatile Throwable failure;

    /** @param what the one thread does: {@code image} or {@code commit} */
    public LogCrowdTrial(String what) {
        image = what.equals("image");
    }

    @Override
    public void prepare() {
        directory = MetadataDirectory.create(files, new UUID(1, 2), table.tableSlots(), TestTable.header(1), OPTIONS);
        directory.start();
        for (int w = 0; w < WRITERS; w++) {
            int writer = w;
            writers.add(Thread.ofPlatform().daemon().start(() -> write(writer)));
        }
        while (durable.get(0) < 3) {
            Thread.onSpinWait();
        }
    }

    private static MemorySegment slot(long value) {
        return MemorySegment.ofArray(new long[] {value, value, value, value});
    }

    private void write(int writer) {
        try {
            for (int i = 0; !over && i < EACH; i++) {
                int slot = writer * EACH + i;
                long lsn = directory.append(slot(slot + 1), 0, slot, 1, -1);
                table.write(slot, slot(slot + 1));
                directory.awaitDurable(lsn);
                durable.set(writer, i + 1);
            }
        } catch (RegionStoreException e) {
            // the log has ended, and says so
        } catch (Throwable t) {
            failure = t;
        }
    }

    @Override
    public void act() {
        if (image) {
            directory.writeImage(table);
        } else {
            for (int i = 0; i < 3; i++) {
                directory.awaitDurable(directory.append(slot(1), 0, WRITERS * EACH + i, 1, -1));
            }
        }
    }

    @Override
    public void check(Throwable thrown) throws Exception {
        int before = durable.get(0);
        while (!directory.failed() && writers.get(0).isAlive() && durable.get(0) < before + 2) {
            Thread.onSpinWait(); // the walk says when this takes too long
        }
        over = true;
        for (Thread writer : writers) {
            writer.join(MILLIS);
            if (writer.isAlive()) {
                AssertionError hangs = new AssertionError("a writer waits for ever");
                hangs.setStackTrace(writer.getStackTrace());
                throw hangs;
            }
        }
        if (failure != null) {
            throw new AssertionError("a writer: " + failure, failure);
        }
        try {
            directory.close();
        } catch (RegionStoreException e) {
            // the log had failed
        }
        if (files.openFiles() != 0) {
            directory.close();
        }
        TestTable found = new TestTable((int) table.tableSlots());
        MetadataDirectory.open(files, found, OPTIONS).close();
        for (int w = 0; w < WRITERS; w++) {
            for (int i = 0; i < durable.get(w); i++) {
                int slot = w * EACH + i;
                if (MemorySegment.ofArray(found.bytes).asSlice(slot * 32L, 32).mismatch(slot(slot + 1)) >= 0) {
                    throw new AssertionError("slot " + slot + " was durable and is lost");
                }
            }
        }
    }
}
