package io.regionstore.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The kernel's random name of the present boot: another one after every reset, power-on and kexec. */
public final class BootId {
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");
    /**
     * Stands for this boot where the kernel's name of it is hidden. One JVM lives in one boot, so the id tells no lie; any
     * other JVM takes it for another boot, and compares payloads that it might have trusted.
     */
    private static final UUID OF_THIS_JVM = UUID.randomUUID();

    private BootId() {
    }

    /** @return the kernel's id, or one of this JVM where {@link #isKnown} is false */
    public static UUID current() {
        UUID found = read(FILE);
        return found == null ? OF_THIS_JVM : found;
    }

    /** @return whether the kernel's id can be read; not where /proc is missing or hidden */
    public static boolean isKnown() {
        return read(FILE) != null;
    }

    /** @return for messages */
    static String describe() {
        UUID found = read(FILE);
        return found == null ? "unknown (" + FILE + " is hidden)" : found.toString();
    }

    static UUID read(Path file) {
        try {
            return UUID.fromString(Files.readString(file).strip());
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }
}
