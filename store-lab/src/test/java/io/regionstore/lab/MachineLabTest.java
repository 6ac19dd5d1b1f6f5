package io.regionstore.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.regionstore.RegionStore;
import io.regionstore.lab.guest.Writer;
import io.regionstore.spi.StoreProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The store on a real dax device under a real kernel, in an emulated machine: killed with its JVM or replaced with its
 * kernel at a random moment of full load, then compared with what had left the machine as acknowledged.
 */
@Tag("lab")
class MachineLabTest {
    private static GuestImage image;

    @BeforeAll
    static void buildImage() {
        HostTools.requireAll();
        StoreProvider implementation = ServiceLoader.load(StoreProvider.class).findFirst().orElseThrow();
        image = GuestImage.build(Path.of(System.getProperty("lab.directory", "target/lab")).toAbsolutePath(),
                List.of(RegionStore.class, implementation.getClass(), Writer.class));
    }

    @Test
    void shouldKeepBytesOfADeviceThroughKexecAndMakeASplitDeviceWholeAgain() {
        try (VirtualMachine machine = VirtualMachine.start(image, "machine",
                "memmap=512M%1G-1+0xefffffff seed=123 delay=100 scenario=machine stage=1")) {
            assertEquals(0, machine.await("pattern", Duration.ofMinutes(5)).number("different"));
            assertEquals(0, machine.await("pattern", Duration.ofMinutes(5)).number("different"));
            machine.await("end", Duration.ofMinutes(5));
        }
    }
}
