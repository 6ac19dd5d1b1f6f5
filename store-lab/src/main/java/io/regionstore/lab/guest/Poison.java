package io.regionstore.lab.guest;

import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Tells the kernel that the memory under a live record is bad, or asks what is left of it. */
public final class Poison {
    private Poison() {
    }

    /**
     * @param args {@code live}, region, metadata: poisons a page of a record in an open store; or {@code probe}, a device,
     *             an offset in it: reads that page
     * @throws IOException if the device cannot be mapped
     */
    public static void main(String[] args) throws IOException {
        if (args[0].equals("live")) {
            poison(args[1], args[2]);
        } else {
            probe(Path.of(args[1]), Long.decode(args[2]));
        }
    }

    private static void poison(String region, String metadata) throws IOException {
        try (RegionStore store = Media.store(region, metadata).open(); RecordView view = store.newView()) {
            long[] victim = {-1, 0};
            store.forEach(record -> {
                if (record.hasLongKey() && record.length() > victim[1]) {
                    victim[0] = record.longKey();
                    victim[1] = record.length();
                }
            });
            store.get(victim[0], view);
            // the page where the record's middle is
            long offset = (view.offset() + view.length() / 2) & -Posix.PAGE;
            System.out.println("LAB victim key=" + victim[0] + " record=" + view.offset() + " length=" + view.length()
                    + " page=" + offset);
            System.out.flush();
            java.nio.file.Files.writeString(Path.of("/run/victim"), "" + offset);
            MemorySegment page = view.region().asSlice(offset, Posix.PAGE);
            int error = Posix.madvise(page, Posix.PAGE, Posix.MADV_HWPOISON);
            System.out.println("LAB poisoned error=" + error);
            System.out.println("LAB again populate=" + Posix.madvise(page, Posix.PAGE, Posix.MADV_POPULATE_READ));
            System.out.println("LAB again read=" + read(page));
        }
    }

    private static void probe(Path device, long offset) throws IOException {
        MemorySegment page = Posix.map(device).asSlice(offset, Posix.PAGE);
        System.out.println("LAB probe populate=" + Posix.madvise(page, Posix.PAGE, Posix.MADV_POPULATE_READ));
        System.out.println("LAB probe read=" + read(page));
    }

    private static String read(MemorySegment page) {
        try {
            return "0x" + Long.toHexString(page.get(ValueLayout.JAVA_LONG, 0));
        } catch (InternalError e) {
            return "InternalError";
        }
    }
}
