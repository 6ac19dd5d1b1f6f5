package io.regionstore.bench.subject;

/** What can be done with a {@link Subject}. */
public enum Operation {
    /** A value is written under a new key, or appended. */
    INSERT,
    /** A value is written under a key, new or not. */
    PUT,
    /** A value is copied into memory of the caller. */
    GET_COPY,
    /** A value is read where it is; every byte of it is looked at. */
    GET_VIEW,
    /** As GET_VIEW, and the value is compared with its checksum. */
    GET_VERIFIED,
    /** A key and its value are removed. */
    DELETE
}
