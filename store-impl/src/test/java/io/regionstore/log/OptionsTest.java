package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static Options of(long relaxed, int buffer, int step, long image) {
        return new Options(true, Duration.ofMillis(relaxed), false, buffer, step, image);
    }

    private static void assertRefused(long relaxed, int buffer, int step, long image) {
        RegionStoreException e =
                assertThrows(RegionStoreException.class, () -> of(relaxed, buffer, step, image));
        assertEquals(ErrorCode.INVALID_ARGUMENT, e.code());
        assertTrue(e.getMessage().contains("buffer " + buffer + ", step " + step + ", image " + image), e.getMessage());
    }

    @Test
    void shouldTakeRangesUpToTheirEnds() {
        assertEquals(4096, of(0, 4096, 4096, 0).stepBytes());
        assertEquals(16 << 20, of(1, 16 << 20, 16 << 20, Long.MAX_VALUE).bufferBytes());
        assertEquals(560, of(0, 560, 4096, 0).bufferBytes());
    }

    @Test
    void shouldRefuseWhatIsOutsideOfThem() {
        assertRefused(-1, 4096, 4096, 0);
        assertRefused(0, 2048, 2048, 0);
        assertRefused(0, 4096, 4096 - 8, 0);
        assertRefused(0, 4096, (16 << 20) + 4096, 0);
        assertRefused(0, 4096, 4096 + 512, 0);
        assertRefused(0, 4096 + 8, 4096, 0);
        assertRefused(0, 4092, 4096, 0);
        assertRefused(0, 552, 4096, 0);
        assertRefused(0, 4096, 4096, -1);
    }

    @Test
    void shouldChangeOneThingAtATime() {
        Options base = of(0, 4096, 8192, 77);
        assertEquals(new Options(false, Duration.ZERO, false, 4096, 8192, 77), base.withSynced(false));
        assertEquals(new Options(true, Duration.ofMillis(3), false, 4096, 8192, 77),
                base.withRelaxed(Duration.ofMillis(3)));
        assertEquals(new Options(true, Duration.ZERO, true, 4096, 8192, 77), base.withAcceptRestored(true));
        assertEquals(new Options(true, Duration.ZERO, false, 1024, 4096, 77), base.withSizes(1024, 4096));
        assertEquals(new Options(true, Duration.ZERO, false, 4096, 8192, 5), base.withImageBytes(5));
        assertEquals(new Options(true, Duration.ZERO, false, 262144, 1048576, 67108864), Options.DEFAULT);
    }
}
