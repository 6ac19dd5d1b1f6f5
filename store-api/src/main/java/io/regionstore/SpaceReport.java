package io.regionstore;

/**
 * Where the bytes are. {@code payloadBytes + paddingBytes + freeBytes + heldBytes == regionBytes}: nothing of the region
 * is metadata.
 *
 * @param regionBytes       size of the region
 * @param payloadBytes      bytes of live payload
 * @param paddingBytes      bytes between the end of a live payload and the end of its last granule
 * @param freeBytes         bytes that an allocation can have now
 * @param heldBytes         bytes of reservations, and of replaced records that await their readers or their retirement
 * @param largestFreeExtent longest free extent at the smallest alignment
 * @param records           live records
 * @param slotsUsed         32-byte metadata slots in use
 * @param slotCapacity      32-byte metadata slots there are
 * @param metadataBytes     bytes of the metadata medium taken by live slots
 * @param memoryBytes       bytes of ordinary memory outside the heap that index and allocator use
 */
public record SpaceReport(long regionBytes, long payloadBytes, long paddingBytes, long freeBytes, long heldBytes,
                          long largestFreeExtent, long records, long slotsUsed, long slotCapacity, long metadataBytes,
                          long memoryBytes) {
}
