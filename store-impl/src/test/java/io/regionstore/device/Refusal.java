package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import org.junit.jupiter.api.function.Executable;

/** What every refusal must be: the right code, and words that name what matters. */
final class Refusal {
    private Refusal() {
    }

    static void expect(ErrorCode code, Executable action, String... words) {
        RegionStoreException refusal = assertThrows(RegionStoreException.class, action);
        assertEquals(code, refusal.code(), refusal.getMessage());
        for (String word : words) {
            assertTrue(refusal.getMessage().contains(word), () -> "no '" + word + "' in: " + refusal.getMessage());
        }
    }
}
