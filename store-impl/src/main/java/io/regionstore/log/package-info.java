/**
 * Metadata in a directory of files: a redo log and images of the slot table. The table itself lies in ordinary memory
 * and belongs to the engine; slots are opaque bytes here. {@link io.regionstore.log.MetadataDirectory} is the way in.
 *
 * <p>Files of a directory, where {@code G} is a generation, 16 hexadecimal digits that only ever grow:
 * <ul>
 * <li>{@code log-G}: frames, see {@link io.regionstore.log.FrameDescriptor}, behind a header, see
 *     {@link io.regionstore.log.LogHeader}. Generations of logs have no gaps. The header of the newest log names the
 *     image that counts and the one before it: that naming, not the presence of a file, makes an image official.</li>
 * <li>{@code image-G}: the table as of the start of {@code log-G}, see {@link io.regionstore.log.ImageHeader}; the
 *     store is that image and every frame of {@code log-G} and later.</li>
 * <li>{@code *.tmp}: a file not finished; means nothing, but for {@code log-0000000000000001.tmp}, which says that a
 *     directory is being made and was never used.</li>
 * <li>{@code LOCK}: its lock says who owns the directory.</li>
 * </ul>
 *
 * <p>Media assumptions: a sector of 512 bytes is written whole or not at all, and rewriting it with some bytes changed
 * leaves the others as they were; unsynced sectors and directory changes reach the medium in any order or never; a sync
 * that returns has made everything before it durable; a rename is atomic.
 */
package io.regionstore.log;
