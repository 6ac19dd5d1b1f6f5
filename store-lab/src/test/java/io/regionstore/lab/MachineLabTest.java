package io.regionstore.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.RegionStore;
import io.regionstore.engine.EngineProvider;
import io.regionstore.lab.guest.RawPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("lab")
class MachineLabTest {
    @Test
    void shouldKeepADeviceThroughKexec() {
        HostTools.requireAll();
        GuestImage image = GuestImage.build(Path.of(System.getProperty("lab.directory", "target/lab")).toAbsolutePath(),
                List.of(RegionStore.class, EngineProvider.class, RawPattern.class));
        try (VirtualMachine machine = VirtualMachine.start(image, "harness",
                "memmap=512M%1G-1+0xefffffff scenario=harness stage=1")) {
            assertEquals(0, machine.await("pattern", Duration.ofMinutes(5)).number("different"));
            assertEquals(0, machine.await("pattern", Duration.ofMinutes(5)).number("different"));
        }
    }
}
