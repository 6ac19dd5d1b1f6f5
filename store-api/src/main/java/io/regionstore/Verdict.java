package io.regionstore;

/** What recovery says of a store. */
public enum Verdict {
    /** The store was just created. */
    CREATED,
    /** Closed properly, and nothing has changed since. */
    CLEAN,
    /** Not closed; brought back to what was acknowledged. */
    RECOVERED,
    /** The region was found in another place (another device, or another path) with its contents, and opened there. */
    MOVED,
    /** The region is another one than the metadata describes; refused. */
    WRONG_DEVICE,
    /** The region is smaller than it was; refused. */
    SHRUNK,
    /** No payload matches its checksum; refused unless damaged records are to be dropped. */
    CONTENTS_LOST,
    /** Some records are damaged; refused unless damaged records are to be dropped. */
    CONTENTS_DAMAGED
}
