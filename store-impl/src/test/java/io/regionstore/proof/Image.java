package io.regionstore.proof;

import java.util.Arrays;

/** The bytes of the two media at one moment, in 8-byte words. Owned by whoever holds it. */
public record Image(long[] region, long[] metadata) {
    /** Number of the region among the media. */
    public static final int REGION = 0;
    /** Number of the metadata among the media. */
    public static final int METADATA = 1;

    /** @return zeros */
    public static Image blank(int regionBytes, int metadataBytes) {
        return new Image(new long[regionBytes / 8], new long[metadataBytes / 8]);
    }

    long[] words(int medium) {
        return medium == REGION ? region : metadata;
    }

    Image copy() {
        return new Image(region.clone(), metadata.clone());
    }

    /** Of the contents, so that equal images are recovered once. */
    long fingerprint() {
        return (long) Arrays.hashCode(region) << 32 ^ Arrays.hashCode(metadata) * 0x9E3779B97F4A7C15L
                ^ Arrays.stream(metadata).reduce(17, (a, b) -> (a ^ b) * 0x100000001B3L);
    }
}
