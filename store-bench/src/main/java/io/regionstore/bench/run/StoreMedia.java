package io.regionstore.bench.run;

import io.regionstore.FailureDomain;
import io.regionstore.Medium;
import io.regionstore.bench.subject.Keys;
import io.regionstore.bench.subject.Setup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The media of a store under test.
 *
 * @param region   payloads
 * @param metadata everything else
 * @param domain   what a commit survives
 * @param longKeys whether keys are {@code long} rather than 16 bytes
 */
public record StoreMedia(Medium region, Medium metadata, FailureDomain domain, boolean longKeys) {
    /** Option: KERNEL, PLATFORM or PROCESS. */
    public static final String DOMAIN = "domain";
    /** Option: {@link #MAPPED}, {@link #DIRECTORY}, or REGION,METADATA. */
    public static final String MEDIUM = "medium";
    /** Option: {@code bytes}, the default, or {@code long}. */
    public static final String KEYS = "keys";
    /** Region and metadata are mapped files, vouched for: a stand-in for dax. */
    public static final String MAPPED = "mapped";
    /** The region is a mapped file, vouched for; the metadata is in a directory. */
    public static final String DIRECTORY = "directory";

    private static final Pattern SLICE = Pattern.compile("(/dev/dax[^@]*)(?:@([0-9]+)([KMGT]?)(?:\\+([0-9]+)([KMGT]?))?)?");
    private static final long SLOT = 32;
    private static final long SLACK = 64L << 20;

    /**
     * @param setup of the store
     * @return its media; nothing is touched
     */
    public static StoreMedia of(Setup setup) {
        FailureDomain domain = FailureDomain.valueOf(setup.option(DOMAIN, "KERNEL").toUpperCase(Locale.ROOT));
        boolean longKeys = setup.option(KEYS, "bytes").equals("long");
        long regionBytes = regionBytes(setup.records(), setup.valueSize());
        long metadataBytes = metadataBytes(setup.records(), longKeys);
        Medium mappedRegion = file(setup.directory().resolve("region"), regionBytes, domain);
        String medium = setup.option(MEDIUM, MAPPED);
        return switch (medium) {
            case MAPPED -> new StoreMedia(mappedRegion,
                    file(setup.directory().resolve("metadata"), metadataBytes, domain), domain, longKeys);
            case DIRECTORY -> new StoreMedia(mappedRegion,
                    Medium.directory(Path.of(setup.option("metadata-directory",
                            setup.directory().resolve("metadata.d").toString()))), domain, longKeys);
            default -> {
                String[] two = medium.split(",");
                if (two.length != 2) {
                    throw new IllegalArgumentException("medium '" + medium + "': expected " + MAPPED + ", " + DIRECTORY
                            + " or REGION,METADATA, for example /dev/dax0.0@2M+1G,/dev/dax0.0@2G+256M");
                }
                yield new StoreMedia(parse(two[0], regionBytes, domain), parse(two[1], metadataBytes, domain), domain,
                        longKeys);
            }
        };
    }

    private static long regionBytes(long records, int valueSize) {
        long extent = valueSize + 7L & -8;
        return records * extent / 8 * 10 + SLACK + 64 * extent & -4096;
    }

    private static long metadataBytes(long records, boolean longKeys) {
        int slots = longKeys ? 1 : 1 + (Keys.LENGTH + 8 + 23) / 24;
        // a third of the medium is left free by default
        return (records * slots * SLOT / 8 * 10 + (8L << 20)) * 3 / 2 & -4096;
    }

    private static Medium file(Path path, long length, FailureDomain domain) {
        return Medium.file(path, length).vouchedFor(domain);
    }

    private static Medium parse(String text, long fileBytes, FailureDomain domain) {
        Matcher slice = SLICE.matcher(text);
        if (slice.matches()) {
            long offset = slice.group(2) == null ? 0 : bytes(slice.group(2), slice.group(3));
            long length = slice.group(4) == null ? Medium.TO_END : bytes(slice.group(4), slice.group(5));
            return Medium.device(Path.of(slice.group(1))).slice(offset, length);
        }
        Path path = Path.of(text);
        return text.endsWith("/") || Files.isDirectory(path) ? Medium.directory(path)
                : file(path, Files.exists(path) ? Medium.TO_END : fileBytes, domain);
    }

    private static long bytes(String digits, String unit) {
        return Long.parseLong(digits) << (unit.isEmpty() ? 0 : 10 * ("KMGT".indexOf(unit) + 1));
    }

    /** @return in words, and that a file only stands in for a device where it does */
    String describe() {
        return describe(region) + " + metadata " + describe(metadata) + ", " + domain + ", keys "
                + (longKeys ? "long" : Keys.LENGTH + " bytes");
    }

    private static String describe(Medium medium) {
        return switch (medium) {
            case Medium.Device device -> device.path() + "@" + device.offset();
            case Medium.PhysicalRange range -> String.format("physical 0x%x", range.start());
            case Medium.File file -> "mapped file, vouched for as a stand-in for dax"
                    + (file.length() < 0 ? "" : ", " + (file.length() >> 20) + " MiB");
            case Medium.Directory directory -> "directory";
        };
    }
}
