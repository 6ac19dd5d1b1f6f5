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

    private final Path sysfs;
    private final Path devices;
    private final Path nodes;

    /**
     * @param sysfs where sysfs is mounted
     * @param nodes the directory of the device nodes
     */
    DaxDevices(Path sysfs, Path nodes) {
        this.sysfs = sysfs;
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
     * @throws RegionStoreException SEVERAL_RANGES when a device that consists of several ranges has a part of it or all;
     *     PERMISSION_DENIED when the process may not read where a device lies
     */
    public static Optional<Medium.Device> locate(long physicalStart, long length) {
        return SYSTEM.find(physicalStart, length);
    }

    Optional<Medium.Device> find(long physicalStart, long length) {
        List<DaxDevice> all = all();
        Optional<DaxDevice> found = all.stream().filter(device -> device.contains(physicalStart, length)).findFirst();
        if (found.isEmpty()) {
            String wanted = range(physicalStart, length);
            all.stream().filter(device -> !device.isOneRange() && device.meets(physicalStart, length)).findFirst()
                    .ifPresent(device -> {
                        throw severalRanges(wanted, device);
                    });
            all.stream().filter(DaxDevice::isHidden).findFirst().ifPresent(device -> {
                throw new RegionStoreException(ErrorCode.PERMISSION_DENIED, wanted + ": " + devices.resolve(device.name())
                        + "/resource cannot be read, so it is not known where the device lies; run as root, or name the"
                        + " device by its path");
            });
        }
        return found.map(device -> new Medium.Device(device.path(), physicalStart - device.start(), length));
    }

    /**
     * @param mayCreate whether the range is wanted for the first time
     * @throws RegionStoreException NOT_FOUND when no device has any of the range; when one has a part of it,
     *     REGION_SHRUNK, or OUT_OF_BOUNDS where the range was perhaps never whole; SEVERAL_RANGES
     */
    Medium.Device require(Medium.PhysicalRange range, boolean mayCreate) {
        return find(range.start(), range.length()).orElseThrow(() -> {
            List<DaxDevice> all = all();
            Optional<DaxDevice> part = all.stream().filter(d -> d.meets(range.start(), range.length())).findFirst();
            ErrorCode code = part.isEmpty() ? ErrorCode.NOT_FOUND
                    : mayCreate ? ErrorCode.OUT_OF_BOUNDS : ErrorCode.REGION_SHRUNK;
            return new RegionStoreException(code, range(range.start(), range.length()) + ": "
                    + part.map(d -> "only a part of it is in " + d.name()).orElse("no dax device holds it") + "; "
                    + describe(all) + ". The range was perhaps lost by booting without, or with another, memmap="
                    + " parameter or firmware setting, or with efi=nosoftreserve, or cut by the kernel's own place in"
                    + " memory (nokaslr); boot with what made the range. Devices appear when the modules dax_hmem and"
                    + " device_dax are loaded");
        });
    }

    private static String range(long start, long length) {
        return String.format("physical range 0x%x to 0x%x", start, start + length - 1);
    }

    static RegionStoreException severalRanges(String resource, DaxDevice device) {
        return new RegionStoreException(ErrorCode.SEVERAL_RANGES, resource + ": expected a device that is one physical"
                + " range, but " + device.name() + " consists of " + device.place() + ". A store cannot use it, since its"
                + " bytes do not follow one another in memory. Nothing was touched; to use the memory for a new store,"
                + " make a device of one range: `daxctl destroy-device --force " + device.name() + "`, then `daxctl"
                + " create-device` with a size that fits one of the ranges");
    }

    /** @return the device with that {@code major:minor}, if it is a dax device */
    Optional<DaxDevice> byNumber(String number) {
        return all().stream().filter(device -> device.number().equals(number)).findFirst();
    }

    /** @return the device that a path is named after, bound or not */
    Optional<DaxDevice> byName(Path path) {
        return all().stream().filter(device -> path.endsWith(device.name())).findFirst();
    }

    /** @return what has become of the memory of a device that is bound to kmem */
    MemoryBlocks.State memoryState(DaxDevice device) {
        return new MemoryBlocks(sysfs).of(device);
    }

    String describe() {
        return describe(all());
    }

    /** A clause of a sentence. */
    private String describe(List<DaxDevice> all) {
        if (!Files.isDirectory(sysfs.resolve("bus"))) {
            return sysfs + " shows no devices to this process, as in some sandboxes, so it is not known which dax devices"
                    + " this kernel has";
        }
        return "this kernel has " + (all.isEmpty() ? "no dax devices"
                : "these: " + all.stream().map(DaxDevice::toString).collect(Collectors.joining(", ")));
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
            long size = Long.decode(text(entry, "size"));
            return Optional.of(new DaxDevice(name, nodes.resolve(name), number, ranges(entry, size), size, align(entry),
                    driver(entry)));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // removed while it was read
        }
    }

    /**
     * Each range is a folder {@code mappingN}, which anyone may list and only root may read. Ranges of which one
     * continues the other in memory as in the device are one.
     */
    private static List<DaxDevice.Range> ranges(Path entry, long size) throws IOException {
        List<Mapping> mappings = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(entry, "mapping[0-9]*")) {
            for (Path folder : folders) {
                mappings.add(Mapping.read(folder));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (mappings.size() < 2) { // also of kernels that have no such folders: the range is all of the device
            return size == 0 ? List.of() : List.of(new DaxDevice.Range(start(entry), size));
        }
        mappings.sort(Comparator.comparingLong(Mapping::pageOffset));
        List<DaxDevice.Range> ranges = new ArrayList<>();
        for (Mapping mapping : mappings) {
            DaxDevice.Range range = mapping.range();
            DaxDevice.Range last = ranges.isEmpty() ? null : ranges.getLast();
            if (last != null && !last.isHidden() && last.start() + last.length() == range.start()) {
                ranges.removeLast();
                range = new DaxDevice.Range(last.start(), last.length() + range.length());
            }
            ranges.add(range);
        }
        return List.copyOf(ranges);
    }

    /** A folder {@code mappingN} with one range of a device, and the page of the device that it begins at. */
    private record Mapping(DaxDevice.Range range, long pageOffset) {
        static Mapping read(Path folder) {
            try {
                long start = Long.decode(text(folder, "start"));
                long last = Long.decode(text(folder, "end"));
                return new Mapping(new DaxDevice.Range(start, last - start + 1),
                        Long.decode(text(folder, "page_offset")));
            } catch (IOException | NumberFormatException e) {
                return new Mapping(new DaxDevice.Range(DaxDevice.Range.HIDDEN, 0), 0);
            }
        }
    }

    private static long start(Path entry) {
        try {
            return Long.decode(text(entry, "resource"));
        } catch (IOException | NumberFormatException e) {
            return DaxDevice.Range.HIDDEN;
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
            return DaxDevice.NO_DRIVER;
        }
    }

    private static String text(Path entry, String attribute) throws IOException {
        return Files.readString(entry.resolve(attribute)).strip();
    }
}
