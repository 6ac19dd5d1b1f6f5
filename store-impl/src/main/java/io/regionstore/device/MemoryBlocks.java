package io.regionstore.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The blocks of memory that the kernel manages as system RAM, as sysfs shows them: block N is {@code memoryN}, and
 * begins at N times the block size. A dax device that is bound to {@code kmem} has blocks there.
 */
final class MemoryBlocks {
    private static final String OFFLINE = "offline";

    private final Path blocks;

    /** What has become of a device's memory. */
    enum State {
        /** No block is in use. */
        OFFLINE,
        /** The kernel gives some of it, or all, to whoever asks for memory. */
        ONLINE,
        /** It cannot be told: the address is hidden, or sysfs does not show blocks. */
        UNKNOWN
    }

    /** @param sysfs where sysfs is mounted */
    MemoryBlocks(Path sysfs) {
        blocks = sysfs.resolve("devices/system/memory");
    }

    State of(DaxDevice device) {
        if (device.isHidden()) {
            return State.UNKNOWN;
        }
        try {
            long blockSize = Long.parseLong(text("block_size_bytes"), 16);
            boolean found = false;
            for (DaxDevice.Range range : device.ranges()) {
                long last = (range.start() + range.length() - 1) / blockSize;
                for (long block = range.start() / blockSize; block <= last; block++) {
                    String state = "memory" + block + "/state";
                    if (Files.exists(blocks.resolve(state))) { // kmem takes whole blocks only
                        if (!text(state).equals(OFFLINE)) {
                            return State.ONLINE;
                        }
                        found = true;
                    }
                }
            }
            return found ? State.OFFLINE : State.UNKNOWN;
        } catch (IOException | NumberFormatException e) {
            return State.UNKNOWN; // a kernel without memory hotplug, or a sysfs that is hidden
        }
    }

    private String text(String attribute) throws IOException {
        return Files.readString(blocks.resolve(attribute)).strip();
    }
}
