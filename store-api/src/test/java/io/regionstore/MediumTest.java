package io.regionstore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MediumTest {
    private static final Path DAX = Path.of("/dev/dax0.0");
    private static final Path FILE = Path.of("/x/region");

    @Test
    void shouldReadAsAResourceInMessages() {
        assertEquals("/dev/dax0.0", Medium.device(DAX).toString());
        assertEquals("/dev/dax0.0 (4096 bytes from 8192)", new Medium.Device(DAX, 8192, 4096).toString());
        assertEquals("/dev/dax0.0 (from 8192)", Medium.device(DAX).slice(8192, Medium.TO_END).toString());
        assertEquals("physical range 0x40000000 (4096 bytes)", Medium.physical(1 << 30, 4096).toString());
        assertEquals("/x/region", Medium.file(FILE).toString());
        assertEquals("/x/region (4096 bytes)", Medium.file(FILE, 4096).toString());
        assertEquals("/x/region (4096 bytes) (vouched for KERNEL)",
                Medium.file(FILE, 4096).vouchedFor(FailureDomain.KERNEL).toString());
        assertEquals("/x/metadata", Medium.directory(Path.of("/x/metadata")).toString());
    }
}
