package io.regionstore.app;

import io.regionstore.Medium;
import io.regionstore.RegionStore;
import io.regionstore.RegionStoreBuilder;
import java.nio.file.Path;

/** A program that has the API and not the implementation. Needs nothing but the two, for an image of jlink has no more. */
public final class Program {
    private Program() {
    }

    /**
     * @param arguments none
     */
    public static void main(String[] arguments) {
        System.out.println(refusal());
    }

    /** @return why it cannot make a store */
    public static String refusal() {
        RegionStoreBuilder builder = RegionStore.builder().region(Medium.file(Path.of("region"), 4096))
                .metadata(Medium.directory(Path.of("metadata")));
        try {
            builder.create();
            return "no refusal";
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }
}
