package io.regionstore.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "010, 10", "0x40000000, 1073741824", "0x10b, 267", "512M, 536870912",
            "1G, 1073741824", "1GiB, 1073741824", "2k, 2048", "3T, 3298534883328", "0x10K, 16384"})
    void shouldReadSizes(String text, long bytes) {
        assertEquals(bytes, Sizes.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5G", "G", "0x", "12Q", "9223372036854775808", "8388608T"})
    void shouldRefuseWhatIsNoSize(String text) {
        assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1 KiB", "1536, 1.5 KiB", "1073741824, 1 GiB", "1099511627776, 1 TiB"})
    void shouldPrintSizes(long bytes, String text) {
        assertEquals(text, Sizes.format(bytes));
    }
}
