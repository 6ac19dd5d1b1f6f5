package io.regionstore.device;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A dax device as sysfs shows it.
 *
 * @param name   such as {@code dax0.0}; not stable from boot to boot
 * @param path   its node
 * @param number {@code major:minor}
 * @param ranges its physical ranges, in the order of its bytes; one, unless it was made in a fragmented region; none
 *               while its size is 0
 * @param size   bytes
 * @param align  what offsets and lengths of mappings are multiples of
 * @param driver {@code device_dax}, {@code kmem}, another one, or {@code none} while it is bound to none
 */
public record DaxDevice(String name, Path path, String number, List<Range> ranges, long size, long align,
                        String driver) {
    static final String DEVICE_DAX = "device_dax";
    static final String KMEM = "kmem";
    static final String NO_DRIVER = "none";

    /**
     * A physical range.
     *
     * @param start  address of the first byte, or {@link #HIDDEN} when the process may not read it (it takes root)
     * @param length bytes; means nothing when the start is hidden
     */
    record Range(long start, long length) {
        static final long HIDDEN = -1;

        boolean isHidden() {
            return start == HIDDEN;
        }

        boolean contains(long otherStart, long otherLength) {
            return !isHidden() && otherStart >= start && otherLength <= length
                    && otherStart - start <= length - otherLength;
        }

        boolean meets(long otherStart, long otherLength) {
            return !isHidden() && otherStart < start + length && start < otherStart + otherLength;
        }

        @Override
        public String toString() {
            return isHidden() ? "an address that only root may read"
                    : String.format("0x%x to 0x%x", start, start + length - 1);
        }
    }

    /** @return whether its bytes can be mapped */
    public boolean isMappable() {
        return driver.equals(DEVICE_DAX);
    }

    /** @return whether offsets in the device and physical addresses run alike */
    boolean isOneRange() {
        return ranges.size() == 1;
    }

    /** @return physical address of the first byte, where that tells all the others; else {@link Range#HIDDEN} */
    long start() {
        return isOneRange() ? ranges.getFirst().start() : Range.HIDDEN;
    }

    /** @return whether the process may not read where it lies */
    boolean isHidden() {
        return ranges.stream().anyMatch(Range::isHidden);
    }

    boolean contains(long rangeStart, long length) {
        return isOneRange() && ranges.getFirst().contains(rangeStart, length);
    }

    boolean meets(long rangeStart, long length) {
        return ranges.stream().anyMatch(range -> range.meets(rangeStart, length));
    }

    /** @return for messages: where it lies */
    String place() {
        if (ranges.isEmpty()) {
            return "empty";
        }
        if (isOneRange()) {
            return isHidden() ? size + " bytes at " + ranges.getFirst() : ranges.getFirst().toString();
        }
        return isHidden() ? size + " bytes in " + ranges.size() + " ranges at addresses that only root may read"
                : ranges.size() + " ranges: " + ranges.stream().map(Range::toString).collect(Collectors.joining(", "));
    }

    /** @return for messages */
    @Override
    public String toString() {
        return name + " (" + place() + (isOneRange() ? ", " : "; ") + "driver " + driver + ")";
    }
}
