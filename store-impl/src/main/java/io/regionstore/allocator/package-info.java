/**
 * Aligned extents of a region: which bytes are free. Volatile, outside the heap, rebuilt at open from the live records;
 * losing it costs the time to open and nothing else, so nothing here is ever flushed and no crash can tear it.
 *
 * <p>The data path: {@link io.regionstore.allocator.ExtentAllocator} routes a request; up to
 * {@value io.regionstore.allocator.ChunkMap#SMALL_MAX} bytes it is cut from a <em>chunk</em> that the lane owns
 * ({@code ChunkMap}, without a lock), else from the {@code CommonPool}: a tree of free extents ({@code FreeTree}) and
 * lists of chunks with room ({@code ChunkLists}) under one lock. {@code RebuildMap} collects the live extents at open.
 */
package io.regionstore.allocator;
