package io.regionstore;

import java.time.Duration;
import java.util.List;

/**
 * What recovery found and did.
 *
 * @param verdict          the labelled outcome
 * @param kept             records that are live
 * @param rolledBack       slots undone: superseded versions, and commits that were never acknowledged
 * @param rejected         slots whose own checksum does not match
 * @param payloadsVerified payloads compared with their checksums
 * @param payloadsDeferred payloads that are compared at their first read
 * @param damaged          records whose payload does not match its checksum, at most {@value #MAX_LISTED}
 * @param damagedCount     how many there are in all
 * @param notes            findings in words: a repaired header, a moved device
 * @param duration         time from the start of opening until the store was ready
 */
public record RecoveryReport(Verdict verdict, long kept, long rolledBack, long rejected, long payloadsVerified,
                             long payloadsDeferred, List<DamagedRecord> damaged, long damagedCount,
                             List<String> notes, Duration duration) {
    /** Longest list of damaged records in a report. */
    public static final int MAX_LISTED = 1000;

    /** Copies the lists. */
    public RecoveryReport {
        damaged = List.copyOf(damaged);
        notes = List.copyOf(notes);
    }

    /**
     * A record whose payload is not what was written.
     *
     * @param key     the key in words: a number, or text, or hexadecimal digits
     * @param version its version
     * @param offset  bytes from the start of the region
     * @param length  bytes
     */
    public record DamagedRecord(String key, long version, long offset, long length) {
    }
}
