package io.regionstore.cli.demo;

import io.regionstore.RegionStore;
import io.regionstore.SpaceReport;
import io.regionstore.cli.CommandFailure;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The JVM that the demo kills. It ends by itself only when its parent is gone or forgot to kill it. */
@Command(name = "demo-writer", hidden = true, description = "Started by the demo.")
public final class DemoWriterCommand implements Callable<Integer> {
    /** Exit status when nobody killed this process in time. */
    static final int NOT_KILLED = 3;

    private static final int MOST_KEYS = 50_000;
    private static final int FEWEST_KEYS = 64;

    @Mixin
    private StoreOptions options;

    @Option(names = "--ledger", required = true)
    private Path ledgerFile;

    @Option(names = "--at-most", required = true, description = "seconds until it ends by itself")
    private int atMost;

    @Override
    public Integer call() throws Exception {
        haltWithParent();
        try (Ledger ledger = Ledger.open(ledgerFile)) {
            try (RegionStore store = options.builder().openOrCreate(); Arena arena = Arena.ofShared()) {
                empty(store);
                write(store, ledger, arena);
                return NOT_KILLED;
            } catch (Throwable t) {
                ledger.failed();
                throw t;
            }
        }
    }

    private void empty(RegionStore store) {
        if (store.size() != 0 && !options.overwrite) {
            throw new CommandFailure(options.metadata + ": holds a store with " + store.size()
                    + " records; the demo deletes them only with --overwrite");
        }
        StoredKeys.deleteAll(store);
    }

    private void write(RegionStore store, Ledger ledger, Arena arena) throws Exception {
        SpaceReport space = store.space();
        long seed = options.seed;
        JdkFiles jdk = JdkFiles.find(space.regionBytes(), seed);
        long keys = keys(space);
        List<Writer> writers = new ArrayList<>();
        if (!jdk.files().isEmpty()) {
            writers.add(new FileWriter(store, ledger, jdk, arena));
        }
        writers.add(new AgronaWriter(store, ledger, seed, keys));
        writers.add(new ChronicleWriter(store, ledger, seed, keys, arena));
        writers.add(new PutWriter(store, ledger, seed, keys, arena));
        ledger.running(space.regionBytes(), keys);
        runAll(writers);
    }

    /** As many keys as leave most of a small region, and of a small slot table, free. */
    static long keys(SpaceReport space) {
        return Math.clamp(Math.min(space.regionBytes() / 16_384, space.slotCapacity() / 64), FEWEST_KEYS, MOST_KEYS);
    }

    /** Runs each writer in a thread. When one fails the others stop: the store is closed after the last has. */
    private void runAll(List<Writer> writers) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(atMost);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (Writer writer : writers) {
            threads.add(Thread.ofPlatform().name(writer.getClass().getSimpleName()).start(() -> {
                try (writer) {
                    writer.run(deadline, () -> failure.get() != null);
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        switch (failure.get()) {
            case null -> { }
            case Exception e -> throw e;
            case Throwable t -> throw new IllegalStateException(t);
        }
    }

    /** Standard input is a pipe from the parent: it ends when the parent does, however that happened. */
    private static void haltWithParent() {
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // nothing is ever written
                }
            } catch (IOException e) {
                // a broken pipe is an ended one
            }
            Runtime.getRuntime().halt(NOT_KILLED);
        });
    }
}
