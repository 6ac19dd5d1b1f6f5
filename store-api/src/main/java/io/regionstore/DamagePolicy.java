package io.regionstore;

/** What opening does when records are damaged. */
public enum DamagePolicy {
    /** Throw CONTENTS_LOST or CONTENTS_DAMAGED with a report that names the records, and change nothing. The default. */
    REFUSE,
    /** Drop the damaged records from the metadata, name them in the report, and serve the others. */
    DROP
}
