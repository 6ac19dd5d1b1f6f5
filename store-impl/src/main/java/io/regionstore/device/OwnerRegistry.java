package io.regionstore.device;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which store used a range last, for regions that cannot carry that themselves: dax devices, and files without extended
 * attributes. One small text file for each range, in a directory of the user.
 *
 * <p>The directory is {@value #DEFAULT_OF_ROOT} for root; for others {@code $XDG_STATE_HOME/regionstore/owners}, or
 * {@code ~/.local/state/regionstore/owners}. They lie on a disk, not in {@code /run}: a region survives kexec and a warm
 * reset, and its record must as well. The system property {@value #PROPERTY} names another directory. Root's records are
 * read by all users, where the mode of the directory lets them; root does not look into other users' directories.
 *
 * <p>A registry that is lost, or cannot be read, loses the check and nothing else. Thread-safe; two processes do not
 * write the same file at the same time, since whoever writes holds the lock of the range.
 */
public final class OwnerRegistry {
    /** Name of the system property. */
    public static final String PROPERTY = "io.regionstore.owners";
    private static final String DEFAULT_OF_ROOT = "/var/lib/regionstore/owners";
    private static final String SUFFIX = ".owner";

    /** Null: the user's, which is looked for when it is needed, since that is a native call. */
    private final Path named;

    private OwnerRegistry(Path named) {
        this.named = named;
    }

    /** Where records are written to, or null where there is no place, and where they are read. */
    private record Places(Path own, List<Path> read) {
    }

    /**
     * A range of bytes.
     *
     * @param space  what offsets count in: physical addresses, a device of a certain size, or a file
     * @param start  first byte
     * @param length bytes
     */
    record Range(String space, long start, long length) {
        boolean meets(Range other) {
            return space.equals(other.space) && start < other.start + other.length && other.start < start + length;
        }

        boolean contains(Range other) {
            return space.equals(other.space) && start <= other.start && other.start + other.length <= start + length;
        }

        private String fileName() {
            return String.format("%s-%x-%x%s", space, start, length, SUFFIX);
        }
    }

    private record Entry(Range range, RegionOwner owner, Path file) {
    }

    /** @return the registry of this user, as the class says */
    public static OwnerRegistry ofUser() {
        return new OwnerRegistry(null);
    }

    /**
     * @param directory of its files; made by the first write
     * @return a registry of its own
     */
    public static OwnerRegistry in(Path directory) {
        return new OwnerRegistry(directory);
    }

    private Places places() {
        String property = System.getProperty(PROPERTY);
        if (named != null || property != null) {
            Path directory = named != null ? named : Path.of(property);
            return new Places(directory, List.of(directory));
        }
        return placesOf(Native.effectiveUser(), System.getenv("XDG_STATE_HOME"), System.getProperty("user.home"));
    }

    private static Places placesOf(int user, String state, String home) {
        Path ofRoot = Path.of(DEFAULT_OF_ROOT);
        if (user == 0) {
            return new Places(ofRoot, List.of(ofRoot));
        }
        boolean homeless = home == null || home.equals("?") || home.isEmpty(); // a user without an entry in passwd
        Path own = state != null && state.startsWith("/") ? Path.of(state, "regionstore/owners")
                : homeless ? null : Path.of(home, ".local/state/regionstore/owners");
        return new Places(own, own == null ? List.of(ofRoot) : List.of(own, ofRoot));
    }

    /** @return the latest record of any range that shares bytes with this one */
    Optional<RegionOwner> latest(Range range) {
        return meeting(range).stream().map(Entry::owner).max(Comparator.comparingLong(RegionOwner::millis));
    }

    private List<Entry> meeting(Range range) {
        List<Entry> found = new ArrayList<>();
        for (Path directory : places().read) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
                for (Path file : files) {
                    parse(file).filter(entry -> entry.range.meets(range)).ifPresent(found::add);
                }
            } catch (IOException | DirectoryIteratorException e) {
                // no such directory, or not for this user: then there are no records
            }
        }
        return found;
    }

    private static Optional<Entry> parse(Path file) {
        try {
            String text = Files.readString(file);
            Map<String, String> lines = RegionOwner.lines(text);
            Range range = new Range(String.valueOf(lines.get("space")), Long.parseLong(lines.get("start")),
                    Long.parseLong(lines.get("length")));
            return RegionOwner.decode(text).map(owner -> new Entry(range, owner, file));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // removed meanwhile, or not a record
        }
    }

    /**
     * Makes a store the latest user of a range. The record is whole or the earlier one stands, after a crash too: it is
     * written under another name, synced, and renamed. A crash before the directory is durable leaves the earlier record.
     * Records of ranges inside this one are removed then, since this one says more; a crash before that leaves them, which
     * are older and so count for nothing.
     *
     * @throws RegionStoreException IO_ERROR, with what that means
     */
    void write(Range range, RegionOwner owner) {
        Path own = places().own;
        if (own == null) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, "owners of regions: this user has no home directory; set"
                    + " XDG_STATE_HOME, or -D" + PROPERTY + "=DIRECTORY");
        }
        List<Entry> earlier = meeting(range);
        // a clock that was set back must not make this record the older one
        long latest = earlier.stream().mapToLong(entry -> entry.owner.millis()).max().orElse(Long.MIN_VALUE);
        RegionOwner dated = new RegionOwner(owner.instance(), owner.session(), Math.max(owner.millis(), latest + 1),
                owner.metadata());
        Path file = own.resolve(range.fileName());
        try {
            Files.createDirectories(own);
            Path temporary = own.resolve(range.fileName() + ".tmp");
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer text = ByteBuffer.wrap((dated.encode() + "space=" + range.space + "\nstart=" + range.start
                        + "\nlength=" + range.length + "\n").getBytes(StandardCharsets.UTF_8));
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(own, StandardOpenOption.READ)) {
                directory.force(true);
            }
            for (Entry entry : earlier) {
                if (range.contains(entry.range) && !entry.file.equals(file) && entry.file.startsWith(own)) {
                    Files.deleteIfExists(entry.file);
                }
            }
        } catch (IOException e) {
            throw new RegionStoreException(ErrorCode.IO_ERROR, file + ": who uses a region cannot be written there: " + e
                    + "; make the directory writable, or name another with -D" + PROPERTY + "=DIRECTORY", e);
        }
    }
}
