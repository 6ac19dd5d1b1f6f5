/**
 * Agrona buffers over records: {@link io.regionstore.agrona.RecordBuffer} reads a pinned record in place,
 * {@link io.regionstore.agrona.ReservationBuffer} fills a reservation in place. No byte is copied, and nothing is
 * allocated for a record in steady state: one buffer object is moved from record to record.
 *
 * <p>Start the JVM with {@code --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED} (on the module path:
 * {@code =org.agrona}), or with {@code --add-exports} of the same package: {@code UnsafeBuffer} needs it.
 *
 * <h2>What a raw address costs</h2>
 * An Agrona buffer holds an address and a length; the checks of {@code MemorySegment} are gone. Therefore:
 * <ul>
 *   <li>A read or write through a buffer after the store was closed kills the JVM. Close or release every buffer before
 *       closing the store. The classes here empty their buffer when they let go of a record, so that a late access
 *       through <em>that</em> buffer throws {@code IndexOutOfBoundsException}; a second buffer that was wrapped around
 *       it has its own copy of the address and is not reached.</li>
 *   <li>{@code RecordBuffer} hands out a {@code DirectBuffer}, which has no method that writes. The object behind it
 *       can write: a cast to {@code MutableDirectBuffer}, or a buffer wrapped around it, destroys the record, and its
 *       checksum no longer matches.</li>
 *   <li>Indexes are checked unless {@code agrona.disable.bounds.checks} is set; with that property every rule here is
 *       the caller's alone, including the emptied buffer.</li>
 *   <li>Lengths are {@code int}: a window shows at most 2 GiB less one byte. Longer records are read and filled through
 *       several windows.</li>
 *   <li>Agrona's {@code getLong} and {@code putLong} without a byte order use the machine's.</li>
 * </ul>
 */
package io.regionstore.agrona;
