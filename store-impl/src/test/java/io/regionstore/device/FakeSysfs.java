package io.regionstore.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A sysfs tree in a folder. A real character device that anyone may map, {@code /dev/zero} (1:5), stands for the dax
 * device when its number is given; {@code /dev/null} (1:3) for one that opens but cannot be mapped.
 */
final class FakeSysfs {
    static final long MIB = 1 << 20;
    static final long ALIGN = 2 * MIB;
    static final long BLOCK = 32 * MIB;
    static final Path ZERO = Path.of("/dev/zero");
    static final Path NULL = Path.of("/dev/null");
    static final String ZERO_NUMBER = "1:5";
    static final String NULL_NUMBER = "1:3";

    private final Path root;

    FakeSysfs(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root.resolve("bus"));
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

    /**
     * Adds a range, as kernels since 5.10 show it.
     *
     * @param number     of the mapping; says nothing of the order
     * @param start      null: nobody may read where it lies
     * @param pageOffset of its first byte in the device
     */
    FakeSysfs addMapping(String name, int number, Long start, long length, long pageOffset) throws IOException {
        Path mapping = Files.createDirectories(root.resolve("bus/dax/devices").resolve(name).resolve("mapping" + number));
        for (String attribute : List.of("start", "end", "page_offset")) {
            if (start == null) {
                Files.createDirectory(mapping.resolve(attribute));
            }
        }
        if (start != null) {
            Files.writeString(mapping.resolve("start"), String.format("0x%x%n", start));
            Files.writeString(mapping.resolve("end"), String.format("0x%x%n", start + length - 1));
            Files.writeString(mapping.resolve("page_offset"), String.format(pageOffset == 0 ? "0%n" : "0x%x%n", pageOffset));
        }
        return this;
    }

    /** Adds a block of system RAM, of {@link #BLOCK} bytes: state "online", "offline" or "going-offline". */
    FakeSysfs addMemoryBlock(long start, String state) throws IOException {
        Path memory = Files.createDirectories(root.resolve("devices/system/memory"));
        Files.writeString(memory.resolve("block_size_bytes"), Long.toHexString(BLOCK) + "\n");
        Path block = Files.createDirectories(memory.resolve("memory" + start / BLOCK));
        Files.writeString(block.resolve("state"), state + "\n");
        return this;
    }
}
