package io.regionstore.memory;

/** What makes stored bytes survive the failure domain of a store. */
public enum FlushMethod {
    /** Nothing: the domain keeps the processor's caches and, on dax, the memory behind them. */
    NONE,
    /** {@code msync} of the pages: a file whose mapping is the page cache. */
    PAGES,
    /** Write-back of the cache lines, then a fence: dax memory that outlives the caches. */
    CACHE_LINES
}
