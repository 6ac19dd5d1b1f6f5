package io.regionstore.table;

/**
 * Layout of the 512-byte header, without I/O. Little-endian.
 * <pre>
 *   byte 0  magic "RGNSTOR1"                8 bytes
 *        8  format version                  4
 *       12  flags: bit 0 clean              4    bits 1 to 31: random number of the session, 0 none known
 *       16  instance id                     16   random, made at create
 *       32  sequence of this header         8
 *       40  times opened                    8
 *       48  version ceiling                 8    no record has a higher version
 *       56  slot capacity                   8
 *       64  table offset, length            16   in the metadata medium; 0 in a directory
 *       80  intent lines offset, length     16
 *       96  index area offset, length       16   reserved for an index in place
 *      112  allocator area offset, length   16   reserved for allocator maps in place
 *      128  metadata length                 8
 *      136  region kind                     4
 *      140  failure domain of the session   4
 *      144  region physical start           8    -1 unknown
 *      152  region length                   8
 *      160  region device id                8
 *      168  region inode                    8
 *      176  region offset in its device     8
 *      184  boot id                         16
 *      200  created, milliseconds of 1970   8
 *      208  region path length              4
 *      212  region path, UTF-8              288  cut at its end if longer
 *      500  records at a clean close, + 1   8    0 not known: a session in progress, or an older release
 *      508  CRC32C of bytes 0 to 507        4
 * </pre>
 * <b>Commit rule, in place.</b> Two copies at {@link #COPY_A} and {@link #COPY_B}. An update is written to one,
 * fenced, then to the other, fenced; whoever waits for the update waits for both. The copy that was found bad or older
 * is written first, so that the newest good one stands until there is another. One bad copy is mended from the other;
 * where both are good, the higher sequence holds.
 *
 * <p><b>Create.</b> The first copy's magic is {@link #CREATING} until the table is cleared and the rest of the copy is
 * durable; then one 8-byte store makes the store. A create that was cut short is begun again.
 */
public final class HeaderDescriptor {
    /** Bytes of a header. */
    public static final int LENGTH = 512;
    /** Offset of the first copy in a medium. */
    public static final long COPY_A = 0;
    /** Offset of the second copy: on a page of its own. */
    public static final long COPY_B = 4096;
    /** "RGNSTOR1", little-endian. */
    public static final long MAGIC = 0x31524F54534E4752L;
    /** "RGNSTOR0": in the first copy while a store is being created. */
    public static final long CREATING = 0x30524F54534E4752L;
    /** The format that this release writes, and the only one it reads. */
    public static final int FORMAT_VERSION = 1;
    /** Offset of the intent lines in a medium. */
    public static final long INTENTS = 8192;
    /** Number of intent lines, and the largest number of lanes. */
    public static final int MAX_LANES = 256;
    /** Offset of the table in a medium. */
    public static final long TABLE = INTENTS + (long) MAX_LANES * IntentLines.LINE;

    static final int VERSION = 8;
    static final int FLAGS = 12;
    static final int INSTANCE = 16;
    static final int SEQUENCE = 32;
    static final int OPENED = 40;
    static final int CEILING = 48;
    static final int CAPACITY = 56;
    static final int AREAS = 64;
    static final int METADATA_LENGTH = 128;
    static final int REGION_KIND = 136;
    static final int DOMAIN = 140;
    static final int REGION_START = 144;
    static final int REGION_LENGTH = 152;
    static final int REGION_DEVICE = 160;
    static final int REGION_INODE = 168;
    static final int REGION_OFFSET = 176;
    static final int BOOT = 184;
    static final int CREATED = 200;
    static final int PATH_LENGTH = 208;
    static final int PATH = 212;
    static final int PATH_MAX = 288;
    static final int RECORDS = 500;
    static final int CHECKSUM = 508;

    private HeaderDescriptor() {
    }
}
