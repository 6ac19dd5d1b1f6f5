package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FileNamesTest {
    private static FileNames of(String... names) {
        return new FileNames(List.of(names));
    }

    @Test
    void shouldSpellGenerationsInSixteenLowerCaseDigits() {
        assertEquals("log-0000000000000001", FileNames.log(1));
        assertEquals("log-7fffffffffffffff", FileNames.log(Long.MAX_VALUE));
        assertEquals("image-00000000000000af", FileNames.image(0xaf));
        assertEquals("x.tmp", FileNames.temporary("x"));
    }

    @Test
    void shouldSortNamesByRole() {
        FileNames names = of("log-0000000000000009", "log-000000000000000a", "log-7fffffffffffffff",
                "image-0000000000000010", "image-00000000000000ff", "log-000000000000000b.tmp",
                "image-0000000000000011.tmp", "LOCK", "lost+found", "readme", ".tmp", "x.tmp");
        assertEquals(Set.of(9L, 10L, Long.MAX_VALUE), names.logs);
        assertEquals(Set.of(16L, 255L), names.images);
        assertEquals(Set.of("log-000000000000000b.tmp", "image-0000000000000011.tmp"), names.temporary);
        assertEquals(Set.of("readme", ".tmp", "x.tmp"), names.foreign);
    }

    @Test
    void shouldTakeNothingForItsOwnThatItWouldNotSpellSo() {
        String[] others = {"log-", "log-1", "log-0000000000000000", "log-00000000000000001", "log-000000000000001",
            "log-000000000000000A", "log-00000000000000/1", "log-000000000000000/", "log-000000000000000:",
            "log-000000000000000`", "log-000000000000000g", "log-8000000000000000", "log-ffffffffffffffff",
            "log-+000000000000001", "Log-0000000000000001", "image-000000000000000g", "image-0000000000000000",
            "image-0000000000000001.tmp.tmp", "log-0000000000000001.TMP", "LOCK.tmp"};
        FileNames names = of(others);
        assertEquals(Set.of(others), names.foreign);
        assertTrue(names.logs.isEmpty() && names.images.isEmpty() && names.temporary.isEmpty());
    }

    @Test
    void shouldTellWhetherThereIsAStore() {
        assertTrue(of().noStore());
        assertTrue(of("LOCK", "other").noStore());
        assertTrue(of("log-0000000000000001.tmp").noStore());
        assertTrue(of("log-0000000000000001.tmp", "image-0000000000000001").noStore(), "a create that did not finish");
        assertTrue(of("log-0000000000000002.tmp").noStore());
        assertFalse(of("log-0000000000000002.tmp", "image-0000000000000001").noStore(), "its logs were deleted");
        assertFalse(of("image-0000000000000001").noStore());
        assertFalse(of("log-0000000000000001").noStore());
        assertFalse(of("log-0000000000000001", "log-0000000000000001.tmp").noStore());
    }
}
