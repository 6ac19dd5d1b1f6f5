package io.regionstore;

/** How payloads are compared with their checksums when a store is opened after a boot, or in another place. */
public enum PayloadVerification {
    /** Every payload, before the store opens. The default. */
    FULL,
    /**
     * A sample before the store opens, each of the others at its first read. A damaged record is then found late: its
     * read throws CONTENTS_DAMAGED.
     */
    SAMPLED
}
