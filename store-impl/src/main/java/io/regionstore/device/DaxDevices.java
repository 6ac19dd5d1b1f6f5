package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.Medium;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The dax devices of this kernel, read from sysfs at every call. */
public final class DaxDevices {
    /** Of the running kernel. */
    static final DaxDevices SYSTEM = new DaxDevices(Path.of("/sys"), Path.of("/dev"));

    private static final long HUGE_PAGE = 2 << 20;

    private final Path devices;
    private final Path nodes;

    /**
     * @param sysfs where sysfs is mounted
     * @param nodes the directory of the device nodes
     */
    DaxDevices(Path sysfs, Path nodes) {
        this.devices = sysfs.resolve("bus/dax/devices");
        this.nodes = nodes;
    }

    /** @return every dax device, by name, whatever driver it is bound to */
    public static List<DaxDevice> list() {
        return SYSTEM.all();
    }

    /**
     * Finds the device that holds a physical range now.
     *
     * @param physicalStart address of the first byte
     * @param length        bytes
     * @return the slice of a device, or empty when no device holds the whole range
     * @throws RegionStoreException PERMISSION_DENIED when the process may not read where a device lies
     */
    public static Optional<Medium.Device> locate(long physicalStart, long length) {
        return SYSTEM.find(physicalStart, length);
    }

    Optional<Medium.Device> find(long physicalStart, long length) {
        List<DaxDevice> all = all();
        Optional<Medium.Device> found = all.stream().filter(device -> device.contains(physicalStart, length))
                .findFirst().map(device -> new Medium.Device(device.path(), physicalStart - device.start(), length));
        if (found.isEmpty()) {
            all.stream().filter(device -> device.start() == -1).findFirst().ifPresent(device -> {
                throw new RegionStoreException(ErrorCode.PERMISSION_DENIED, String.format("physical range 0x%x: %s/%s"
                        + "/resource cannot be read, so it is not known where the device lies; run as root, or name"
                        + " the device by its path", physicalStart, devices, device.name()));
            });
        }
        return found;
    }

    /**
     * @param mayCreate whether the range is wanted for the first time
     * @throws RegionStoreException NOT_FOUND when no device has any of the range; when one has a part of it,
     *     REGION_SHRUNK, or OUT_OF_BOUNDS where the range was perhaps never whole
     */
    Medium.Device require(Medium.PhysicalRange range, boolean mayCreate) {
        return find(range.start(), range.length()).orElseThrow(() -> {
            List<DaxDevice> all = all();
            Optional<DaxDevice> part = all.stream().filter(d -> d.meets(range.start(), range.length())).findFirst();
            ErrorCode code = part.isEmpty() ? ErrorCode.NOT_FOUND
                    : mayCreate ? ErrorCode.OUT_OF_BOUNDS : ErrorCode.REGION_SHRUNK;
            return new RegionStoreException(code, String.format("physical range 0x%x to 0x%x: %s; this kernel has %s."
                    + " The range was perhaps lost by booting without, or with another, memmap= or efi_fake_mem="
                    + " parameter, or cut by the kernel's own place in memory (nokaslr); boot with the parameter that"
                    + " made the range", range.start(), range.start() + range.length() - 1,
                    part.map(d -> "only a part of it is in " + d.name()).orElse("no dax device holds it"),
                    describe(all)));
        });
    }

    /** @return the device with that {@code major:minor}, if it is a dax device */
    Optional<DaxDevice> byNumber(String number) {
        return all().stream().filter(device -> device.number().equals(number)).findFirst();
    }

    /** @return the device that a path is named after, bound or not; its node exists only while it is bound */
    Optional<DaxDevice> byName(Path path) {
        return all().stream().filter(device -> path.endsWith(device.name())).findFirst();
    }

    String describe() {
        return describe(all());
    }

    private static String describe(List<DaxDevice> all) {
        return all.isEmpty() ? "no dax devices"
                : "these: " + all.stream().map(DaxDevice::toString).collect(Collectors.joining(", "));
    }

    List<DaxDevice> all() {
        List<DaxDevice> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(devices)) {
            for (Path entry : entries) {
                read(entry).ifPresent(found::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // no dax bus in this kernel: no devices
        }
        found.sort(Comparator.comparing(DaxDevice::name));
        return found;
    }

    private Optional<DaxDevice> read(Path entry) {
        try {
            String name = entry.getFileName().toString();
            String number = Files.exists(entry.resolve("dev")) ? text(entry, "dev") : "";
            return Optional.of(new DaxDevice(name, nodes.resolve(name), number, start(entry),
                    Long.decode(text(entry, "size")), align(entry), driver(entry)));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // removed while it was read
        }
    }

    private static long start(Path entry) {
        try {
            return Long.decode(text(entry, "resource"));
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    private static long align(Path entry) throws IOException {
        // kernels before 5.10 do not say; a huge page is right for all that they make by default
        return Files.exists(entry.resolve("align")) ? Long.decode(text(entry, "align")) : HUGE_PAGE;
    }

    private static String driver(Path entry) {
        try {
            return entry.resolve("driver").toRealPath().getFileName().toString();
        } catch (IOException e) {
            return "none";
        }
    }

    private static String text(Path entry, String attribute) throws IOException {
        return Files.readString(entry.resolve(attribute)).strip();
    }
}
