package io.regionstore.lab.guest;

import io.regionstore.RegionStore;
import io.regionstore.Reservation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Several threads that write at full load until they are killed, while acknowledgements go to a disk outside the guest
 * as soon as they are given. No writer is further ahead of that disk than its workload allows: so what may be old or
 * new after the blow is known.
 */
public final class Writer {
    private static final Path JOURNAL = Path.of("/dev/vdc");
    private static final int WRITERS = 4;
    private static final int KEYS = 1500;
    private static final int WINDOW = 64;
    private static final long WARM = 300;

    private final RegionStore store;
    private final Workload workload;
    private final AtomicLongArray acknowledged = new AtomicLongArray(WRITERS);
    private final long[] reported = new long[WRITERS];

    private Writer(RegionStore store, Workload workload) {
        this.store = store;
        this.workload = workload;
    }

    /**
     * @param args region, metadata, number of the run, seed, a file to make when all writers are well under way
     * @throws IOException if the journal fails
     */
    public static void main(String[] args) throws IOException {
        Workload workload = new Workload(Integer.parseInt(args[2]), Long.decode(args[3]), WRITERS, KEYS, WINDOW);
        try (Journal journal = Journal.open(JOURNAL);
             // the range may hold what the firmware or an earlier kernel left there
             RegionStore store = Media.store(args[0], args[1]).overwriteRegion().openOrCreate()) {
            System.out.println("LAB opened run=" + workload.run() + " verdict=" + store.recovery().verdict());
            journal.begin(workload);
            Writer writer = new Writer(store, workload);
            try {
                writer.run(journal, Path.of(args[4]));
            } catch (IOException e) {
                // kexec takes the disks away before it stops the processors: the store is not closed for that
                System.err.println("acknowledgements no longer leave the guest: " + e);
                new CountDownLatch(1).await();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("writers are only ever killed", e);
        }
    }

    private void run(Journal journal, Path ready) throws IOException {
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            Thread.ofPlatform().daemon().name("writer " + i).uncaughtExceptionHandler(Writer::die)
                    .start(() -> write(writer));
        }
        long[] seen = new long[WRITERS];
        boolean warm = false;
        while (true) {
            Arrays.setAll(seen, acknowledged::get);
            journal.acknowledge(workload.run(), seen);
            synchronized (reported) {
                System.arraycopy(seen, 0, reported, 0, WRITERS);
                reported.notifyAll();
            }
            if (!warm && Arrays.stream(seen).allMatch(count -> count >= WARM)) {
                warm = true;
                System.out.println("LAB writing run=" + workload.run() + " operations=" + Arrays.stream(seen).sum());
                Files.createFile(ready);
            }
        }
    }

    private void write(int writer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment payload = arena.allocate(Workload.MAX_LENGTH);
            MemorySegment[] keys = workload.byteKeys(writer, arena);
            for (long number = 1;; number++) {
                awaitReport(writer, number - 1 - workload.ahead(writer));
                apply(store, workload, writer, workload.operation(writer, number), keys, payload);
                acknowledged.set(writer, number);
            }
        }
    }

    /** Does one operation; the keys are those of {@link Workload#byteKeys}, the buffer holds the longest payload. */
    static void apply(RegionStore store, Workload workload, int writer, Workload.Operation operation,
                      MemorySegment[] keys, MemorySegment buffer) {
        MemorySegment byteKey = keys[operation.key()];
        long longKey = workload.longKey(writer, operation.key());
        switch (operation.kind()) {
            case PUT -> {
                MemorySegment payload = buffer.asSlice(0, operation.length());
                Payload.fill(payload, operation.identity());
                if (byteKey == null) {
                    store.put(longKey, payload);
                } else {
                    store.put(byteKey, payload);
                }
            }
            case RESERVE -> {
                long alignment = RegionStore.GRANULE << (operation.identity() % 10);
                try (Reservation reservation = store.reserve(operation.length(), alignment)) {
                    Payload.fill(reservation.segment(), operation.identity());
                    if (byteKey == null) {
                        reservation.commit(longKey);
                    } else {
                        reservation.commit(byteKey);
                    }
                }
            }
            case DELETE -> {
                if (byteKey == null) {
                    store.delete(longKey);
                } else {
                    store.delete(byteKey);
                }
            }
        }
    }

    private void awaitReport(int writer, long number) {
        synchronized (reported) {
            while (reported[writer] < number) {
                try {
                    reported.wait();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("writers are only ever killed", e);
                }
            }
        }
    }

    private static void die(Thread thread, Throwable cause) {
        cause.printStackTrace();
        System.out.println("LAB failed " + thread.getName() + ": " + cause);
        Runtime.getRuntime().halt(1);
    }
}
