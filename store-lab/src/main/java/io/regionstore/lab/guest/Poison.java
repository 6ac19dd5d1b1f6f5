package io.regionstore.lab.guest;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreException;
import java.lang.foreign.MemorySegment;

/**
 * Tells the kernel that the memory under the longest record is bad, and reads it. The kernel kills those who have a page
 * of a dax device mapped; with a page of tmpfs it waits until they touch it.
 */
public final class Poison {
    private Poison() {
    }

    /** @param args region, metadata */
    public static void main(String[] args) {
        try (RegionStore store = Media.store(args[0], args[1]).open(); RecordView view = store.newView()) {
            long[] longest = {0, 0};
            store.forEach(record -> {
                if (record.hasLongKey() && record.length() > longest[1]) {
                    longest[0] = record.longKey();
                    longest[1] = record.length();
                }
            });
            store.get(longest[0], view);
            // the record's first page: what ends there belongs to its neighbours
            MemorySegment page = view.region().asSlice(view.offset() & -Posix.PAGE, Posix.PAGE);
            System.out.println("LAB victim key=" + longest[0] + " length=" + longest[1]);
            int error = Posix.madvise(page, Posix.PAGE, Posix.MADV_HWPOISON);
            store.get(longest[0], MemorySegment.ofArray(new byte[Workload.MAX_LENGTH]), 0);
            System.out.println("LAB survived error=" + error);
        } catch (RegionStoreException e) {
            System.out.println("LAB reported code=" + e.code() + " message: " + e.getMessage());
            System.exit(1);
        }
    }
}
