package io.regionstore.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import org.junit.jupiter.api.Test;

class ImageRetriesTest {
    private final ImageRetries retries = new ImageRetries();

    @Test
    void shouldAskForNothingWhileImagesSucceed() {
        assertTrue(retries.isTime());
        assertEquals(Long.MAX_VALUE, retries.untilNextLook());
        assertFalse(retries.isOverdueNews(1000), "the log is long, and an image is being written");
        assertEquals(0, retries.delayNanos());
        assertNull(retries.cause());
    }

    @Test
    void shouldWaitBeforeTheNextAttemptAndNoLongerThanAMoment() {
        retries.failed(new OutOfMemoryError());
        assertFalse(retries.isTime());
        long wait = retries.untilNextLook();
        assertTrue(wait > 0 && wait <= 250_000_000, "nanoseconds: " + wait);
        assertEquals(ErrorCode.IO_ERROR, retries.code());
        retries.failed(new RegionStoreException(ErrorCode.NO_SPACE, "full"));
        assertEquals(ErrorCode.NO_SPACE, retries.code());
        retries.succeeded();
        assertTrue(retries.isTime());
    }

    @Test
    void shouldTellAnOverdueLogEachTimeThatItHasDoubled() {
        retries.failed(new OutOfMemoryError());
        assertFalse(retries.isOverdueNews(ImageRetries.OVERDUE - 1));
        assertTrue(retries.isOverdueNews(4));
        assertFalse(retries.isOverdueNews(7));
        assertTrue(retries.isOverdueNews(8));
        assertFalse(retries.isOverdueNews(15));
        assertTrue(retries.isOverdueNews(17));
        retries.succeeded();
        retries.failed(new OutOfMemoryError());
        assertTrue(retries.isOverdueNews(4));
    }

    @Test
    void shouldSlowWritersMoreTheLongerTheLogIsUpToABound() {
        retries.failed(new OutOfMemoryError());
        retries.isOverdueNews(ImageRetries.SLOW - 1);
        assertEquals(0, retries.delayNanos());
        retries.isOverdueNews(ImageRetries.SLOW);
        assertEquals(1_000_000, retries.delayNanos());
        retries.isOverdueNews(ImageRetries.SLOW + 9);
        assertEquals(10_000_000, retries.delayNanos());
        retries.isOverdueNews(1_000_000);
        assertEquals(100_000_000, retries.delayNanos());
        retries.succeeded();
        assertEquals(0, retries.delayNanos());
    }
}
