package io.regionstore.lab.guest;

import io.regionstore.DamagePolicy;
import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import java.nio.file.Path;

/**
 * Media as words: {@code device:PATH}, {@code device:PATH:OFFSET:LENGTH}, {@code physical:START:LENGTH},
 * {@code directory:PATH}, {@code file:PATH:LENGTH}. Numbers are bytes, in decimal or after 0x in hexadecimal.
 */
final class Media {
    private Media() {
    }

    /**
     * @param region   a medium
     * @param metadata a medium
     * @return a builder of a store that survives what the system property {@code domain} says, its kernel by default, and
     *     does with damaged records what the property {@code damage} says
     */
    static RegionStoreBuilder store(String region, String metadata) {
        return RegionStore.builder().region(parse(region)).metadata(parse(metadata))
                .failureDomain(FailureDomain.valueOf(System.getProperty("domain", "KERNEL")))
                .damagePolicy(DamagePolicy.valueOf(System.getProperty("damage", "REFUSE")));
    }

    private static Medium parse(String words) {
        String[] parts = words.split(":");
        return switch (parts[0] + parts.length) {
            case "device2" -> Medium.device(Path.of(parts[1]));
            case "device4" -> Medium.device(Path.of(parts[1])).slice(Long.decode(parts[2]), Long.decode(parts[3]));
            case "physical3" -> Medium.physical(Long.decode(parts[1]), Long.decode(parts[2]));
            case "file3" -> Medium.file(Path.of(parts[1]), Long.decode(parts[2])).vouchedFor(FailureDomain.PLATFORM);
            case "directory2" -> Medium.directory(Path.of(parts[1]));
            default -> throw new IllegalArgumentException("not a medium: " + words);
        };
    }
}
