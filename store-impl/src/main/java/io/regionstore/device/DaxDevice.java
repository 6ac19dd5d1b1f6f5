package io.regionstore.device;

import java.nio.file.Path;

/**
 * A dax device as sysfs shows it.
 *
 * @param name   such as {@code dax0.0}; not stable from boot to boot
 * @param path   its node
 * @param number {@code major:minor}
 * @param start  physical address of the first byte, or -1 when the process may not read it (it takes root)
 * @param size   bytes
 * @param align  what offsets and lengths of mappings are multiples of
 * @param driver {@code device_dax}, {@code kmem}, or {@code none} while it is bound to none
 */
public record DaxDevice(String name, Path path, String number, long start, long size, long align, String driver) {
    static final String DEVICE_DAX = "device_dax";

    /** @return whether its bytes can be mapped */
    public boolean isMappable() {
        return driver.equals(DEVICE_DAX);
    }

    boolean contains(long rangeStart, long length) {
        return start != -1 && rangeStart >= start && length <= size && rangeStart - start <= size - length;
    }

    boolean meets(long rangeStart, long length) {
        return start != -1 && rangeStart < start + size && start < rangeStart + length;
    }

    /** @return for messages */
    @Override
    public String toString() {
        String range = start == -1 ? size + " bytes at an address that only root may read"
                : String.format("0x%x to 0x%x", start, start + size - 1);
        return name + " (" + range + ", driver " + driver + ")";
    }
}
