package io.regionstore.lab.guest;

import io.regionstore.RecoveryListener;
import io.regionstore.RecoveryListener.Phase;
import io.regionstore.RegionStore;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/**
 * Opens a store and stops itself, all its threads at once, at a random moment inside recovery: what is on the media then
 * is what a kernel that was replaced in that moment would have left.
 */
public final class Opener implements RecoveryListener {
    private static final long LOOKING_NANOS = 20_000_000;
    private static final long ACTING_NANOS = 8_000_000;

    private final Runnable stop = Posix.stopper();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final Phase phase;
    private final double part;
    private final long nanos;
    private volatile String last = "none";

    /**
     * @param acting whether to stop when recovery has looked at everything and begins to act
     * @param seed   of the moment
     */
    private Opener(boolean acting, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Phase[] looking = {Phase.SCAN, Phase.INDEX, Phase.VERIFY};
        phase = acting ? Phase.VERIFY : looking[random.nextInt(looking.length)];
        part = acting ? 1 : random.nextDouble(0.9);
        nanos = random.nextLong(acting ? ACTING_NANOS : LOOKING_NANOS);
    }

    /**
     * @param args region, metadata, {@code looking} or {@code acting}, a seed
     * @throws InterruptedException never
     */
    public static void main(String[] args) throws InterruptedException {
        Opener opener = new Opener(args[2].equals("acting"), Long.decode(args[3]));
        Thread.ofPlatform().daemon().name("stop").start(opener::stop);
        try (RegionStore store = Media.store(args[0], args[1]).listener(opener).open()) {
            System.out.println("LAB opened verdict=" + store.recovery().verdict());
            new CountDownLatch(1).await();
        }
    }

    @Override
    public void progress(Phase now, long done, long total) {
        last = now + "-" + done + "/" + total;
        if (now == phase && done >= part * total) {
            reached.countDown();
        }
    }

    private void stop() {
        try {
            reached.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts", e);
        }
        long moment = System.nanoTime() + nanos;
        System.out.println("LAB interrupted phase=" + phase + " after=" + last + " nanos=" + nanos);
        while (System.nanoTime() - moment < 0) {
            Thread.onSpinWait();
        }
        stop.run();
    }
}
