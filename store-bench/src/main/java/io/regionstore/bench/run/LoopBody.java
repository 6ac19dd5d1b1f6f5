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
                      Histogram histogram) {
        long sum = 0;
        for (long turn = from; turn < to; turn++) {
            long due = start + (long) (turn * interval);
            while (System.nanoTime() - due < 0) {
                Thread.onSpinWait();
            }
            sum += step.run(keys.key(turn), turn);
            histogram.recordValue(Math.min(Math.max(0, System.nanoTime() - due), Measure.HIGHEST));
        }
        sink += sum;
    }

    @Override
    public long sink() {
        return sink;
    }
}
