package io.regionstore.device;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which store used a region last: kept outside the region, see {@link Ownership}. As text, one {@code name=value} a line,
 * so that an operator can read it; what cannot be parsed counts as no record.
 *
 * @param instance id of the store
 * @param session  number of its session, as in its header
 * @param millis   when that session began, milliseconds of 1970
 * @param metadata where the store's metadata is, for people
 */
public record RegionOwner(UUID instance, int session, long millis, String metadata) {
    private static final String FORMAT = "regionstore-owner";
    private static final String VERSION = "1";
    /** More would not fit into what file systems give to extended attributes for nothing. */
    private static final int MAX_METADATA = 2048;

    /** @return for messages */
    public String describe() {
        return "store " + instance + ", whose metadata is " + metadata + " and which used it last on "
                + Instant.ofEpochMilli(millis);
    }

    /** @return lines of text; the metadata's name is cut when it is very long */
    String encode() {
        String name = metadata.substring(0, Math.min(metadata.length(), MAX_METADATA)).replace('\n', ' ');
        return FORMAT + "=" + VERSION + "\ninstance=" + instance + "\nsession=" + session + "\ntime=" + millis
                + "\nmetadata=" + name + "\n";
    }

    byte[] bytes() {
        return encode().getBytes(StandardCharsets.UTF_8);
    }

    /** @return the record, or empty if that is none, or of a later format */
    static Optional<RegionOwner> decode(String text) {
        Map<String, String> lines = lines(text);
        try {
            if (!VERSION.equals(lines.get(FORMAT)) || lines.get("metadata") == null) {
                return Optional.empty();
            }
            return Optional.of(new RegionOwner(UUID.fromString(String.valueOf(lines.get("instance"))),
                    Integer.parseInt(lines.get("session")), Long.parseLong(lines.get("time")), lines.get("metadata")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Map<String, String> lines(String text) {
        return Arrays.stream(text.split("\n")).map(line -> line.split("=", 2)).filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> b, LinkedHashMap::new));
    }
}
