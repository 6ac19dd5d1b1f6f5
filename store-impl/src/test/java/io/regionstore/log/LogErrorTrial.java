package io.regionstore.log;

import io.regionstore.RegionStoreException;
import io.regionstore.faults.ErrorTrial;
import io.regionstore.proof.SimulatedFiles;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * One use of a metadata directory that an Error interrupts. Afterwards everything that was durable is there, the directory
 * takes commits or refuses them with its own exception, whoever waits is answered, closing it releases its files, and it
 * opens again.
 */
public final class LogErrorTrial implements ErrorTrial {
    private static final int SLOTS = 256;
    private static final Options OPTIONS = Options.DEFAULT.withSizes(4096, 4096).withImageBytes(4096);
    private static final long MILLIS = 20_000;

    private interface Action {
        void run() throws Exception;
    }

    private final String what;
    private final SimulatedFiles files = new SimulatedFiles();
    private final TestTable table = new TestTable(SLOTS);
    private MetadataDirectory directory;
    private boolean created;
    private int appended;
    /** What was acknowledged. */
    private final boolean[] durable = new boolean[SLOTS];

    /** @param what is done */
    public LogErrorTrial(String what) {
        this.what = what;
    }

    @Override
    public void prepare() {
        if (what.equals("create")) {
            return;
        }
        create();
        if (what.equals("start new")) {
            return;
        }
        directory.start();
        for (int i = 0; i < 20; i++) {
            commit();
        }
        if (what.equals("open") || what.equals("start") || what.equals("close unstarted")) {
            directory.close();
            if (!what.equals("open")) {
                open();
            }
        }
    }

    @Override
    public Predicate<Thread> threads() {
        return what.equals("relaxed") ? thread -> thread.getName().equals("regionstore-log") : ErrorTrial.super.threads();
    }

    private void create() {
        directory = MetadataDirectory.create(files, new UUID(1, 2), SLOTS, TestTable.header(1),
                what.equals("relaxed") ? OPTIONS.withRelaxed(Duration.ofMillis(1)) : OPTIONS);
        created = true;
    }

    private void open() {
        directory = MetadataDirectory.open(files, new TestTable(SLOTS), OPTIONS);
    }

    private static MemorySegment slot(int value) {
        return MemorySegment.ofArray(new long[] {value, value, value, value});
    }

    private void append() {
        int slot = appended++;
        directory.append(slot(slot + 1), 0, slot, 1, -1);
        table.write(slot, slot(slot + 1));
    }

    /** Only what returns was promised. */
    private void commit() {
        int slot = appended++;
        directory.awaitDurable(directory.append(slot(slot + 1), 0, slot, 1, -1));
        table.write(slot, slot(slot + 1));
        durable[slot] = true;
    }

    @Override
    public void act() {
        switch (what) {
            case "create" -> create();
            case "start", "start new" -> directory.start();
            case "open" -> open();
            case "append" -> append();
            case "commit" -> commit();
            case "header" -> directory.awaitDurable(directory.appendHeader(TestTable.header(2)));
            case "fill" -> { // the buffer, and the room of the log
                for (int i = 0; i < 120; i++) {
                    append();
                }
            }
            case "relaxed" -> {
                append();
                long deadline = System.nanoTime() + 100_000_000; // while the Error lasts, nothing becomes durable
                while (!directory.failed() && directory.durableLsn() < directory.lastLsn()
                        && System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }
            }
            case "image" -> directory.writeImage(table);
            case "close", "close unstarted" -> directory.close();
            default -> throw new AssertionError(what);
        }
    }

    @Override
    public void check(Throwable thrown) throws Exception {
        if (thrown != null && !(thrown instanceof Error) && !(thrown instanceof RegionStoreException)) {
            throw new AssertionError("thrown: " + thrown, thrown);
        }
        if (what.equals("relaxed")) {
            answered("the next interval", () -> {
                append();
                long last = directory.lastLsn();
                while (!directory.failed() && directory.durableLsn() < last) {
                    Thread.onSpinWait();
                }
            });
        }
        if (created && directory != null && !what.startsWith("close")) {
            if (!what.equals("create") && !what.equals("open") && !what.startsWith("start")) {
                answered("another commit", this::commit);
                answered("an image", () -> directory.writeImage(table));
            }
        }
        if (directory != null) {
            answered("close", directory::close);
            answered("close again", directory::close);
        }
        boolean noStack = thrown instanceof StackOverflowError
                || thrown != null && thrown.getCause() instanceof StackOverflowError;
        if (!noStack && files.openFiles() != 0) { // closing needs a call; the collector closes a real file later
            throw new AssertionError("files are open: " + files.openFiles());
        }
        if (!created && MetadataDirectory.isEmpty(files)) {
            create();
            directory.close();
        }
        TestTable found = new TestTable(SLOTS);
        MetadataDirectory again = MetadataDirectory.open(files, found, OPTIONS);
        for (int slot = 0; slot < SLOTS; slot++) {
            if (durable[slot] && MemorySegment.ofArray(found.bytes).asSlice(slot * 32L, 32).mismatch(slot(slot + 1)) >= 0) {
                throw new AssertionError("slot " + slot + " was durable and is lost");
            }
        }
        again.start();
        again.awaitDurable(again.appendRetire(SLOTS - 1));
        again.writeImage(found);
        again.close();
        MetadataDirectory.open(files, new TestTable(SLOTS), OPTIONS).close();
    }

    /** By another thread, in time: it goes well, or the directory says why not. */
    private static void answered(String name, Action action) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                action.run();
            } catch (RegionStoreException e) {
                // it refuses
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        thread.join(MILLIS);
        if (thread.isAlive()) {
            AssertionError hangs = new AssertionError(name + " hangs");
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        }
        if (failure.get() != null) {
            throw new AssertionError(name + ": " + failure.get(), failure.get());
        }
    }
}
