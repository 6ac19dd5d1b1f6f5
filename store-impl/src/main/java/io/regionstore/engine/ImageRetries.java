package io.regionstore.engine;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;

/**
 * What follows from images that fail: when the next one is tried, when the log counts as overdue, and how much writers are
 * slowed, so that the log cannot outgrow its file system at full speed. Written by the thread that writes images; read by
 * writers, for whom it is one load.
 */
final class ImageRetries {
    /** How many times as long as it should be the log is when that is told. */
    static final int OVERDUE = 4;
    /** How many times as long as it should be the log is when writers are slowed. */
    static final int SLOW = 8;

    private static final long FIRST_RETRY_NANOS = 1_000_000_000L;
    private static final long LAST_RETRY_NANOS = 60_000_000_000L;
    /** The log may have grown meanwhile. */
    private static final long LOOK_NANOS = 250_000_000L;
    private static final long FIRST_DELAY_NANOS = 1_000_000L;
    private static final long LONGEST_DELAY_NANOS = 100_000_000L;

    private volatile boolean failing;
    private volatile long nextTry;
    private volatile long delayNanos;
    private long retryNanos = FIRST_RETRY_NANOS;
    private long toldAt;
    private Throwable cause;

    /** Stores and one look at the clock, so that an Error can be noted too. */
    void failed(Throwable t) {
        cause = t;
        nextTry = System.nanoTime() + retryNanos;
        retryNanos = Math.min(LAST_RETRY_NANOS, 2 * retryNanos);
        failing = true;
    }

    void succeeded() {
        failing = false;
        delayNanos = 0;
        retryNanos = FIRST_RETRY_NANOS;
        toldAt = 0;
        cause = null;
    }

    /** @return whether an image may be tried now */
    boolean isTime() {
        return !failing || System.nanoTime() - nextTry >= 0;
    }

    /** @return nanoseconds until the image thread has something to do, unless it is woken */
    long untilNextLook() {
        return failing ? Math.clamp(nextTry - System.nanoTime(), 1, LOOK_NANOS) : Long.MAX_VALUE;
    }

    /**
     * @param overdue how many times as long as it should be the log is
     * @return whether that is to be told: it is overdue, and has at least doubled since it was told last
     */
    boolean isOverdueNews(long overdue) {
        delayNanos = failing && overdue >= SLOW
                ? Math.min(LONGEST_DELAY_NANOS, FIRST_DELAY_NANOS * (overdue - SLOW + 1)) : 0;
        if (!failing || overdue < OVERDUE || overdue < 2 * toldAt) {
            return false;
        }
        toldAt = overdue;
        return true;
    }

    /** @return nanoseconds that each write waits */
    long delayNanos() {
        return delayNanos;
    }

    /** @return of the last image that failed; null: none has, or one succeeded since */
    Throwable cause() {
        return cause;
    }

    ErrorCode code() {
        return cause instanceof RegionStoreException e ? e.code() : ErrorCode.IO_ERROR;
    }
}
