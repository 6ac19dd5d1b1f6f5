package io.regionstore.cli;

import io.regionstore.Medium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a medium is written on the command line:
 *
 * <pre>
 * /dev/dax0.0                  a device
 * /dev/dax0.0@2M+512M          a slice: offset and length; without a length to the end
 * phys:0x40000000+512M         a physical range, whichever device holds it
 * /path/to/file                a file, mapped
 * /path/to/directory[/]        a directory, for metadata; one that does not exist yet needs the slash
 * </pre>
 */
public final class MediumArgument {
    private static final Pattern PHYSICAL = Pattern.compile("phys:([^+@]+)\\+([^+@]+)");
    private static final Pattern SLICE = Pattern.compile("(.+)@([0-9][0-9a-zA-Z]*)(?:\\+([0-9][0-9a-zA-Z]*))?");
    private static final int TYPE_MASK = 0xF000;
    private static final int DIRECTORY = 0x4000;
    private static final int REGULAR = 0x8000;

    private MediumArgument() {
    }

    /**
     * @param text       as above
     * @param fileLength length in bytes of a file that does not exist yet, or is empty
     * @return the medium; only the type of an existing path was looked at
     * @throws CommandFailure when {@code text} is none of these, or a number in it is not one
     */
    public static Medium parse(String text, long fileLength) {
        try {
            return parseNumbers(text, fileLength);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("medium '" + text + "': " + e.getMessage());
        }
    }

    private static Medium parseNumbers(String text, long fileLength) {
        Matcher physical = PHYSICAL.matcher(text);
        if (physical.matches()) {
            return Medium.physical(Sizes.parse(physical.group(1)), Sizes.parse(physical.group(2)));
        }
        if (text.startsWith("phys:")) {
            throw new IllegalArgumentException("expected phys:START+LENGTH");
        }
        Matcher slice = SLICE.matcher(text);
        if (slice.matches() && !exists(Path.of(text))) {
            long length = slice.group(3) == null ? Medium.TO_END : Sizes.parse(slice.group(3));
            return Medium.device(Path.of(slice.group(1))).slice(Sizes.parse(slice.group(2)), length);
        }
        return path(text, fileLength);
    }

    /**
     * @param medium a medium
     * @return it as text, with its length where that is known
     */
    public static String describe(Medium medium) {
        return switch (medium) {
            case Medium.Device device -> "device " + device.path() + (device.offset() == 0 && device.length() < 0 ? ""
                    : " from " + Sizes.format(device.offset()) + length(device.length()));
            case Medium.PhysicalRange range -> String.format("physical range 0x%x%s", range.start(),
                    length(range.length()));
            case Medium.File file -> "file " + file.path() + length(file.length());
            case Medium.Directory directory -> "directory " + directory.path();
        };
    }

    private static Medium path(String text, long fileLength) {
        Path path = Path.of(text);
        if (!exists(path)) {
            if (text.endsWith("/")) {
                return Medium.directory(path);
            }
            boolean device = path.startsWith("/dev") && !path.startsWith("/dev/shm");
            return device ? Medium.device(path) : Medium.file(path, fileLength);
        }
        return switch (type(path)) {
            case DIRECTORY -> Medium.directory(path);
            case REGULAR -> isEmpty(path) ? Medium.file(path, fileLength) : Medium.file(path);
            // whatever else it is, opening it as a device names what was found
            default -> Medium.device(path);
        };
    }

    /**
     * @param medium a medium
     * @return whether it is a file whose length nobody has said yet: a new one, or an empty one
     */
    static boolean needsLength(Medium medium) {
        return medium instanceof Medium.File file && file.length() == Medium.TO_END
                && (!exists(file.path()) || isEmpty(file.path()));
    }

    private static boolean isEmpty(Path path) {
        try {
            return Files.size(path) == 0;
        } catch (IOException e) {
            return false; // opening it says what is wrong
        }
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static int type(Path path) {
        try {
            return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & TYPE_MASK;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String length(long bytes) {
        return bytes < 0 ? "" : ", " + Sizes.format(bytes);
    }
}
