package io.regionstore.bench.scenario;

import io.regionstore.RegionStore;
import io.regionstore.bench.run.StoreMedia;
import java.util.Map;

/** Opens the store that {@link Fill} left, prints how long that took, and waits to be killed. Arguments as there. */
public final class Open {
    private Open() {
    }

    /**
     * @param args as of {@link Fill}
     * @throws Exception whatever goes wrong
     */
    public static void main(String[] args) throws Exception {
        StoreMedia media = Fill.media(args);
        long anonymous = Scenario.residentBytes();
        long files = Scenario.residentFileBytes();
        long start = System.nanoTime();
        RegionStore store = RegionStore.builder().region(media.region()).metadata(media.metadata())
                .failureDomain(media.domain()).open();
        double milliseconds = (System.nanoTime() - start) / 1e6;
        Scenario.print(Map.of("milliseconds", milliseconds, "records", (double) store.size(),
                "verdict", (double) store.recovery().verdict().ordinal(),
                "memoryPerRecord", (double) store.space().memoryBytes() / Math.max(1, store.size()),
                "anonymousBytes", (double) (Scenario.residentBytes() - anonymous),
                "fileBytes", (double) (Scenario.residentFileBytes() - files)));
        Scenario.awaitKill();
        store.close();
    }
}
