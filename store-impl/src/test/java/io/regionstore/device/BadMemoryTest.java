package io.regionstore.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BadMemoryTest {
    @Test
    void shouldReadWhatTheKernelCounts() {
        assertEquals(12, BadMemory.kilobytes(List.of("MemTotal:       24689048 kB", "HardwareCorrupted:    12 kB")));
        assertEquals(0, BadMemory.kilobytes(List.of("HardwareCorrupted:     0 kB")));
    }

    @Test
    void shouldCountNothingWhereTheKernelDoesNot() {
        assertEquals(0, BadMemory.kilobytes(List.of("MemTotal:       24689048 kB")));
        assertEquals(0, BadMemory.kilobytes(List.of("HardwareCorrupted: some")));
        assertTrue(BadMemory.kilobytes() >= 0);
    }
}
