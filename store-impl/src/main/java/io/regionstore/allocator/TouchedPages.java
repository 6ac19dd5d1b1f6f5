package io.regionstore.allocator;

import io.regionstore.device.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Counts the pages of a lazily touched segment that were written. Not thread-safe; a caller holds the pool's lock. */
final class TouchedPages {
    private static final int PAGE_SHIFT = 12;
    private final MemorySegment pages;
    private long count;

    TouchedPages(long bytes, Arena arena) {
        this.pages = AnonymousMemory.reserve(((bytes >>> PAGE_SHIFT + 6) + 1) * 8, arena);
    }

    /** @param offset a byte that is about to be written */
    void add(long offset) {
        long page = offset >>> PAGE_SHIFT;
        long word = page >>> 6 << 3;
        long before = Words.get(pages, word);
        long after = before | 1L << page;
        if (before != after) {
            Words.setVolatile(pages, word, after);
            count++;
        }
    }

    long bytes() {
        return count << PAGE_SHIFT;
    }
}
