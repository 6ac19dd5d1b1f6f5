package io.regionstore.proof;

import java.util.Arrays;

/**
 * What is on the media of a machine at one moment: two memories, in 8-byte words, and a directory of files. Owned by
 * whoever holds it.
 *
 * @param region   words of one memory
 * @param metadata words of the other
 * @param files    the directory; null if the machine has none
 */
public record Image(long[] region, long[] metadata, FileState files) {
    /** Number of the region among the media. */
    public static final int REGION = 0;
    /** Number of the metadata among the media. */
    public static final int METADATA = 1;

    /** @return zeros, no files */
    public static Image blank(int regionBytes, int metadataBytes) {
        return new Image(new long[regionBytes / 8], new long[metadataBytes / 8], null);
    }

    /** @return the same memories beside these files */
    public Image with(FileState other) {
        return new Image(region, metadata, other);
    }

    /** @return the words of a memory, not copied */
    public long[] words(int medium) {
        return medium == REGION ? region : metadata;
    }

    /** @return the same, independent of this */
    public Image copy() {
        return new Image(region.clone(), metadata.clone(), files == null ? null : files.copy());
    }

    /** @return of the contents, so that equal images are recovered once */
    public long fingerprint() {
        return (long) Arrays.hashCode(region) << 32 ^ Arrays.hashCode(metadata) * 0x9E3779B97F4A7C15L
                ^ Arrays.stream(metadata).reduce(17, (a, b) -> (a ^ b) * 0x100000001B3L)
                ^ (files == null ? 0 : files.fingerprint());
    }
}
