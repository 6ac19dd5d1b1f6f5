package io.regionstore.cli;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RecordView;
import io.regionstore.RegionStore;
import io.regionstore.Reservation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** The example of README.md, compiled and run, so that it stays true. */
final class ReadmeExample {
    private ReadmeExample() {
    }

    static String run(Path region, Path metadata) {
        StringBuilder out = new StringBuilder();
        // README example
        try (RegionStore store = RegionStore.builder()
                .region(Medium.file(region, 64 << 20))     // or Medium.device(Path.of("/dev/dax0.0"))
                .metadata(Medium.directory(metadata))      // or a second device, a slice, a file
                .failureDomain(FailureDomain.PROCESS)      // what an acknowledged write survives
                .openOrCreate();
                Arena arena = Arena.ofConfined()) {

            // a copy of the payload; durable when put returns
            store.put(42, arena.allocateFrom("hello"));

            // no copy: reserve, fill in place, commit under a key
            try (Reservation reservation = store.reserve(4096, 4096)) {
                reservation.segment().setString(0, "written in place");
                MemorySegment key = arena.allocateFrom("a key of bytes");
                reservation.commit(key);
            }

            // no copy: the view pins the record until it is released
            try (RecordView view = store.newView()) {
                if (store.get(42, view)) {
                    out.append(view.segment().getString(0)).append(", version ").append(view.version());
                }
            }
        }
        // end of README example
        return out.toString();
    }
}
