package io.regionstore;

/** The cause of a {@link RegionStoreException}, for programs to switch on. */
public enum ErrorCode {
    /** An argument is outside its documented range. */
    INVALID_ARGUMENT,
    /** The path does not exist, or no device covers the physical range. */
    NOT_FOUND,
    /** {@code create} found a store where it was told to make one. */
    ALREADY_EXISTS,
    /** A character device was expected and something else was found. */
    NOT_A_DEVICE,
    /** A device or a file was expected and a directory was found. */
    IS_A_DIRECTORY,
    /** A directory was expected and something else was found. */
    NOT_A_DIRECTORY,
    /** The path is a symbolic link; links are never followed. */
    SYMBOLIC_LINK,
    /**
     * The dax device is bound to no driver, or to another one: with {@code kmem} its bytes are system RAM. The message says
     * what became of the contents.
     */
    WRONG_DRIVER,
    /** The dax device consists of several physical ranges; a store needs one. */
    SEVERAL_RANGES,
    /** The process may not open, map or lock the resource. */
    PERMISSION_DENIED,
    /** An offset or a length is not a multiple of the device's alignment. */
    MISALIGNED,
    /** A length of zero where bytes are needed. */
    EMPTY_RANGE,
    /** A slice ends past the end of its device or file. */
    OUT_OF_BOUNDS,
    /** Region and metadata share bytes. */
    OVERLAP,
    /** The media cannot give the failure domain that was asked for. */
    DOMAIN_UNSUPPORTED,
    /** PLATFORM needs a cache-line write-back instruction, and none can be reached. */
    WRITE_BACK_UNAVAILABLE,
    /** The JVM was not started with {@code --enable-native-access}. */
    NATIVE_ACCESS_DISABLED,
    /** Another live owner holds the region or the metadata. */
    LOCKED,
    /** The bytes are not regionstore metadata. */
    METADATA_FOREIGN,
    /** The metadata has a format version that this release does not read. */
    METADATA_VERSION,
    /** The metadata ends before it should. */
    METADATA_TRUNCATED,
    /** A checksum of the metadata does not match. */
    METADATA_CORRUPT,
    /** The metadata directory is not the one that was last written: an older copy was restored, or it was copied. */
    METADATA_RESTORED,
    /** The region is another one than the metadata describes. */
    WRONG_DEVICE,
    /** The region is smaller than it was. */
    REGION_SHRUNK,
    /** No payload matches its checksum: the range was cleared or used as RAM. */
    CONTENTS_LOST,
    /** Some payloads do not match their checksums. */
    CONTENTS_DAMAGED,
    /** A key is empty or too long. */
    KEY_SIZE,
    /** A payload cannot fit in the region even if the region were empty. */
    PAYLOAD_TOO_LARGE,
    /** An alignment is not a power of two from 8 bytes to 1 GiB. */
    BAD_ALIGNMENT,
    /** No free extent is large enough. */
    REGION_FULL,
    /** No free slot is left in the metadata. */
    METADATA_FULL,
    /** The file system has no room for a file's blocks; the message names it. */
    NO_SPACE,
    /** {@code create} found data in the region, which may be another store's. */
    REGION_NOT_BLANK,
    /** Another store used this region since this one did. */
    REGION_TAKEN,
    /**
     * A medium of an open store was removed or cut short: the store takes no more writes, and reads go on where the bytes
     * are. To a health listener also: it was moved, and the store goes on with it.
     */
    MEDIUM_LOST,
    /** The file system or the sandbox has no locks that keep two stores apart. */
    LOCK_UNSUPPORTED,
    /** The caller's destination is smaller than the payload. */
    DESTINATION_TOO_SMALL,
    /** The store, view or reservation is closed. */
    CLOSED,
    /** Views or reservations were dropped without close: told by {@link RegionStore#health}, never thrown. */
    LEAK,
    /** A system call failed in a way that has no code of its own; the message names it. */
    IO_ERROR
}
