/**
 * Chronicle {@code Bytes} over records: {@link io.regionstore.chronicle.RecordBytes} reads a pinned record in place,
 * {@link io.regionstore.chronicle.ReservationBytes} fills a reservation in place, and
 * {@link io.regionstore.chronicle.MarshallableRecords} puts and gets {@code BytesMarshallable} values through them. No
 * byte is copied on the way, and nothing is allocated for a record in steady state: one {@code Bytes} object is moved
 * from record to record.
 *
 * <p>No JVM flag is needed. For Chronicle to print no warnings of its own, start the JVM with
 * {@code --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED --add-exports=java.base/sun.nio.ch=ALL-UNNAMED
 * --add-opens=java.base/java.lang.reflect=ALL-UNNAMED --add-opens=java.base/java.nio=ALL-UNNAMED
 * --sun-misc-unsafe-memory-access=allow}, and have an SLF4J provider on the class path.
 *
 * <h2>What a raw address costs</h2>
 * Chronicle's store holds an address and a length; the checks of {@code MemorySegment} are gone. Therefore:
 * <ul>
 *   <li>A read or write through a {@code Bytes} after the store was closed kills the JVM. Close or release every object
 *       of this package before closing the store. They empty their {@code Bytes} when they let go of a record, so that
 *       a late relative access and a late absolute read throw; a {@code Bytes} derived from it
 *       ({@code bytesForRead()}, {@code subBytes}) has its own copy of the address and is not reached.</li>
 *   <li>{@code PointerBytesStore}, the store behind the {@code Bytes}, checks no bounds. The {@code Bytes} does, for
 *       relative access and for absolute reads. Compare-and-swap at an offset is passed on unchecked.</li>
 *   <li>The {@code Bytes} over a record is full: relative writes throw {@code BufferOverflowException}. Absolute writes
 *       ({@code writeLong(offset, value)}, compare-and-swap) get through and destroy the record: its checksum no longer
 *       matches.</li>
 *   <li>A window shows at most 2 GiB less one byte, as many of Chronicle's methods take {@code int} lengths. Longer
 *       records are read and filled through several windows.</li>
 *   <li>Chronicle's multi-byte values are in the machine's byte order.</li>
 * </ul>
 */
package io.regionstore.chronicle;
