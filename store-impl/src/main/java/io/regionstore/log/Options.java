package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.time.Duration;

/**
 * How a metadata directory works.
 *
 * @param synced         whether an LSN is durable once it is synced to the medium; if not, once it is written to the
 *                       kernel, which survives the death of the process only: if the kernel dies as well, what is left
 *                       may have holes, and is then refused as corrupt or truncated
 * @param relaxed        zero: nothing is written before someone waits for it; else a thread makes all appends durable at
 *                       this interval
 * @param acceptRestored whether a copy of the directory is opened
 * @param bufferBytes    each of two buffers; also the longest frame; at most {@code stepBytes}
 * @param stepBytes      by which a log is made longer; a multiple of 4096, up to 16 MiB
 * @param imageBytes     length of the logs from which an image is due
 */
public record Options(boolean synced, Duration relaxed, boolean acceptRestored, int bufferBytes, int stepBytes,
                      long imageBytes) {
    /** Synced, not relaxed, copies refused; 256 KiB buffers, steps of 1 MiB, an image for 64 MiB of log. */
    public static final Options DEFAULT = new Options(true, Duration.ZERO, false, 256 << 10, 1 << 20, 64L << 20);

    /** Checks the ranges. */
    public Options {
        if (relaxed.isNegative() || stepBytes < LogHeader.STEP_UNIT || stepBytes > LogHeader.MAX_STEP
                || stepBytes % LogHeader.STEP_UNIT != 0 || bufferBytes > stepBytes || bufferBytes % 8 != 0
                || bufferBytes < FrameDescriptor.PAYLOAD_OFFSET + FrameDescriptor.STORE_HEADER_LENGTH
                || imageBytes < 0) {
            throw new RegionStoreException(ErrorCode.INVALID_ARGUMENT, "log options out of range: relaxed " + relaxed
                    + ", buffer " + bufferBytes + ", step " + stepBytes + ", image " + imageBytes);
        }
    }

    /** @return the same, synced or not */
    public Options withSynced(boolean value) {
        return new Options(value, relaxed, acceptRestored, bufferBytes, stepBytes, imageBytes);
    }

    /** @return the same, relaxed or not */
    public Options withRelaxed(Duration value) {
        return new Options(synced, value, acceptRestored, bufferBytes, stepBytes, imageBytes);
    }

    /** @return the same, taking copies or not */
    public Options withAcceptRestored(boolean value) {
        return new Options(synced, relaxed, value, bufferBytes, stepBytes, imageBytes);
    }

    /** @return the same, with buffers and steps of these lengths */
    public Options withSizes(int buffer, int step) {
        return new Options(synced, relaxed, acceptRestored, buffer, step, imageBytes);
    }

    /** @return the same, with an image due after this length of log */
    public Options withImageBytes(long value) {
        return new Options(synced, relaxed, acceptRestored, bufferBytes, stepBytes, value);
    }
}
