package io.regionstore.fuzz;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.regionstore.RegionStoreException;
import io.regionstore.cli.CommandFailure;
import io.regionstore.cli.MediumArgument;
import java.nio.charset.StandardCharsets;

/** Any text is a medium or a failure in words. */
class MediumFuzzTest {
    @FuzzTest(maxDuration = "15s")
    void parse(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        try {
            assertNotNull(MediumArgument.describe(MediumArgument.parse(text, 4096)));
        } catch (CommandFailure | RegionStoreException e) {
            assertNotNull(e.getMessage());
        }
    }
}
