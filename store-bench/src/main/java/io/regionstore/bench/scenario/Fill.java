package io.regionstore.bench.scenario;

import io.regionstore.RegionStore;
import io.regionstore.SpaceReport;
import io.regionstore.bench.run.StoreMedia;
import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Setup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;

/**
 * Fills a new store, prints its figures, and waits to be killed. Arguments: folder, records, bytes of a value, medium,
 * kind of keys.
 */
public final class Fill {
    private Fill() {
    }

    static StoreMedia media(String[] args) {
        return StoreMedia.of(new Setup(Path.of(args[0]), Long.parseLong(args[1]), Integer.parseInt(args[2]), 1,
                Map.of(StoreMedia.MEDIUM, args[3], StoreMedia.KEYS, args[4],
                        StoreMedia.DOMAIN, args.length > 5 ? args[5] : "KERNEL")));
    }

    /**
     * @param args folder, records, bytes of a value, medium, kind of keys
     * @throws Exception whatever goes wrong
     */
    public static void main(String[] args) throws Exception {
        StoreMedia media = media(args);
        long records = Long.parseLong(args[1]);
        long heapBefore = Scenario.heapBytes();
        RegionStore store = RegionStore.builder().region(media.region()).metadata(media.metadata())
                // sparse: one of the regions is a TiB of holes
                .failureDomain(media.domain()).overwriteRegion().sparse().create();
        MemorySegment value = Arena.global().allocate(Long.parseLong(args[2]), 64).fill((byte) 0x5A);
        MemorySegment key = Arena.global().allocate(Keys.LENGTH, 8);
        long start = System.nanoTime();
        for (long i = 0; i < records; i++) {
            value.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, i);
            if (media.longKeys()) {
                store.put(Keys.first(i), value);
            } else {
                key.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, Keys.first(i));
                key.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, Keys.second(i));
                store.put(key, value);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        SpaceReport space = store.space();
        Scenario.print(Map.of("seconds", seconds, "records", (double) space.records(),
                "memoryPerRecord", (double) space.memoryBytes() / records,
                "metadataPerRecord", (double) space.metadataBytes() / records,
                "heapPerRecord", (double) (Scenario.heapBytes() - heapBefore) / records));
        Scenario.awaitKill();
        store.close();
    }
}
