package io.regionstore.table;

import io.regionstore.ErrorCode;
import io.regionstore.FailureDomain;
import io.regionstore.RegionStoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A validated header: which store this is, which region it describes, and how the last session left it.
 *
 * @param instance       random id of the store
 * @param sequence       number of this header
 * @param opened         times the store was opened
 * @param versionCeiling no record has a higher version
 * @param slotCapacity   slots of the table
 * @param metadataLength bytes of the metadata medium; 0 in a directory
 * @param clean          whether the last session closed
 * @param domain         of the last session
 * @param region         where the region was
 * @param boot           boot id of the last session
 * @param createdMillis  milliseconds of 1970
 * @param records        live records when the last session closed, or {@link #UNKNOWN}: while a session goes on, and
 *                       where an earlier release closed the store
 * @param session        random number of the last session; 0 where there was none, or where an earlier release was last
 */
public record StoreHeader(UUID instance, long sequence, long opened, long versionCeiling, long slotCapacity,
                          long metadataLength, boolean clean, FailureDomain domain, Region region, UUID boot,
                          long createdMillis, long records, int session) {
    /** Nobody counted the records. */
    public static final long UNKNOWN = -1;

    /** A header of no session. */
    public StoreHeader(UUID instance, long sequence, long opened, long versionCeiling, long slotCapacity,
                       long metadataLength, boolean clean, FailureDomain domain, Region region, UUID boot,
                       long createdMillis, long records) {
        this(instance, sequence, opened, versionCeiling, slotCapacity, metadataLength, clean, domain, region, boot,
                createdMillis, records, 0);
    }

    /** A header of which nobody counted the records. */
    public StoreHeader(UUID instance, long sequence, long opened, long versionCeiling, long slotCapacity,
                       long metadataLength, boolean clean, FailureDomain domain, Region region, UUID boot,
                       long createdMillis) {
        this(instance, sequence, opened, versionCeiling, slotCapacity, metadataLength, clean, domain, region, boot,
                createdMillis, UNKNOWN);
    }

    /**
     * Where a region is.
     *
     * @param kind          number of the medium's kind
     * @param physicalStart physical address, -1 if unknown
     * @param length        bytes
     * @param deviceId      of the device, or of the file's file system
     * @param inode         of the device node or file
     * @param offset        of the slice in its device, bytes
     * @param path          as it was named
     */
    public record Region(int kind, long physicalStart, long length, long deviceId, long inode, long offset,
                         String path) {
    }

    /** @return what seeds the checksums of this store's slots and the hashes of its keys */
    public long seed() {
        return instance.getMostSignificantBits() * 31 + instance.getLeastSignificantBits();
    }

    /**
     * @param ceiling a new version ceiling
     * @return the next header
     */
    public StoreHeader withCeiling(long ceiling) {
        return new StoreHeader(instance, sequence + 1, opened, ceiling, slotCapacity, metadataLength, clean, domain,
                region, boot, createdMillis, records, session);
    }

    /**
     * @param number random, 1 to 2^31 - 1
     * @return this header, of a session with that number
     */
    public StoreHeader withSession(int number) {
        return new StoreHeader(instance, sequence, opened, versionCeiling, slotCapacity, metadataLength, clean, domain,
                region, boot, createdMillis, records, number);
    }

    /**
     * @param sessionDomain of the session that begins
     * @param found         where the region is now
     * @param currentBoot   the boot id now
     * @param ceiling       the version ceiling of the session
     * @return the header of a session in progress
     */
    public StoreHeader opened(FailureDomain sessionDomain, Region found, UUID currentBoot, long ceiling) {
        return new StoreHeader(instance, sequence + 1, opened + 1, ceiling, slotCapacity, metadataLength, false,
                sessionDomain, found, currentBoot, createdMillis);
    }

    /**
     * @param highestVersion the highest version given out
     * @param liveRecords    records there are
     * @return the header of a session that ended well
     */
    public StoreHeader closed(long highestVersion, long liveRecords) {
        return new StoreHeader(instance, sequence + 1, opened, highestVersion, slotCapacity, metadataLength, true,
                domain, region, boot, createdMillis, liveRecords, session);
    }

    /** @return 512 bytes */
    public byte[] encode() {
        byte[] bytes = new byte[HeaderDescriptor.LENGTH];
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(0, HeaderDescriptor.MAGIC);
        b.putInt(HeaderDescriptor.VERSION, HeaderDescriptor.FORMAT_VERSION);
        b.putInt(HeaderDescriptor.FLAGS, (clean ? 1 : 0) | session << 1);
        putUuid(b, HeaderDescriptor.INSTANCE, instance);
        b.putLong(HeaderDescriptor.SEQUENCE, sequence);
        b.putLong(HeaderDescriptor.OPENED, opened);
        b.putLong(HeaderDescriptor.CEILING, versionCeiling);
        b.putLong(HeaderDescriptor.CAPACITY, slotCapacity);
        if (metadataLength > 0) {
            b.putLong(HeaderDescriptor.AREAS, HeaderDescriptor.TABLE);
            b.putLong(HeaderDescriptor.AREAS + 8, slotCapacity * SlotDescriptor.SLOT_LENGTH);
            b.putLong(HeaderDescriptor.AREAS + 16, HeaderDescriptor.INTENTS);
            b.putLong(HeaderDescriptor.AREAS + 24, (long) HeaderDescriptor.MAX_LANES * IntentLines.LINE);
        }
        b.putLong(HeaderDescriptor.METADATA_LENGTH, metadataLength);
        b.putInt(HeaderDescriptor.REGION_KIND, region.kind);
        b.putInt(HeaderDescriptor.DOMAIN, domain.ordinal());
        b.putLong(HeaderDescriptor.REGION_START, region.physicalStart);
        b.putLong(HeaderDescriptor.REGION_LENGTH, region.length);
        b.putLong(HeaderDescriptor.REGION_DEVICE, region.deviceId);
        b.putLong(HeaderDescriptor.REGION_INODE, region.inode);
        b.putLong(HeaderDescriptor.REGION_OFFSET, region.offset);
        putUuid(b, HeaderDescriptor.BOOT, boot);
        b.putLong(HeaderDescriptor.CREATED, createdMillis);
        byte[] path = region.path.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(path.length, HeaderDescriptor.PATH_MAX);
        b.putInt(HeaderDescriptor.PATH_LENGTH, length);
        b.put(HeaderDescriptor.PATH, path, 0, length);
        b.putLong(HeaderDescriptor.RECORDS, records + 1);
        b.putInt(HeaderDescriptor.CHECKSUM, checksum(bytes));
        return bytes;
    }

    /**
     * @param bytes    512 bytes
     * @param resource what they were read from, for messages
     * @return the header
     * @throws RegionStoreException METADATA_FOREIGN, METADATA_VERSION or METADATA_CORRUPT
     */
    public static StoreHeader decode(byte[] bytes, String resource) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean checksumMatches = b.getInt(HeaderDescriptor.CHECKSUM) == checksum(bytes);
        if (b.getLong(0) != HeaderDescriptor.MAGIC) {
            throw new RegionStoreException(ErrorCode.METADATA_FOREIGN, resource + ": expected regionstore metadata that"
                    + String.format(" begins with 0x%016x, found 0x%016x", HeaderDescriptor.MAGIC, b.getLong(0))
                    + "; is this the right device or directory? To make a new store there, use create");
        }
        int version = b.getInt(HeaderDescriptor.VERSION);
        if (checksumMatches && version != HeaderDescriptor.FORMAT_VERSION) {
            throw new RegionStoreException(ErrorCode.METADATA_VERSION, resource + ": expected format version "
                    + HeaderDescriptor.FORMAT_VERSION + ", found " + version
                    + "; open it with the release that wrote it");
        }
        if (!checksumMatches) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected header checksum "
                    + String.format("0x%08x, found 0x%08x", checksum(bytes), b.getInt(HeaderDescriptor.CHECKSUM))
                    + "; restore the metadata, or create a new store and lose the records");
        }
        int pathLength = b.getInt(HeaderDescriptor.PATH_LENGTH);
        int domain = b.getInt(HeaderDescriptor.DOMAIN);
        if (pathLength < 0 || pathLength > HeaderDescriptor.PATH_MAX || domain < 0
                || domain >= FailureDomain.values().length) {
            throw outOfRange(resource, "a path of " + pathLength + " bytes and domain " + domain);
        }
        StoreHeader header = new StoreHeader(uuid(b, HeaderDescriptor.INSTANCE), b.getLong(HeaderDescriptor.SEQUENCE),
                b.getLong(HeaderDescriptor.OPENED), b.getLong(HeaderDescriptor.CEILING),
                b.getLong(HeaderDescriptor.CAPACITY), b.getLong(HeaderDescriptor.METADATA_LENGTH),
                (b.getInt(HeaderDescriptor.FLAGS) & 1) != 0, FailureDomain.values()[domain],
                new Region(b.getInt(HeaderDescriptor.REGION_KIND), b.getLong(HeaderDescriptor.REGION_START),
                        b.getLong(HeaderDescriptor.REGION_LENGTH), b.getLong(HeaderDescriptor.REGION_DEVICE),
                        b.getLong(HeaderDescriptor.REGION_INODE), b.getLong(HeaderDescriptor.REGION_OFFSET),
                        new String(bytes, HeaderDescriptor.PATH, pathLength, StandardCharsets.UTF_8)),
                uuid(b, HeaderDescriptor.BOOT), b.getLong(HeaderDescriptor.CREATED),
                b.getLong(HeaderDescriptor.RECORDS) - 1, b.getInt(HeaderDescriptor.FLAGS) >>> 1);
        if (!header.isInRange()) {
            throw outOfRange(resource, header.toString());
        }
        return header;
    }

    private static RegionStoreException outOfRange(String resource, String found) {
        return new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected lengths and numbers that a"
                + " store can have, found " + found + "; restore the metadata");
    }

    /** Whether all numbers are ones that were written once: a checksum that is right does not say so. */
    private boolean isInRange() {
        return slotCapacity > 0 && slotCapacity <= SlotDescriptor.MAX_SLOTS && metadataLength >= 0
                && versionCeiling >= 0 && versionCeiling <= SlotDescriptor.MAX_VERSION && region.length >= 8
                && region.length <= SlotDescriptor.MAX_REGION && region.length % 8 == 0 && records >= UNKNOWN
                && records <= SlotDescriptor.MAX_SLOTS;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(Arrays.copyOf(bytes, HeaderDescriptor.CHECKSUM));
        return (int) crc.getValue();
    }

    private static void putUuid(ByteBuffer b, int at, UUID id) {
        b.putLong(at, id.getMostSignificantBits());
        b.putLong(at + 8, id.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer b, int at) {
        return new UUID(b.getLong(at), b.getLong(at + 8));
    }
}
