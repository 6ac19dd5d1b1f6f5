package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's random name of the present boot: another one after every reset, power-on and kexec. */
public final class BootId {
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {
    }

    /**
     * @return 36 characters, such as {@code 9e1c2d0a-...}
     * @throws RegionStoreException IO_ERROR without /proc
     */
    public static String current() {
        try {
            return Files.readString(FILE).strip();
        } catch (IOException e) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, FILE + ": cannot be read, so that this boot cannot be"
                    + " told from another; mount /proc", e);
        }
    }
}
