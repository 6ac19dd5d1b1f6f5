package io.regionstore.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A sysfs tree in a folder. A real character device that anyone may map, {@code /dev/zero} (1:5), stands for the dax
 * device when its number is given; {@code /dev/null} (1:3) for one that opens but cannot be mapped.
 */
final class FakeSysfs {
    static final long MIB = 1 << 20;
    static final long ALIGN = 2 * MIB;
    static final Path ZERO = Path.of("/dev/zero");
    static final Path NULL = Path.of("/dev/null");
    static final String ZERO_NUMBER = "1:5";
    static final String NULL_NUMBER = "1:3";

    private final Path root;

    FakeSysfs(Path root) {
        this.root = root;
    }

    DaxDevices devices() {
        return new DaxDevices(root, Path.of("/dev"));
    }

    FakeSysfs add(String name, String number, Long start, long size) throws IOException {
        return add(name, number, start, size, "device_dax");
    }

    /**
     * @param number null: the device has no node
     * @param start  null: nobody may read it
     * @param driver null: bound to none
     */
    FakeSysfs add(String name, String number, Long start, long size, String driver) throws IOException {
        Path device = Files.createDirectories(root.resolve("bus/dax/devices").resolve(name));
        Files.writeString(device.resolve("size"), size + "\n");
        Files.writeString(device.resolve("align"), ALIGN + "\n");
        if (number != null) {
            Files.writeString(device.resolve("dev"), number + "\n");
        }
        if (start == null) {
            Files.createDirectory(device.resolve("resource")); // reading a directory fails for root as well
        } else {
            Files.writeString(device.resolve("resource"), String.format("0x%x%n", start));
        }
        if (driver != null) {
            Path target = Files.createDirectories(root.resolve("bus/dax/drivers").resolve(driver));
            Files.createSymbolicLink(device.resolve("driver"), target);
        }
        return this;
    }
}
