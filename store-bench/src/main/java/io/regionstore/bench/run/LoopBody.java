package io.regionstore.bench.run;

import org.HdrHistogram.Histogram;

/** The loops. Never used itself, only in copies of its class: see {@link Loops}. */
final class LoopBody implements Loop {
    private long sink;

    @Override
    public void run(Step step, KeySequence keys, long from, long to) {
        long sum = 0;
        for (long turn = from; turn < to; turn++) {
            sum += step.run(keys.key(turn), turn);
        }
        sink += sum;
    }

    @Override
    public void timed(Step step, KeySequence keys, long from, long to, Histogram histogram) {
        long sum = 0;
        for (long turn = from; turn < to; turn++) {
            long key = keys.key(turn);
            long start = System.nanoTime();
            sum += step.run(key, turn);
            long nanos = System.nanoTime() - start;
            histogram.recordValue(Math.min(nanos, Measure.HIGHEST));
        }
        sink += sum;
    }

    @Override
    public void paced(Step step, KeySequence keys, long from, long to, long start, double interval,
                      Histogram histogram, Stops stops) {
        long sum = 0;
        long last = System.nanoTime();
        for (long turn = from; turn < to; turn++) {
            long due = start + (long) (turn * interval);
            long now = System.nanoTime();
            while (now - due < 0) {
                stops.waiting(now - last);
                last = now;
                Thread.onSpinWait();
                now = System.nanoTime();
            }
            stops.beginning(now - last);
            sum += step.run(keys.key(turn), turn);
            last = System.nanoTime();
            histogram.recordValue(Math.min(Math.max(0, last - due), Measure.HIGHEST));
            stops.done(last - now, last - due);
        }
        sink += sum;
    }

    @Override
    public long sink() {
        return sink;
    }
}
